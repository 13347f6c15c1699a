// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"reflect"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// meaning is what an example is for: what there is before, and what has come of it when it was applied.
type meaning struct {
	before func(*scene)
	after  func(*scene, acctest.Run)
	// held says that the example may not be destroyed.
	held bool
}

// meanings are those of all examples, by kind and name of the object; "_complete" is the larger one.
var meanings = map[string]meaning{
	"resources/azureiot_dps_individual_enrollment": {after: func(s *scene, _ acctest.Run) {
		s.certified["sensor-thl-001"].MustBeIn("hub1")
	}},
	"resources/azureiot_dps_individual_enrollment_complete": {after: func(s *scene, _ acctest.Run) {
		s.certified["sensor-thl-001"].MustBeIn("hub1")
		s.DeviceBy("gauge-thl-001", s.keyOfEntry("gauge-thl-001")).MustRegister()
		s.DeviceBy("press-thl-001", devicesim.SymmetricKey("cHJlc3MtdGhsLTAwMSwga2VwdCBpbiBhIHZhdWx0")).MustBeRefused()
	}},
	"resources/azureiot_dps_enrollment_group": {after: func(s *scene, _ acctest.Run) {
		s.NewDevice("sensor-thl-009").MustBeIn("hub1")
	}},
	"resources/azureiot_dps_enrollment_group_complete": {after: func(s *scene, _ acctest.Run) {
		s.NewDevice("sensor-thl-009").MustBeIn("hub1")
		certificate, err := s.successor.Device("sensor-thl-010")
		if err != nil {
			s.t.Fatal(err)
		}
		s.DeviceWith("sensor-thl-010", certificate).MustBeIn("hub1")
		s.derived("field", "meter-1").MustBeIn("hub1")
	}},
	"resources/azureiot_iothub_device_identity": {after: func(s *scene, _ acctest.Run) { s.pumpConnects() }},
	"resources/azureiot_iothub_device_identity_complete": {after: func(s *scene, _ acctest.Run) {
		s.pumpConnects()
		gateway, sensor := s.Identity("hub1", "gateway-1"), s.Identity("hub1", "sensor-1")
		if *sensor.DeviceScope != *gateway.DeviceScope || s.IdentityStatus("hub1", "press-1") != "disabled" {
			s.t.Errorf("the sensor should be below the gateway, and the press disabled: %+v", sensor)
		}
	}},
	"resources/azureiot_dps_device_disallow": {
		before: func(s *scene) { s.plant("sensor-thl-001", "sensor-thl-002") },
		after: func(s *scene, _ acctest.Run) {
			s.certified["sensor-thl-002"].MustBeOut("hub1")
			s.certified["sensor-thl-001"].MustBeIn("hub1")
		},
	},
	"resources/azureiot_dps_device_disallow_complete": {
		before: func(s *scene) { s.plant("sensor-thl-001", "sensor-thl-002", "sensor-thl-101", "sensor-thl-102") },
		after: func(s *scene, applied acctest.Run) {
			for _, out := range []string{"sensor-thl-002", "sensor-thl-101", "sensor-thl-102"} {
				s.certified[out].MustBeOut("hub1")
			}
			s.certified["sensor-thl-001"].MustBeIn("hub1")
			applied.DoesNotSay("may still get in")
			s.outputs(map[string]any{"access": map[string]any{"sensor-thl-101": "blocked", "sensor-thl-102": "blocked"}})
		},
	},
	"resources/azureiot_dps_enrollment_group_disallow": {
		before: func(s *scene) {
			s.keyedGroup("line-7", "")
			s.derived("line-7", "robot-1").MustBeIn("hub1")
		},
		after: func(s *scene, _ acctest.Run) { s.derived("line-7", "robot-1").MustBeOut("hub1") },
	},
	"resources/azureiot_dps_enrollment_group_disallow_complete": {
		before: func(s *scene) { s.plant("sensor-thl-001", "sensor-thl-002") },
		after: func(s *scene, applied acctest.Run) {
			s.certified["sensor-thl-001"].MustBeOut("hub1")
			s.certified["sensor-thl-002"].MustBeOut("hub1")
			applied.DoesNotSay("may still get in")
		},
		held: true,
	},

	"data-sources/azureiot_dps_device_access": {
		before: func(s *scene) { s.plant("sensor-thl-002") },
		after: func(s *scene, _ acctest.Run) {
			if access := s.output("sensor").(map[string]any)["access"]; access != "allowed" {
				s.t.Errorf("the device should be allowed, not %s", access)
			}
		},
	},
	"data-sources/azureiot_dps_device_access_complete": {
		before: func(s *scene) {
			s.plant("sensor-thl-001", "sensor-thl-002")
			s.entry("sensor-thl-002", func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = new(azdps.StatusDisabled) })
			s.SetIdentityStatus("hub1", "sensor-thl-002", aziothub.StatusDisabled)
			s.entry("pump-thl-007", func(e *azdps.IndividualEnrollment) { e.DeviceID = new("Pump-7") })
		},
		after: func(s *scene, applied acctest.Run) {
			applied.DoesNotSay("is not out")
			s.outputs(map[string]any{
				"scrapped_device": map[string]any{"registration_id": "sensor-thl-001", "access": "allowed"},
			})
			if id := s.output("device_of_the_alarm").(map[string]any)["registration_id"]; id != "pump-thl-007" {
				s.t.Errorf("the alarm is of %s", id)
			}
			s.SetEntryStatus("sensor-thl-002", azdps.StatusEnabled)
			s.Plan().Says("sensor-thl-002 is not out.")
		},
	},
	"data-sources/azureiot_dps_enrollment_group": {
		before: func(s *scene) { s.plant() },
		after:  func(s *scene, _ acctest.Run) { s.outputs(map[string]any{"plant_status": "enabled"}) },
	},
	"data-sources/azureiot_dps_enrollment_group_complete": {after: func(s *scene, applied acctest.Run) {
		applied.DoesNotSay("cannot register")
		s.SetGroup("plant-thale", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
		s.Plan().Says("Devices of the plant cannot register")
	}},
	"data-sources/azureiot_dps_enrollment_groups": {
		before: func(s *scene) { s.plant(); s.keyedGroup("field", azdps.StatusDisabled) },
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"groups": map[string]any{"plant-thale": "enabled", "field": "disabled"}})
		},
	},
	"data-sources/azureiot_dps_enrollment_groups_complete": {
		before: func(s *scene) { s.plant(); s.keyedGroup("field", "") },
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"authorities": map[string]any{"plant-thale": "Plant Factory"}})
		},
	},
	"data-sources/azureiot_dps_individual_enrollment": {
		before: func(s *scene) {
			s.entry("sensor-thl-001", nil)
			s.certified["sensor-thl-001"].MustRegister()
		},
		after: func(s *scene, _ acctest.Run) { s.outputs(map[string]any{"sensor_hub": s.Hostname("hub1")}) },
	},
	"data-sources/azureiot_dps_individual_enrollment_complete": {after: func(s *scene, _ acctest.Run) {
		s.certified["sensor-thl-001"].MustRegister()
		s.Apply().Must(0)
		s.outputs(map[string]any{"sensor_hub": s.Hostname("hub1")})
	}},
	"data-sources/azureiot_dps_individual_enrollments": {
		before: func(s *scene) {
			s.entry("sensor-thl-001", nil)
			s.entry("sensor-thl-002", func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = new(azdps.StatusDisabled) })
		},
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"disabled_devices": []any{"sensor-thl-002"}})
		},
	},
	"data-sources/azureiot_dps_individual_enrollments_complete": {
		before: func(s *scene) {
			now := s.Clock.Now()
			ending, err := s.Intermediate.Device("sensor-thl-003", devicesim.Valid(now.AddDate(-1, 0, 0), now.AddDate(0, 0, 7)))
			if err != nil {
				s.t.Fatal(err)
			}
			s.certified["sensor-thl-003"] = s.DeviceWith("sensor-thl-003", ending)
			s.entry("sensor-thl-003", nil)
		},
		after: func(_ *scene, applied acctest.Run) { applied.Says("Check block assertion failed", "sensor-thl-003") },
	},
	"data-sources/azureiot_dps_registration": {
		before: func(s *scene) { s.plant("sensor-thl-001") },
		after:  func(s *scene, _ acctest.Run) { s.outputs(map[string]any{"sensor_hub": s.Hostname("hub1")}) },
	},
	"data-sources/azureiot_dps_registration_complete": {
		before: func(s *scene) {
			s.entry("sensor-thl-002", func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = new(azdps.StatusDisabled) })
			s.certified["sensor-thl-002"].MustBeRefused()
		},
		after: func(s *scene, _ acctest.Run) { s.outputs(map[string]any{"registration": "disabled"}) },
	},
	"data-sources/azureiot_dps_registrations": {
		before: func(s *scene) { s.plant("sensor-thl-001") },
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"hubs": map[string]any{"sensor-thl-001": s.Hostname("hub1")}})
		},
	},
	"data-sources/azureiot_dps_registrations_complete": {
		before: func(s *scene) { s.plant("sensor-thl-001", "sensor-thl-002") },
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"failures": map[string]any{}, "devices": map[string]any{
				"by_status": map[string]any{"assigned": 2.0}, "by_hub": map[string]any{s.Hostname("hub1"): 2.0},
			}})
		},
	},
	"data-sources/azureiot_iothub_device_identities": {
		before: func(s *scene) {
			s.AddIdentity("hub1", "pump-1", nil)
			s.AddIdentity("hub1", "pump-2", func(d *aziothub.Device) {
				d.Status, d.StatusReason = aziothub.StatusDisabled, new("stolen")
			})
		},
		after: func(s *scene, _ acctest.Run) {
			s.outputs(map[string]any{"kept_out": map[string]any{"pump-2": "stolen"}})
		},
	},
	"data-sources/azureiot_iothub_device_identities_complete": {
		before: func(s *scene) {
			s.keyedGroup("field", "")
			s.SetGroup("field", func(g *azdps.EnrollmentGroup) {
				g.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"location":{"plant":"Thale"}}`)}
			})
			s.derived("field", "sensor-thl-020").MustRegister()
			s.AddIdentity("hub1", "gateway-1", func(d *aziothub.Device) {
				d.Capabilities = &aziothub.Capabilities{IoTEdge: true}
			})
		},
		after: func(s *scene, applied acctest.Run) {
			applied.Says("Check block assertion failed", "sensor-thl-020")
			s.outputs(map[string]any{"silent_gateways": []any{"gateway-1"}})
		},
	},
	"data-sources/azureiot_iothub_device_identity": {
		before: func(s *scene) { s.AddIdentity("hub1", "pump-1", nil); s.pumpConnects() },
		after: func(s *scene, _ acctest.Run) {
			if s.output("pump_last_seen") == nil {
				s.t.Error("the pump was there just now")
			}
		},
	},
	"data-sources/azureiot_iothub_device_identity_complete": {after: func(s *scene, applied acctest.Run) {
		applied.DoesNotSay("is disabled")
		s.SetIdentityStatus("hub1", "pump-1", aziothub.StatusDisabled)
		s.Plan().Says("The identity of pump-1 is disabled.")
	}},

	"ephemeral-resources/azureiot_dps_derived_device_key": {
		before: func(s *scene) { s.keyedGroup("field", "") },
		after: func(s *scene, _ acctest.Run) {
			opened := s.MustOpenEphemeral("azureiot_dps_derived_device_key",
				map[string]any{"enrollment_group_id": "field", "registration_id": "meter-0815"})
			s.DeviceBy("meter-0815", devicesim.SymmetricKey(acctest.Text(opened, "primary_key"))).MustBeIn("hub1")
		},
	},
	"ephemeral-resources/azureiot_dps_derived_device_key_complete": {after: func(s *scene, _ acctest.Run) {
		s.derived("field", "meter-0815").MustBeIn("hub1")
	}},
	"ephemeral-resources/azureiot_dps_enrollment_group_keys": {
		before: func(s *scene) { s.keyedGroup("field", "") },
		after: func(s *scene, _ acctest.Run) {
			opened := s.MustOpenEphemeral("azureiot_dps_enrollment_group_keys", map[string]any{"enrollment_group_id": "field"})
			s.DeviceBy("meter-1", devicesim.DerivedKey(acctest.Text(opened, "primary_key"), "meter-1")).MustBeIn("hub1")
		},
	},
	"ephemeral-resources/azureiot_dps_enrollment_group_keys_complete": {after: func(s *scene, _ acctest.Run) {
		if s.keyOfGroup("field") != s.keyOfGroup("workshop") {
			s.t.Error("both groups should have the same key")
		}
	}},
	"ephemeral-resources/azureiot_dps_individual_enrollment_keys": {
		before: func(s *scene) { s.AddKeyedEntry("meter-0815", nil) },
		after: func(s *scene, _ acctest.Run) {
			opened := s.MustOpenEphemeral("azureiot_dps_individual_enrollment_keys",
				map[string]any{"registration_id": "meter-0815"})
			s.DeviceBy("meter-0815", devicesim.SymmetricKey(acctest.Text(opened, "primary_key"))).MustBeIn("hub1")
		},
	},
	"ephemeral-resources/azureiot_dps_individual_enrollment_keys_complete": {after: func(s *scene, _ acctest.Run) {
		s.DeviceBy("gauge-thl-001-spare", s.keyOfEntry("gauge-thl-001")).MustBeIn("hub1")
	}},
	"ephemeral-resources/azureiot_iothub_device_credentials": {
		before: func(s *scene) { s.AddIdentity("hub1", "pump-1", nil) },
		after: func(s *scene, _ acctest.Run) {
			opened := s.MustOpenEphemeral("azureiot_iothub_device_credentials", map[string]any{"device_id": "pump-1"})
			if !s.DeviceBy("pump-1", devicesim.SymmetricKey(acctest.Text(opened, "primary_key"))).Connects("hub1") {
				s.t.Error("the pump should connect with its key")
			}
		},
	},
	"ephemeral-resources/azureiot_iothub_device_credentials_complete": {after: func(s *scene, _ acctest.Run) {
		key := *s.Identity("hub1", "pump-1").Authentication.SymmetricKey.PrimaryKey
		if !s.DeviceBy("pump-1-spare", devicesim.SymmetricKey(key)).Connects("hub1") {
			s.t.Error("the spare pump should connect with the key of the pump")
		}
	}},

	"functions/certificate_info": {after: func(s *scene, _ acctest.Run) {
		const form = "2006-01-02T15:04:05Z"
		s.outputs(map[string]any{"expires": s.certified["sensor-thl-001"].Certificate.X509().NotAfter.UTC().Format(form)})
	}},
	"functions/certificate_info_complete": {after: func(s *scene, _ acctest.Run) {
		s.certified["sensor-thl-001"].MustBeIn("hub1")
	}},
}

// plant is the group plant-thale, through which devices have come in.
func (s *scene) plant(ids ...string) {
	s.t.Helper()
	s.AddGroup("plant-thale", s.Intermediate)
	for _, id := range ids {
		if s.certified[id] == nil {
			s.certified[id] = s.NewDevice(id)
		}
		s.certified[id].MustBeIn("hub1")
	}
}

// keyedGroup is a group with a shared key, enabled unless it has another status.
func (s *scene) keyedGroup(id, status string) {
	s.t.Helper()
	s.AddKeyedGroup(id, func(g *azdps.EnrollmentGroup) {
		if status != "" {
			g.ProvisioningStatus = &status
		}
	})
}

// entry is an individual enrollment of a device with a certificate; change may alter it before it is written.
func (s *scene) entry(id string, change func(*azdps.IndividualEnrollment)) {
	s.t.Helper()
	if s.certified[id] == nil {
		s.certified[id] = s.NewDevice(id)
	}
	e := azdps.IndividualEnrollment{RegistrationID: id}
	e.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{
			Primary: &azdps.Certificate{Certificate: s.certified[id].Certificate.PEM()},
		},
	}}
	if change != nil {
		change(&e)
	}
	if _, err := s.DPS.PutIndividualEnrollment(s.Context(), e, nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) keyOfEntry(id string) devicesim.Credential {
	s.t.Helper()
	a, err := s.DPS.GetIndividualEnrollmentAttestation(s.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return devicesim.SymmetricKey(a.SymmetricKey.PrimaryKey)
}

func (s *scene) keyOfGroup(id string) string {
	s.t.Helper()
	a, err := s.DPS.GetEnrollmentGroupAttestation(s.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return a.SymmetricKey.PrimaryKey
}

// derived is a device with a key of a group's.
func (s *scene) derived(group, id string) *acctest.Device {
	s.t.Helper()
	return s.DeviceBy(id, devicesim.DerivedKey(s.keyOfGroup(group), id))
}

func (s *scene) pumpConnects() {
	s.t.Helper()
	key := *s.Identity("hub1", "pump-1").Authentication.SymmetricKey.PrimaryKey
	if !s.DeviceBy("pump-1", devicesim.SymmetricKey(key)).Connects("hub1") {
		s.t.Error("the pump should connect")
	}
}

// output is an output of the configuration as JSON has it.
func (s *scene) output(name string) any {
	s.t.Helper()
	var value any
	printed := s.Run("output", "-json", name).Must(0).Output
	if err := json.Unmarshal([]byte(printed), &value); err != nil {
		s.t.Fatalf("%s: %v", printed, err)
	}
	return value
}

func (s *scene) outputs(wanted map[string]any) {
	s.t.Helper()
	for name, want := range wanted {
		if got := s.output(name); !reflect.DeepEqual(got, want) {
			s.t.Errorf("the output %s should be %v, not %v", name, want, got)
		}
	}
}
