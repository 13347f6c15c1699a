// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// incidentRunbook has one device of each incident, which is asked what became of it.
func incidentRunbook(s *story) {
	w := s.in(acctest.Hubs("hub1", "contoso-north"))
	w.AddGroup("plant-thale", w.Intermediate)
	w.SetGroup("plant-thale", func(group *azdps.EnrollmentGroup) { group.IoTHubs = []string{w.Hostname("hub1")} })
	s.finds()
	devices := map[string]*acctest.Device{}
	for _, id := range []string{"sensor-thl-002", "sensor-thl-003", "sensor-thl-004", "sensor-thl-005", "sensor-thl-006"} {
		devices[id] = w.NewDevice(id)
		devices[id].MustBeIn("hub1")
		s.WriteFile(id+".pem", devices[id].Certificate.PEM())
	}

	stolen := s.shows(`"stolen"`)
	s.WriteFile("stolen.tf", stolen)
	s.file("sold.tf", `"sold"`)
	s.file("compromised.tf", `reason              = "key read out`)
	s.Apply().Must(0).DoesNotSay("partially_blocked")
	for _, id := range []string{"sensor-thl-002", "sensor-thl-003", "sensor-thl-004"} {
		devices[id].MustBeOut("hub1")
	}
	devices["sensor-thl-006"].MustBeIn("hub1")
	if s.Plan().Must(0); w.Identity("hub1", "sensor-thl-003") != nil {
		s.t.Error("the identity of the device that was sold should be gone")
	}
	s.WriteFile("stolen.tf", strings.Replace(stolen, "\n}", "\n"+s.shows("desired_access")+"}", 1))
	s.Apply().Must(0)
	devices["sensor-thl-002"].MustBeIn("hub1")

	s.renews(devices["sensor-thl-004"])
	s.moves(devices["sensor-thl-005"])
	s.vanishesInALorry("sensor-thl-031", "sensor-thl-032")
	s.leaks()
	s.byHand()
}

// finds looks for devices that keep a serial number in four places.
func (s *story) finds() {
	s.t.Helper()
	w := s.world
	w.NewDevice("thl-sn-48213").MustBeIn("hub1")
	kept := w.AddKeyedEntry("sensor-thl-020", func(e *azdps.IndividualEnrollment) {
		e.OptionalDeviceInformation = json.RawMessage(`{"serial":"SN-48213"}`)
		e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"serial":"SN-48213"}`)}
		e.IoTHubs = []string{w.Hostname("hub1")}
	})
	w.DeviceBy("sensor-thl-020", devicesim.SymmetricKey(kept.Attestation.SymmetricKey.PrimaryKey)).MustBeIn("hub1")
	s.file("find.tf", `variable "serial_number"`)
	s.does("SN-48213", "terraform apply", "terraform apply -auto-approve").Must(0)
	s.Run("output", "-json", "candidates").Must(0).Says(`"device_ids":["sensor-thl-020"]`, `"enrolled":["sensor-thl-020"]`,
		`"registered":["thl-sn-48213"]`)
	numbered := w.NewDevice("sensor-thl-021")
	fleet{w, s.t}.entry("sensor-thl-021", 4, certified(numbered.Certificate))
	s.Apply(fmt.Sprintf("-var=serial_number=00%x", numbered.Certificate.X509().SerialNumber.Bytes())).Must(0)
	s.Run("output", "-json", "candidates").Must(0).Says(`"certificates":["sensor-thl-021"]`)
	s.WriteFile("find.tf", "")
}

// renews gives a blocked device another certificate of its name, and has the former one stay out.
func (s *story) renews(device *acctest.Device) {
	s.t.Helper()
	w, id := s.world, device.RegistrationID()
	renewed := s.signed(w.Intermediate, id)
	s.WriteFile(id+"-renewed.pem", renewed.PEM())
	s.file("compromised.tf", "removed {", "contoso-hub.azure-devices.net", w.Hostname("hub1"))
	s.Plan().Must(2).Says(`"disabled" -> "enabled"`)
	s.Apply("plan.out").Must(0)
	s.Plan().Must(0)
	w.DeviceWith(id, renewed).MustBeIn("hub1")
	device.MustBeOut("hub1")
}

func (s *story) moves(device *acctest.Device) {
	s.t.Helper()
	s.file("moved.tf", `"moved"`, "contoso-north.azure-devices.net", s.world.Hostname("contoso-north"))
	s.Apply().Must(0)
	device.MustBeIn("contoso-north")
	if device.Connects("hub1") {
		s.t.Error("the device should be gone from the hub where it was")
	}
}

// vanishesInALorry blocks devices that are listed in a file.
func (s *story) vanishesInALorry(ids ...string) {
	s.t.Helper()
	var devices []*acctest.Device
	for _, id := range ids {
		devices = append(devices, s.world.NewDevice(id))
		devices[len(devices)-1].MustBeIn("hub1")
	}
	s.WriteFile("lorry.txt", strings.Join(ids, "\n")+"\n")
	s.file("lorry.tf", `"lorry"`)
	s.does("-parallelism=60").Must(0)
	for _, device := range devices {
		device.MustBeOut("hub1")
	}
}

// leaks has somebody with the key of a group come in under any name, until the group is shut.
func (s *story) leaks() {
	s.t.Helper()
	w := s.world
	group := w.AddKeyedGroup("plant-keys", nil)
	holder := func(id string) *acctest.Device {
		return w.DeviceBy(id, devicesim.DerivedKey(group.Attestation.SymmetricKey.PrimaryKey, id))
	}
	holder("meter-1").MustRegister()
	s.WriteFile("by-name.tf", `resource "azureiot_dps_device_disallow" "meter" { registration_id = "meter-1" }`)
	s.Apply().Must(0)
	holder("meter-1").MustBeRefused()
	holder("invented").MustRegister()
	s.file("group.tf", `"azureiot_dps_enrollment_group_disallow" "thale"`, "plant-thale", "plant-keys")
	s.Apply().Must(0)
	holder("meter-2").MustBeRefused()
	holder("invented").MustBeRefused()
}

// byHand has somebody block a device without Terraform, and the block take that over.
func (s *story) byHand() {
	s.t.Helper()
	w := s.world
	s.cannotRun("az iot dps enrollment create", "there is no Azure CLI here; the operator of the test does the same")
	device := w.NewDevice("sensor-thl-007")
	device.MustBeIn("hub1")
	w.AddKeyedEntry(device.RegistrationID(), func(e *azdps.IndividualEnrollment) {
		e.ProvisioningStatus = new(azdps.StatusDisabled)
	})
	w.SetIdentityStatus("hub1", device.RegistrationID(), "disabled")
	device.MustBeOut("hub1")
	block := s.replaced(`"by_hand"`, []string{"contoso-hub.azure-devices.net", w.Hostname("hub1")})
	s.WriteFile("by-hand.tf", block)
	w.Emulator.ClearJournal()
	s.Apply().Must(0)
	w.MustNotHaveWritten()
	s.Plan().Must(0)
	values := s.Values("azureiot_dps_device_disallow.by_hand")
	if values["access"] != "blocked" || values["enrollment_origin"] != "adopted" {
		s.t.Errorf("access is %v, and the entry was %v", values["access"], values["enrollment_origin"])
	}
	s.WriteFile("by-hand.tf", strings.Replace(block, "\n}", "\n  desired_access = \"restored\"\n}", 1))
	s.Apply().Must(0)
	device.MustBeOut("hub1")
}
