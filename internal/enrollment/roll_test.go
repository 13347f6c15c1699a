// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestRoll_ofADevicesCertificateLeavesNoGap(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	old, young := b.deviceCertificate("sensor-1"), b.deviceCertificate("sensor-1")
	before, after := b.DeviceWith("sensor-1", old), b.DeviceWith("sensor-1", young)
	slots := func(primary, secondary any) attributes {
		return attributes{"registration_id": "sensor-1", "attestation": x509("client_certificates", primary, secondary)}
	}
	b.MustApply(b.Config(slots(old.PEM(), nil)))
	before.MustBeIn("hub1")

	b.MustApply(b.Config(slots(old.PEM(), young.PEM())))
	before.MustBeIn("hub1")
	after.MustBeIn("hub1") // which puts the new thumbprint into the hub
	if before.Connects("hub1") {
		t.Error("the hub should know the new certificate now")
	}

	b.MustApply(b.Config(slots(young.PEM(), nil)))
	after.MustBeIn("hub1")
	before.MustBeRefused()
	b.MustSettle(b.Config(slots(young.PEM(), nil)))
}

func TestRoll_ofAnAuthorityLeavesNoGap(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	next, err := b.Root.Intermediate("Plant Factory 2")
	must(t, err)
	device := func(id string) (before, after *acctest.Device) {
		old, err := b.Intermediate.Device(id)
		must(t, err)
		young, err := next.Device(id)
		must(t, err)
		return b.DeviceWith(id, old), b.DeviceWith(id, young)
	}
	slots := func(primary, secondary any) attributes {
		return attributes{"enrollment_group_id": "factory", "attestation": x509("signing_certificates", primary, secondary)}
	}
	rolled, renewed := device("sensor-1")
	forgotten, _ := device("sensor-2")
	b.MustApply(b.Config(slots(b.Intermediate.PEM(), nil)))
	rolled.MustBeIn("hub1")
	forgotten.MustBeIn("hub1")

	b.MustApply(b.Config(slots(b.Intermediate.PEM(), next.PEM())))
	rolled.MustBeIn("hub1")
	renewed.MustBeIn("hub1")

	b.MustApply(b.Config(slots(next.PEM(), nil)))
	renewed.MustBeIn("hub1")
	rolled.MustBeRefused()
	forgotten.MustBeRefused()
	if !forgotten.Connects("hub1") {
		t.Error("a device that was not rolled should stay connected to its hub")
	}
}
