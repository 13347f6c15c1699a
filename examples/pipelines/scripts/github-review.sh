#!/usr/bin/env bash
# Writes review/review.json: who made the pull request, and who approved its last commit. github-review.sh NUMBER
# Takes GH_TOKEN and GH_REPO, as the GitHub CLI does.
set -euo pipefail
number=${1:?the number of the pull request is missing}
pull=$(gh api "repos/$GH_REPO/pulls/$number")
# Of each reviewer the last word counts; an approval of a commit that is not the last one is none.
gh api --paginate "repos/$GH_REPO/pulls/$number/reviews" | jq -s --argjson pull "$pull" '
	{review: {author: $pull.user.login, approvals: (
		[.[][] | select(.state != "COMMENTED")] | group_by(.user.login) | map(max_by(.submitted_at))
		| map(select(.state == "APPROVED" and .commit_id == $pull.head.sha) | .user.login))}}' > review/review.json
