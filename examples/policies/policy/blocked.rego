# Nothing ends other than blocked without a ticket. What is unknown is not blocked.
package azureiot.policy.blocked

import data.azureiot.plan

deny contains sprintf("%s: access ends %s; that takes a ticket", [c.address, end(c)]) if {
	some c in plan.remaining
	c.type in plan.disallows
	end(c) != "blocked"
	not plan.ticket
}

end(c) := plan.known(c, "access")

end(c) := "unknown" if not plan.known(c, "access")
