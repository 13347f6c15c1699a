# What the policies have in common: which changes of a plan count, what of them is known, and who has agreed.
package azureiot.plan

# The changes that do something, or take an object over by an import. On a no-op, `effects` tells of the last change.
changes contains c if {
	some c in input.resource_changes
	c.mode == "managed"
	startswith(c.type, "azureiot_")
	c.change.actions != ["no-op"]
}

changes contains c if {
	some c in input.resource_changes
	c.mode == "managed"
	startswith(c.type, "azureiot_")
	c.change.importing
}

# Those that leave an object.
remaining contains c if {
	some c in changes
	c.change.after != null
}

# The resources that block: a device, or all devices of a group.
disallows := {"azureiot_dps_device_disallow", "azureiot_dps_enrollment_group_disallow"}

# The attribute that says whether a device, or a group's devices, may come in.
status_of := {
	"azureiot_dps_individual_enrollment": "provisioning_status",
	"azureiot_dps_enrollment_group": "provisioning_status",
	"azureiot_iothub_device_identity": "status",
}

# The attributes that name an object: its ID, and where it is.
names_of := {
	"azureiot_dps_device_disallow": ["registration_id", "dps_hostname"],
	"azureiot_dps_enrollment_group_disallow": ["enrollment_group_id", "dps_hostname"],
	"azureiot_dps_individual_enrollment": ["registration_id", "dps_hostname"],
	"azureiot_dps_enrollment_group": ["enrollment_group_id", "dps_hostname"],
	"azureiot_iothub_device_identity": ["device_id", "iothub_hostname"],
}

# A planned value; undefined where it is unknown, because an unknown value is missing from `after`.
known(c, name) := c.change.after[name] if not unknown(c, name)

# Whether a value is known to be this one. To be asked under `not`, which would not see that `known` is undefined.
is(c, name, value) if known(c, name) == value

# Whether a value, or any part of it, is only known after the apply.
unknown(c, name) if {
	some path
	walk(c.change.after_unknown[name], [path, true])
}

# Whether a change leaves an object of the same name at the same place. Letter case counts in a device's name in a hub.
stays(c) if {
	c.change.after != null
	every name in names_of[c.type] {
		is_now := known(c, name)
		was := c.change.before[name]
		object.get({"device_id": is_now}, name, lower(is_now)) == object.get({"device_id": was}, name, lower(was))
	}
}

# The Terraform variable `ticket`, which is part of the plan that is reviewed and applied.
ticket if regex.match(data.settings.ticket_pattern, input.variables.ticket.value)

# Who has approved: said by the pipeline, never by the plan, and the author does not count.
approvals := {name | some name in data.review.approvals} - {data.review.author}

# What is let in again needs both.
released if {
	ticket
	count(approvals) >= 1
}
