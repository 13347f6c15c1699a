#!/usr/bin/env bash
# Says on the pull request what is planned, in a thread: azure-comment.sh ID
set -euo pipefail
id=${1:?the ID of the pull request is missing}
"$(dirname "${BASH_SOURCE[0]}")/comment.sh"
jq -n --rawfile text review/comment.md '{comments: [{content: $text, commentType: "text"}], status: "closed"}' \
	> review/thread.json
az devops invoke --area git --resource pullRequestThreads --api-version 7.1 --http-method POST --in-file review/thread.json \
	--route-parameters "project=$SYSTEM_TEAMPROJECT" "repositoryId=$BUILD_REPOSITORY_ID" "pullRequestId=$id" --output none
