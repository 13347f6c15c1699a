# All policies together: conftest looks for main.deny, and pipelines ask for main.allow and main.report.
package main

deny contains sprintf("%s: %s", [policy, message]) if {
	some policy
	some message in data.azureiot.policy[policy].deny
}

default allow := false

allow if count(deny) == 0

report := "**Policies: passed.**" if allow

report := concat("\n", array.concat(
	[sprintf("**Policies: refused**, for %d reasons.", [count(deny)]), ""],
	[sprintf("- %s", [message]) | some message in deny],
)) if {
	not allow
}
