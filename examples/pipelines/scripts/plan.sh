#!/usr/bin/env bash
# Plans in the current directory: review/tfplan, and what show.sh makes of it. Arguments go to terraform plan.
set -euo pipefail
umask 077
terraform=${TERRAFORM:-terraform}
rm -rf review
mkdir review

"$terraform" init -input=false -no-color
"$terraform" plan -input=false -no-color -lock-timeout=5m -out=review/tfplan "$@"
"$(dirname "${BASH_SOURCE[0]}")/show.sh"
