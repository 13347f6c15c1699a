# Only the listed DPS instances and IoT hubs are touched or given devices. Where it is not known in which hubs a device is,
# a block of it takes a ticket: it goes wherever the device turns out to be.
package azureiot.policy.places

import data.azureiot.plan

deny contains sprintf("%s: its DPS instance or hub, %s, is not listed", [c.address, object.get(o, name, "unknown")]) if {
	some c in plan.changes
	some name, list in {"dps_hostname": "dps_hostnames", "iothub_hostname": "iothub_hostnames"}
	name in plan.names_of[c.type]
	some o in wholes(c)
	not is_listed(o[name], list)
}

deny contains sprintf("%s: the hub %s is not listed", [c.address, hub]) if {
	some c in plan.changes
	some o in [c.change.before, c.change.after] # What is unknown of a block that changes may be known from before.
	some hub in hubs(o)
	not is_listed(hub, "iothub_hostnames")
}

deny contains sprintf("%s: which hubs it touches is unknown; that takes a ticket", [c.address]) if {
	some c in plan.remaining
	some name in ["hub_identities", "effects", "additional_iothub_hostnames"]
	plan.unknown(c, name)
	not plan.ticket
}

deny contains sprintf("%s: to which hubs it sends devices is unknown", [c.address]) if {
	some c in plan.remaining
	plan.unknown(c, "iothub_hostnames")
}

is_listed(host, list) if {
	some name in data.settings[list]
	lower(name) == lower(host)
}

# The object as it will be, and as it was before it goes or another one takes its place.
wholes(c) := array.concat(
	[o | o := c.change.after; o != null],
	[o | o := c.change.before; o != null; c.change.actions != ["update"]],
)

# The hubs that an object names, and those in which it touches an identity, which is called host/device, or the
# identities of a group, which are called by their host.
hubs(o) := union({
	{split(identity, "/")[0] | some identity, _ in o.hub_identities},
	{split(effect.object, "/")[0] | some effect in o.effects; effect.target == "iothub_device_identity"},
	{hub | some hub, _ in o.hubs},
	{name | some name in o.additional_iothub_hostnames},
	{name | some name in o.iothub_hostnames},
})
