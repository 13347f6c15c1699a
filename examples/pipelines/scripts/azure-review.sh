#!/usr/bin/env bash
# Writes review/review.json: who made the pull request, and who approved it. azure-review.sh ID
# Reset votes on new pushes in the branch policy: an approval does not say which commit it is for.
set -euo pipefail
id=${1:?the ID of the pull request is missing}
az repos pr show --id "$id" --output json | jq '
	{review: {author: .createdBy.uniqueName, approvals: [.reviewers[] | select(.vote == 10) | .uniqueName]}}' \
	> review/review.json
