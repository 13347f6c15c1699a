#!/usr/bin/env bash
# Looks for drift. One issue is open while there is some, and says what; it is closed when there is none any more.
set -euo pipefail
label=azureiot-drift
status=0
"$(dirname "${BASH_SOURCE[0]}")/drift.sh" || status=$?
open=$(gh issue list --repo "$GH_REPO" --label "$label" --state open --json number --jq '.[0].number // empty')
case $status in
0)
	[ -z "$open" ] || gh issue close "$open" --repo "$GH_REPO" --comment "Nothing differs any more."
	;;
2)
	if [ -n "$open" ]; then
		gh issue edit "$open" --repo "$GH_REPO" --body-file review/drift.md
	else
		gh label create "$label" --repo "$GH_REPO" --force --description "Changed outside Terraform"
		gh issue create --repo "$GH_REPO" --label "$label" --title "Devices were changed outside Terraform" \
			--body-file review/drift.md
	fi
	;;
*) exit "$status" ;;
esac
