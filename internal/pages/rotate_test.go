// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"regexp"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// rotateKeys goes the way of the guide with one device of each kind, which is asked after each step. Terraform on PATH
// may be older than actions, so that these are invoked at protocol level.
func rotateKeys(s *story) {
	w := s.in()
	group := w.AddKeyedGroup("field", nil)
	old := w.DeviceBy("meter-0815", devicesim.DerivedKey(group.Attestation.SymmetricKey.PrimaryKey, "meter-0815"))
	old.MustBeIn("hub1")

	steps := acctest.ActionBlocks(s.t, s.shows(`"azureiot_dps_rotate_keys" "primary"`))
	s.invokes(steps, "azureiot_dps_rotate_keys.secondary")
	old.MustBeIn("hub1")
	moved := s.derived(`ephemeral "azureiot_dps_derived_device_key" "meter"`)
	moved.MustBeIn("hub1")
	s.invokes(steps, "azureiot_dps_rotate_keys.primary")
	if !old.Connects("hub1") {
		s.t.Error("until the device registers, its hub should take the old key, as the guide says")
	}
	old.MustBeRefused()
	moved.MustBeIn("hub1")
	if old.Connects("hub1") {
		s.t.Error("when the device has registered, its hub should refuse the old key")
	}

	entry := w.AddKeyedEntry("meter-0816", nil)
	for _, step := range acctest.ActionBlocks(s.t, s.shows(`registration_id = "meter-0816"`)) {
		w.MustInvoke(step.Type, step.Config)
	}
	w.DeviceBy("meter-0816", devicesim.SymmetricKey(entry.Attestation.SymmetricKey.PrimaryKey)).MustBeIn("hub1")

	s.swaps(w)
	s.cannotRun("action_trigger", "Terraform on PATH may be older than actions; its action is invoked above")
}

// invokes invokes the action of that address, which the next command of the page names.
func (s *story) invokes(steps []acctest.ActionBlock, address string) {
	s.t.Helper()
	s.shows("-invoke=action." + address)
	for _, step := range steps {
		if step.Address() == "action."+address {
			s.world.MustInvoke(step.Type, step.Config)
			return
		}
	}
	s.t.Fatalf("the page has no action %s", address)
}

// derived is the device of a block, with the key that the block hands out for it.
func (s *story) derived(words string) *acctest.Device {
	s.t.Helper()
	text := s.shows(words)
	asked := map[string]any{}
	for _, argument := range regexp.MustCompile(`(enrollment_group_id|registration_id) += "([^"]+)"`).
		FindAllStringSubmatch(text, -1) {
		asked[argument[1]] = argument[2]
	}
	const slot = "secondary_key"
	if !strings.Contains(text, ".meter."+slot) {
		s.t.Fatalf("the block does not hand out %s", slot)
	}
	opened := s.world.MustOpenEphemeral("azureiot_dps_derived_device_key", asked)
	return s.world.DeviceBy("meter-0815", devicesim.SymmetricKey(acctest.At(s.t, opened, slot)))
}

// swaps renews the secondary key of a device that holds the primary one, and has both change places.
func (s *story) swaps(w *acctest.World) {
	s.t.Helper()
	const pump = "pump-1"
	made := w.AddIdentity("hub1", pump, nil)
	device := func(key func(aziothub.SymmetricKey) *string) *acctest.Device {
		return w.DeviceBy(pump, devicesim.SymmetricKey(*key(*w.Identity("hub1", pump).Authentication.SymmetricKey)))
	}
	old := w.DeviceBy(pump, devicesim.SymmetricKey(*made.Authentication.SymmetricKey.PrimaryKey))
	steps := acctest.ActionBlocks(s.t, s.shows(`"azureiot_iothub_rotate_device_keys" "swap"`))
	s.invokes(steps, "azureiot_iothub_rotate_device_keys.secondary")
	s.invokes(steps, "azureiot_iothub_rotate_device_keys.swap")
	renewed := device(func(k aziothub.SymmetricKey) *string { return k.PrimaryKey })
	if !old.Connects("hub1") || !renewed.Connects("hub1") {
		s.t.Error("both keys should be good after a swap")
	}
	w.MustInvoke(steps[0].Type, steps[0].Config)
	if old.Connects("hub1") || !renewed.Connects("hub1") {
		s.t.Error("only the new key should be good at the end")
	}
}
