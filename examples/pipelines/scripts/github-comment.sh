#!/usr/bin/env bash
# Says on the pull request what is planned: github-comment.sh NUMBER. The comment of the last plan is written over.
set -euo pipefail
number=${1:?the number of the pull request is missing}
"$(dirname "${BASH_SOURCE[0]}")/comment.sh"
gh pr comment "$number" --repo "$GH_REPO" --edit-last --create-if-none --body-file review/comment.md
