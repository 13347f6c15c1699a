#!/usr/bin/env bash
# Judges the plan of a merged commit, shows it on the page of the run, where approvers read it, and hands its digest on as the
# variable "digest": azure-show.sh COMMIT
set -euo pipefail
commit=${1:?the commit is missing}
here=$(dirname "${BASH_SOURCE[0]}")
id=$("$here/azure-merged.sh" "$commit")
"$here/azure-review.sh" "$id"
"$here/check.sh"
"$here/comment.sh"
echo "##vso[task.uploadsummary]$PWD/review/comment.md"
echo "##vso[task.setvariable variable=digest;isOutput=true]$(cat review/tfplan.sha256)"
