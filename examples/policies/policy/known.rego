# What decides is known. But for actions there is no ticket against this: plan again when it is.
package azureiot.policy.known

import data.azureiot.plan

deciding := {
	"registration_id", "enrollment_group_id", "device_id", "dps_hostname", "iothub_hostname", "desired_access",
	"enrollment_status", "enrollment_action", "group_status", "hub_identity_action", "provisioning_status", "status",
	"on_destroy",
}

deny contains sprintf("%s: %s is unknown", [c.address, name]) if {
	some c in plan.remaining
	some name in deciding
	plan.unknown(c, name)
}

deny contains sprintf("%s: the policies know no %s", [c.address, c.type]) if {
	some c in plan.changes
	not plan.names_of[c.type]
}

# An action leaves nothing in the plan but its arguments, and what it deletes or renews is nowhere afterwards: somebody
# has to have looked at it.
deny contains sprintf("%s: is invoked; that takes a ticket", [invocation.address]) if {
	some invocation in input.action_invocations
	startswith(invocation.type, "azureiot_")
	not plan.ticket
}

deny contains "this is not a plan: give the output of terraform show -json PLANFILE" if not input.timestamp

deny contains "the plan ended in an error" if input.errored

# Policies must not pass for want of their settings.
deny contains sprintf("the setting %s is missing", [name]) if {
	some name in ["ticket_pattern", "dps_hostnames", "iothub_hostnames", "certificate_days", "group_devices"]
	not data.settings[name]
}

deny contains "review.author and review.approvals are missing: the pipeline gives them" if {
	not data.review.author
}

deny contains "review.author and review.approvals are missing: the pipeline gives them" if {
	not data.review.approvals
}
