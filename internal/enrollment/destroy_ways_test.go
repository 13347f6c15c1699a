// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// A leaf whose issuer bears its name looks self-signed to whoever compares names. The device shows what is true.
func TestDestroyPlan_warnsOfACAThatBearsTheDevicesName(t *testing.T) {
	t.Parallel()
	root, err := devicesim.NewAuthority("Namesake Root")
	must(t, err)
	namesake, err := root.Intermediate("sensor-1")
	must(t, err)
	leaf, err := namesake.Device("sensor-1")
	must(t, err)
	uploaded := acctest.Emulate(func(o *emulator.Options) {
		o.CACertificates = map[string][]byte{"uploaded": []byte(namesake.PEM())}
	})
	for name, test := range map[string]struct {
		group *azdps.X509
		says  string
	}{
		"shown by its group": {
			&azdps.X509{SigningCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: namesake.PEM()}}},
			`would be let in by the enabled enrollment groups "namesake" (issuer)`,
		},
		"only referred to": {
			&azdps.X509{CAReferences: &azdps.CAReferences{Primary: "uploaded"}}, `may be let in by "namesake"`,
		},
		"below the group's CA": {
			&azdps.X509{SigningCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: root.PEM()}}},
			`may be let in by "namesake"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, individualType, uploaded)
			_, err := b.DPS.PutEnrollmentGroup(b.Context(), azdps.EnrollmentGroup{
				EnrollmentGroupID: "namesake",
				Enrollment: azdps.Enrollment{
					Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: test.group},
				},
			}, nil)
			must(t, err)
			b.MustApply(b.Config(with(individualX509("sensor-1", leaf.PEM()), attributes{"provisioning_status": "disabled"})))
			device := b.DeviceWith("sensor-1", leaf)
			device.MustBeRefused()
			acctest.MustSay(t, b.MustDestroy().Warnings(), "Devices could come back", test.says)
			device.MustRegister()
		})
	}
}

// A CA that two roots certified: the group of either may let the device in, whichever certificate is seen first.
func TestDestroyPlan_warnsOfTheOtherRootOfACrossSignedCA(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	other, err := devicesim.NewAuthority("Other Root")
	must(t, err)
	crossed, err := b.Intermediate.CertifiedBy(other)
	must(t, err)
	b.AddGroup("plant", b.Root)
	disabled := azdps.StatusDisabled
	b.SetGroup("plant", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &disabled })
	b.AddGroup("other", other)
	leaf, err := b.Intermediate.Device("sensor-1")
	must(t, err)
	b.MustApply(b.Config(with(individualX509("sensor-1", leaf.PEM()), attributes{"provisioning_status": "disabled"})))
	planned := b.MustDestroy()
	b.DeviceWith("sensor-1", leaf).MustBeRefused()
	b.DeviceWith("sensor-1", leaf.Presenting(crossed)).MustRegister()
	acctest.MustSay(t, planned.Warnings(), `the device "sensor-1" may be let in by "other".`)
}
