# No device and no group is restored without the approval of somebody other than the author.
package azureiot.policy.restored

import data.azureiot.plan

deny contains sprintf("%s: desired_access is %s; that takes an approval", [c.address, wish(c)]) if {
	some c in plan.remaining
	c.type in plan.disallows
	wish(c) != "blocked"
	count(plan.approvals) < 1
}

wish(c) := plan.known(c, "desired_access")

wish(c) := "unknown" if not plan.known(c, "desired_access")
