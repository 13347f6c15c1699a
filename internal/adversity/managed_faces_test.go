// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

const (
	individualType    = "azureiot_dps_individual_enrollment"
	groupType         = "azureiot_dps_enrollment_group"
	identityType      = "azureiot_iothub_device_identity"
	disallowType      = "azureiot_dps_device_disallow"
	groupDisallowType = "azureiot_dps_enrollment_group_disallow"
)

func managedFaces() []managed {
	return []managed{keyedEntry(), shutEntry(), keyedGroup(), shutGroup(), identity(), shutIdentity(),
		block(), blockThatDeletes(), adoptedBlock(), liftedBlock(), groupBlock(), groupBlockThatDeletes(), liftedGroupBlock()}
}

func keyedEntry() managed {
	settings := map[string]any{"registration_id": "dev", "attestation": symmetricKey()}
	return managed{
		typeName: individualType, title: "with keys", object: `"dev"`, imported: "dev",
		first:   always(settings),
		changed: always(settings, map[string]any{"device_id": "other", "edge_enabled": true}),
		rival:   always(settings, map[string]any{"device_id": "rival"}),
		drift:   func(s scene) { s.SetEntryStatus("dev", "disabled") },
		facts:   entryFacts,
	}
}

func symmetricKey() map[string]any { return map[string]any{"symmetric_key": map[string]any{}} }

func shutEntry() managed {
	settings := func(more map[string]any) func(s scene) map[string]any {
		return func(s scene) map[string]any {
			return merged(map[string]any{
				"registration_id": "dev", "provisioning_status": "disabled", "attestation": map[string]any{
					"x509": map[string]any{"client_certificates": map[string]any{"primary": s.device.Certificate.PEM()}},
				},
			}, more)
		}
	}
	return managed{
		typeName: individualType, title: "that is disabled", object: `"dev"`, imported: "dev",
		before:  factoryWithDevice,
		first:   settings(nil),
		changed: settings(map[string]any{"device_id": "other"}),
		rival:   settings(map[string]any{"device_id": "rival"}),
		drift:   func(s scene) { s.SetEntry("dev", func(e *azdps.IndividualEnrollment) { e.DeviceID = new("theirs") }) },
		facts:   entryFacts,
		device:  true,
		letsIn:  []string{"delete"},
	}
}

func entryFacts(s scene) map[string]string {
	entry := s.Entry("dev")
	if entry == nil {
		return nil
	}
	facts := map[string]string{"provisioning_status": "enabled", "device_id": "null"}
	if entry.Disabled() {
		facts["provisioning_status"] = "disabled"
	}
	if entry.DeviceID != nil {
		facts["device_id"] = *entry.DeviceID
	}
	return facts
}

func keyedGroup() managed {
	settings := map[string]any{"enrollment_group_id": "keys", "attestation": symmetricKey()}
	return managed{
		typeName: groupType, title: "with keys", object: `"keys"`, imported: "keys",
		first:   always(settings),
		changed: always(settings, map[string]any{"edge_enabled": true}),
		rival:   always(settings, map[string]any{"provisioning_status": "disabled"}),
		drift:   func(s scene) { s.SetGroup("keys", disable) },
		facts:   groupFacts("keys"),
	}
}

func shutGroup() managed {
	settings := func(more map[string]any) func(s scene) map[string]any {
		return func(s scene) map[string]any {
			return merged(map[string]any{
				"enrollment_group_id": "factory", "provisioning_status": "disabled", "delete_registrations_on_destroy": true,
				"attestation": map[string]any{
					"x509": map[string]any{"signing_certificates": map[string]any{"primary": s.Intermediate.PEM()}},
				},
			}, more)
		}
	}
	return managed{
		typeName: groupType, title: "that is disabled, with records", object: `"factory"`, imported: "factory",
		before: func(s scene) {
			factoryWithDevice(s)
			s.deleteGroup("factory")
		},
		first:   settings(nil),
		changed: settings(map[string]any{"edge_enabled": true}),
		rival:   settings(map[string]any{"allocation_policy": "geoLatency"}),
		drift: func(s scene) {
			s.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.AllocationPolicy = new("geoLatency") })
		},
		facts:  groupFacts("factory"),
		device: true,
	}
}

func groupFacts(id string) func(s scene) map[string]string {
	return func(s scene) map[string]string {
		status := s.groupStatus(id)
		if status == "absent" {
			return nil
		}
		facts := map[string]string{"provisioning_status": status}
		if group, err := s.DPS.GetEnrollmentGroup(s.Context(), id); err == nil && group.AllocationPolicy != nil {
			facts["allocation_policy"] = *group.AllocationPolicy
		}
		return facts
	}
}

func identity() managed {
	settings := func(more map[string]any) func(s scene) map[string]any {
		return func(s scene) map[string]any {
			return merged(map[string]any{"device_id": "dev", "iothub_hostname": s.Hostname("north")}, more)
		}
	}
	return managed{
		typeName: identityType, title: "with keys", object: `"dev"`, imported: "north/dev",
		first:   settings(nil),
		changed: settings(map[string]any{"edge_enabled": true}),
		rival:   settings(map[string]any{"status": "disabled"}),
		drift:   func(s scene) { s.SetIdentityStatus("north", "dev", "disabled") },
		facts:   identityFacts,
	}
}

