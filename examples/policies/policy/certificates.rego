# No entry or group that lets devices in may depend on certificates that all end within some days of the plan.
package azureiot.policy.certificates

import data.azureiot.plan

deny contains sprintf("%s: no certificate is known to be good for %d days", [c.address, data.settings.certificate_days]) if {
	some c in plan.remaining
	plan.status_of[c.type] == "provisioning_status"
	not plan.is(c, "provisioning_status", "disabled")
	not without_certificates(c)
	not lasting(c)
}

# Keys, a TPM, or the name of a CA certificate that DPS holds.
without_certificates(c) if plan.known(c, "certificates") == null

lasting(c) if {
	some slot in ["primary", "secondary"]
	not plan.unknown(c, "certificates")
	end := time.parse_rfc3339_ns(c.change.after.certificates[slot].not_after)
	end > time.add_date(time.parse_rfc3339_ns(input.timestamp), 0, 0, data.settings.certificate_days)
}
