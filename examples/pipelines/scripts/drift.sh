#!/usr/bin/env bash
# Tells whether anything changed outside Terraform since the last apply: status 0 when nothing did, 2 when something did, 1
# when that could not be found out. review/drift.md says what happened, and what an apply would do about it.
#
# Nothing that devices do by themselves is drift: connecting, trying again, registering in the same hub.
set -euo pipefail
umask 077
terraform=${TERRAFORM:-terraform}
rm -rf review
mkdir review

"$terraform" init -input=false -no-color
status=0
"$terraform" plan -refresh-only -detailed-exitcode -input=false -no-color -lock-timeout=5m -out=review/drift || status=$?
case $status in
0)
	echo "Nothing changed outside Terraform." | tee review/drift.md
	exit 0
	;;
2) ;;
*) exit 1 ;;
esac

"$terraform" plan -input=false -no-color -lock-timeout=5m -out=review/tfplan || exit 1
"$terraform" show -json review/tfplan > review/tfplan.json || exit 1
"${PLANSUMMARY:-plansummary}" review/tfplan.json > review/drift.md || exit 1
cat review/drift.md
exit 2