func shutIdentity() managed {
	settings := func(more map[string]any) func(s scene) map[string]any {
		return func(s scene) map[string]any {
			return merged(map[string]any{
				"device_id": "dev", "iothub_hostname": s.Hostname("north"), "status": "disabled", "on_destroy": "disable",
				"authentication": map[string]any{"type": "certificateAuthority"},
			}, more)
		}
	}
	return managed{
		typeName: identityType, title: "that is disabled", object: `"dev"`, imported: "north/dev", stays: true,
		first:   settings(nil),
		changed: settings(map[string]any{"status_reason": "sold"}),
		rival:   settings(map[string]any{"status_reason": "rival"}),
		drift: func(s scene) {
			s.SetIdentity("north", "dev", func(d *aziothub.Device) { d.StatusReason = new("theirs") })
		},
		facts: identityFacts,
	}
}

func identityFacts(s scene) map[string]string {
	found := s.Identity("north", "dev")
	if found == nil {
		return nil
	}
	facts := map[string]string{"status": found.Status, "generation_id": found.GenerationID, "status_reason": "null"}
	if found.StatusReason != nil {
		facts["status_reason"] = *found.StatusReason
	}
	return facts
}

func block() managed {
	settings := map[string]any{"registration_id": "dev", "reason": "stolen"}
	return managed{
		typeName: disallowType, title: "of a device behind a group", object: `"dev"`, imported: "dev", stays: true,
		before:  factoryWithDevice,
		first:   always(settings),
		changed: always(settings, map[string]any{"reason": "sold"}),
		rival:   always(settings, map[string]any{"desired_access": "restored"}),
		drift: func(s scene) {
			s.SetEntryStatus("dev", "enabled")
			s.SetIdentityStatus(s.hubOf("dev"), "dev", "enabled")
		},
		facts:  blockFacts,
		device: true,
		letsIn: []string{"read"}, // The drift does.
	}
}

func blockThatDeletes() managed {
	m := block()
	m.title, m.verbs = "that deletes", []string{"update"}
	m.changed = always(map[string]any{
		"registration_id": "dev", "reason": "stolen", "hub_identity_action": "delete", "delete_registration": true,
	})
	m.first = always(map[string]any{"registration_id": "dev", "reason": "stolen", "hub_identity_action": "keep"})
	return m
}

func adoptedBlock() managed {
	m := block()
	m.title, m.verbs = "of an entry with keys", []string{"create", "update"}
	m.before = func(s scene) { s.AddKeyedEntry("dev", nil) }
	m.device = false
	return m
}

func liftedBlock() managed {
	m := block()
	m.title, m.verbs, m.letsIn = "that is lifted", []string{"update"}, []string{"update"}
	m.rival = nil // It restores as well.
	m.changed = always(map[string]any{"registration_id": "dev", "reason": "stolen", "desired_access": "restored"})
	return m
}

func blockFacts(s scene) map[string]string {
	status := s.EntryStatus("dev")
	if status == "absent" {
		return nil
	}
	return map[string]string{"enrollment_status": status}
}

func groupBlock() managed {
	settings := map[string]any{"enrollment_group_id": "factory", "reason": "plant sold"}
	return managed{
		typeName: groupDisallowType, title: "of a factory", object: `"factory"`, stays: true,
		before:  factoryWithDevice,
		first:   always(settings),
		changed: always(settings, map[string]any{"reason": "plant lost"}),
		rival:   always(settings, map[string]any{"desired_access": "restored"}),
		drift: func(s scene) {
			s.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusEnabled) })
			s.SetIdentityStatus(s.hubOf("dev"), "dev", "enabled")
		},
		facts:  func(s scene) map[string]string { return map[string]string{"group_status": s.groupStatus("factory")} },
		device: true,
		letsIn: []string{"read"},
		verbs:  []string{"create", "read", "update", "delete"},
	}
}

func groupBlockThatDeletes() managed {
	m := groupBlock()
	m.title, m.verbs = "that deletes", []string{"update"}
	m.changed = always(map[string]any{
		"enrollment_group_id": "factory", "reason": "plant sold", "hub_identity_action": "delete",
		"delete_registrations": true,
	})
	return m
}

func liftedGroupBlock() managed {
	m := groupBlock()
	m.title, m.verbs, m.letsIn = "that is lifted", []string{"update"}, []string{"update"}
	m.rival = nil // It restores as well.
	m.changed = always(map[string]any{
		"enrollment_group_id": "factory", "reason": "plant sold", "desired_access": "restored",
	})
	return m
}

// always is a configuration that is the same in every world.
func always(settings ...map[string]any) func(scene) map[string]any {
	return func(scene) map[string]any { return merged(settings...) }
}

func merged(settings ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, some := range settings {
		for name, value := range some {
			all[name] = value
		}
	}
	return all
}

func disable(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) }

// factoryWithDevice has an enabled group, and a device that came in through it.
func factoryWithDevice(s scene) {
	s.AddGroup("factory", s.Intermediate)
	s.device.MustRegister()
}

func (s scene) deleteGroup(id string) {
	s.T.Helper()
	if err := s.DPS.DeleteEnrollmentGroup(s.Context(), id, nil); err != nil {
		s.T.Fatal(err)
	}
}

func (s scene) groupStatus(id string) string {
	s.T.Helper()
	group, err := s.DPS.GetEnrollmentGroup(s.Context(), id)
	switch {
	case azrest.IsNotFound(err):
		return "absent"
	case err != nil:
		s.T.Fatal(err)
	case group.Disabled():
		return "disabled"
	}
	return "enabled"
}

// hubOf is where a device has an identity.
func (s scene) hubOf(deviceID string) string {
	s.T.Helper()
	for _, hub := range s.Emulator.Hubs() {
		if s.Identity(hub.Name(), deviceID) != nil {
			return hub.Name()
		}
	}
	s.T.Fatalf("%s is in no hub", deviceID)
	return ""
}
