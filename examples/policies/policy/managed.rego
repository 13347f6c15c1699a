# No disallow is destroyed or forgotten without a ticket. The device stays blocked, and nobody watches it any more. A
# replacement that blocks the same device again is no loss.
package azureiot.policy.managed

import data.azureiot.plan

deny contains sprintf("%s: the block of %s goes out of management; that takes a ticket", [c.address, c.change.before.registration_id]) if {
	some c in plan.changes
	c.type == plan.disallow
	some action in c.change.actions
	action in {"delete", "forget"}
	not plan.stays(c)
	not plan.ticket
}
