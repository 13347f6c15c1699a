#!/usr/bin/env bash
# Fetches the plan file that was made for a commit, and what show.sh makes of it: github-fetch.sh COMMIT
set -euo pipefail
umask 077
commit=${1:?the commit is missing}
run=$(gh run list --repo "$GH_REPO" --workflow plan.yml --event pull_request --commit "$commit" --limit 1 \
	--json databaseId --jq '.[0].databaseId // empty')
[ -n "$run" ] || { echo "there is no plan of $commit" >&2; exit 1; }
rm -rf review
gh run download "$run" --repo "$GH_REPO" --name tfplan --dir review
"$(dirname "${BASH_SOURCE[0]}")/show.sh"
