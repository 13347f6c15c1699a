# A block of a group that reaches more than some number of devices takes two approvals. What is unknown counts as more: a
# new block knows its devices only when the group is shut.
package azureiot.policy.groups

import data.azureiot.plan

deny contains sprintf("%s: not known to reach %d devices at most; that takes two approvals", [c.address, data.settings.group_devices]) if {
	some c in plan.remaining
	c.type == "azureiot_dps_enrollment_group_disallow"
	not few(c)
	count(plan.approvals) < 2
}

few(c) if {
	is_number(data.settings.group_devices) # In Rego every number is less than a text.
	effects := plan.known(c, "effects") # Not inside the sums, which are 0 of what is undefined.
	changed := sum([e.count | some e in effects; e.target == "iothub_device_identity"; acts(e)])

	# Who shuts or opens the group does so for every device of it.
	reached := sum([hub.registered |
		some e in effects
		e.target == "dps_enrollment_group"
		acts(e)
		some hub in c.change.before.hubs
	])

	# In a hub that is named anew the apply looks for all devices, and effects have none of what it finds.
	count(named(c.change.after) - named(c.change.before)) == 0
	max([changed, reached]) <= data.settings.group_devices
}

named(o) := {lower(hub) | some hub in o.additional_iothub_hostnames}

acts(effect) if effect.action != "none"

# The apply looks at these first, and may find them enabled, and disable them.
acts(effect) if effect.from in {"unread", "unreachable"}
