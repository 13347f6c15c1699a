# No disallow is destroyed or forgotten without a ticket. The devices stay blocked, and nobody watches them any more. A
# replacement that blocks the same device or group again is no loss.
package azureiot.policy.managed

import data.azureiot.plan

deny contains sprintf("%s: the block of %s goes out of management; that takes a ticket", [c.address, c.change.before[plan.names_of[c.type][0]]]) if {
	some c in plan.changes
	c.type in plan.disallows
	some action in c.change.actions
	action in {"delete", "forget"}
	not plan.stays(c)
	not plan.ticket
}
