#!/usr/bin/env bash
# Puts together what a pull request is told: review/comment.md. The last line names the plan file by its digest, so that the
# apply can tell that it has the one which people read.
set -euo pipefail
{
	cat review/summary.md
	echo
	cat review/policies.md
	echo
	echo "Plan file: \`sha256:$(cat review/tfplan.sha256)\`"
} > review/comment.md
