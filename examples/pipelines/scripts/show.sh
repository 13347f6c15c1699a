#!/usr/bin/env bash
# Reads review/tfplan, and needs no credential: its JSON, its digest and its summary are in review/ afterwards. The JSON has
# sensitive values in clear text, and so has the plan file: let nobody read them who may not.
set -euo pipefail
umask 077
terraform=${TERRAFORM:-terraform}

[ -d .terraform/providers ] || "$terraform" init -backend=false -input=false -no-color > /dev/null
"$terraform" show -json review/tfplan > review/tfplan.json
"${PLANSUMMARY:-plansummary}" review/tfplan.json > review/summary.md
sha256sum review/tfplan | cut -d ' ' -f 1 > review/tfplan.sha256
