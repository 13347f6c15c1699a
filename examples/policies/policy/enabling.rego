# No disabled entry, group or identity is enabled, by any resource, without a ticket and an approval. To delete a disabled
# one is to enable: a group lets the device in again, or DPS makes its identity anew.
package azureiot.policy.enabling

import data.azureiot.plan

# A plain resource that was disabled, and is not known to stay so.
deny contains sprintf("%s: disabled now, and not known to stay so; that takes a ticket and an approval", [c.address]) if {
	some c in plan.remaining
	status := plan.status_of[c.type]
	c.change.before[status] == "disabled"
	not plan.is(c, status, "disabled")
	not plan.released
}

# One that goes while it is disabled. The value of on_destroy that counts is the one last applied.
deny contains sprintf("%s: deleted while it is disabled; that takes a ticket and an approval", [c.address]) if {
	some c in plan.changes
	"delete" in c.change.actions
	c.change.before[plan.status_of[c.type]] == "disabled"
	not c.change.before.on_destroy in {"keep", "disable"}
	not plan.stays(c)
	not plan.released
}

# A block that lets go. One that is to stay blocked never enables, so that its unknown effects need no ticket.
deny contains sprintf("%s: lets devices in again, or may; that takes a ticket and an approval", [c.address]) if {
	some c in plan.remaining
	c.type in plan.disallows
	not plan.is(c, "desired_access", "blocked")
	not harmless(c)
	not plan.released
}

harmless(c) if {
	every effect in plan.known(c, "effects") {
		effect.action == "none"
	}
}
