#!/usr/bin/env bash
# Prints the ID of the pull request whose merge made a commit: azure-merged.sh COMMIT
set -euo pipefail
commit=${1:?the commit is missing}
id=$(az repos pr list --repository "$BUILD_REPOSITORY_ID" --status completed --top 100 \
	--query "[?lastMergeCommit.commitId=='$commit'].pullRequestId | [0]" --output tsv)
[ -n "$id" ] || { echo "no pull request made the commit $commit" >&2; exit 1; }
echo "$id"
