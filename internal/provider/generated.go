// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

// GeneratedWithout leaves what operations decide out of configuration that is generated for an import: written out, a
// status would have the next apply undo what somebody disabled, or enabled, since. Left out, it stays as it is found.
func (p *azureIoT) GeneratedWithout() map[string][]string {
	return map[string][]string{
		TypeName + "_dps_individual_enrollment": {"provisioning_status"},
		TypeName + "_dps_enrollment_group":      {"provisioning_status"},
		TypeName + "_iothub_device_identity":    {"status", "status_reason"},
	}
}
