# An import takes no status in hand that nobody asked for, as generated configuration does: once it is written out, every
# apply undoes what operations disable, or enable. To pin a status on purpose, do so in a change of its own.
package azureiot.policy.adopted

import data.azureiot.plan

deny contains sprintf("%s: %s is written out in an import; leave it out, or give a ticket", [c.address, status]) if {
	some c in plan.changes
	c.change.importing
	status := plan.status_of[c.type]
	some written in resources(c)
	written.expressions[status]
	not plan.ticket
}

# The resource in the configuration, in whichever module; its address there has no index.
resources(c) := [r |
	walk(input.configuration, [_, r])
	r.address == sprintf("%s.%s", [c.type, c.name])
]
