#!/usr/bin/env bash
# Applies review/tfplan, if it is the file that was reviewed: apply.sh DIGEST. It is judged once more before that, by the
# approvals of now. Terraform itself refuses a plan whose state has moved on, and the provider one whose device has.
set -euo pipefail
umask 077
terraform=${TERRAFORM:-terraform}
here=$(dirname "${BASH_SOURCE[0]}")
reviewed=${1:?the digest that was reviewed is missing}
if [ "$(sha256sum review/tfplan | cut -d ' ' -f 1)" != "$reviewed" ]; then
	echo "review/tfplan is not the plan that was reviewed ($reviewed)" >&2
	exit 1
fi

"$here/show.sh"
"$here/check.sh"
"$terraform" init -input=false -no-color
"$terraform" apply -input=false -no-color -lock-timeout=5m review/tfplan
