#!/usr/bin/env bash
# Prints the digest of the plan that was reviewed, as the pipeline itself said it on the pull request:
# github-reviewed.sh NUMBER. What anybody else writes there does not count.
set -euo pipefail
number=${1:?the number of the pull request is missing}
digest=$(gh api --paginate "repos/$GH_REPO/issues/$number/comments" |
	jq -rs '[.[][] | select(.user.login == "github-actions[bot]") | .body | capture("sha256:(?<digest>[0-9a-f]{64})").digest]
		| last // empty')
[ -n "$digest" ] || { echo "the pull request has no plan" >&2; exit 1; }
echo "$digest"
