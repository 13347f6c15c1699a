#!/usr/bin/env bash
# Judges review/tfplan.json by the policies, and by review/review.json, which tells who approved. The verdict is in
# review/policies.md; a plan that is refused, or that cannot be judged, ends with status 1.
set -euo pipefail
policies=${POLICIES:-$(dirname "${BASH_SOURCE[0]}")/../../policies}
ask() {
	"${OPA:-opa}" eval --fail --format raw --data "$policies/policy" --data "${SETTINGS:-$policies/settings.json}" \
		--data review/review.json --input review/tfplan.json "$1"
}

echo "**Policies: could not be asked.**" > review/policies.md
report=$(ask data.main.report) || exit 1
allow=$(ask data.main.allow) || exit 1
printf '%s\n' "$report" | tee review/policies.md
[ "$allow" = true ]
