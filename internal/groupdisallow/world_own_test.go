// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// enroll has the operator make an enrollment of the device's own, with its certificate.
func (p plant) enroll(id, deviceID, status string) {
	p.T.Helper()
	p.Clock.Advance(time.Minute)
	entry := azdps.IndividualEnrollment{RegistrationID: id}
	if deviceID != "" {
		entry.DeviceID = &deviceID
	}
	entry.ProvisioningStatus = &status
	entry.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{
			Primary: &azdps.Certificate{Certificate: p.device(id).Certificate.PEM()},
		},
	}}
	if _, err := p.DPS.PutIndividualEnrollment(p.Context(), entry, nil); err != nil {
		p.T.Fatal(err)
	}
	p.Clock.Advance(time.Minute)
}

// letsIn has an enrollment of the device's own let it into the hub south.
func (p plant) letsIn(id, deviceID string) {
	p.T.Helper()
	p.enroll(id, deviceID, azdps.StatusEnabled)
	p.link("south")
	p.device(id).MustRegister()
}

// forgottenInNorth is a block whose device is known to nothing any more but the block itself.
func forgottenInNorth(t *testing.T) (plant, *acctest.Object) {
	t.Helper()
	p := astrayPlant(t)
	o, _ := p.blocked(map[string]any{"hub_identity_action": "delete", "delete_registrations": true})
	p.expect(o.State, map[string]string{"access": "blocked", "hubs.north": "1: 1 absent"})
	return p, o
}

// A device that an enrollment of its own has let in for a while, seen or not, is in the hub that its record tells.
func TestGroupDisallow_deviceThatItsOwnEnrollmentLetInForAWhileIsFoundByItsRecord(t *testing.T) {
	t.Parallel()
	for name, seen := range map[string]bool{"seen": true, "unseen": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := forgottenInNorth(t)
			p.letsIn("sensor-001", "")
			if seen {
				o.MustRefresh()
				p.expect(o.State, map[string]string{"access": "partially_blocked", "individually_admitted_count": "1"})
			}
			p.SetEntryStatus("sensor-001", azdps.StatusDisabled)
			p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS",
				p.Emulator.Hub("north").ConnectionString()+"\n"+p.Emulator.Hub("south").ConnectionString())
			o.MustRefresh()
			p.expect(o.State, map[string]string{"access": "partially_blocked", "hubs.south": "1: 1 enabled"})
			config := o.Config(p.settings(nil))
			o.MustApply(config)
			p.expect(o.State, map[string]string{"access": "blocked", "hubs.south": "1: 1 disabled", "unplaced_count": "0"})
			p.device("sensor-001").MustBeOut("south")
			o.MustSettle(config)
		})
	}
}

// Where its record does not tell, or names it otherwise than the group did, it may be anywhere.
func TestGroupDisallow_deviceThatItsOwnEnrollmentLetInForAWhileMayBeAnywhere(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]struct {
		deviceID string
		end      func(p plant)
	}{
		"the entry is deleted, and its record with it": {"", func(p plant) { p.DeleteEntry("sensor-001") }},
		"a refused try has overwritten the record": {"", func(p plant) {
			p.SetEntryStatus("sensor-001", azdps.StatusDisabled)
			p.device("sensor-001").MustBeRefused()
		}},
		"it has another name there": {"pump-7", func(p plant) {
			p.SetEntryStatus("sensor-001", azdps.StatusDisabled)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, o := forgottenInNorth(t)
			p.letsIn("sensor-001", ends.deviceID)
			o.MustRefresh()
			ends.end(p)
			acctest.MustSay(t, o.MustRefresh().Warnings(), "Whereabouts of devices are not known", "sensor-001")
			unplaced := map[string]string{"access": "partially_blocked", "unplaced_count": "1"}
			p.expect(o.State, unplaced)
			o.MustRefresh()
			p.expect(o.State, unplaced)
		})
	}
}

// Also where an apply had come to no end that knew the device's hub when it shut the group.
func TestGroupDisallow_deviceThatItsOwnEnrollmentLetInBetweenSlicesMayBeAnywhere(t *testing.T) {
	t.Parallel()
	p := astrayPlant(t)
	o := p.NewObject(resourceType)
	config := o.Config(p.settings(nil))
	planned := o.MustPlan(config)
	p.Fail(p.Hostname("north"), http.MethodGet, "^/devices/", http.StatusUnauthorized, 0)
	if applied := o.Apply(planned); !applied.Failed() {
		t.Fatal("the device cannot have been read")
	}
	p.Emulator.ClearFaults()
	o.Tainted = false
	p.letsIn("sensor-001", "")
	p.SetEntryStatus("sensor-001", azdps.StatusDisabled)
	p.device("sensor-001").MustBeRefused()
	o.MustRefresh()
	o.MustApply(config)
	p.expect(o.State, map[string]string{
		"hubs.north": "1: 1 disabled", "access": "partially_blocked", "unplaced_count": "1",
	})
	o.MustSettle(config)
}

// A device that is blocked by itself, and tries, is no news to the block of its group.
func TestGroupDisallow_deviceThatIsBlockedByItselfTooStaysBlocked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	o, config := p.blocked(nil)
	p.enroll("sensor-001", "", azdps.StatusDisabled)
	p.device("sensor-001").MustBeRefused()
	if p.records() != 1 {
		t.Error("the device's record should be its own enrollment's now")
	}
	o.MustRefresh()
	p.expect(o.State, map[string]string{"access": "blocked", "unplaced_count": "0"})
	o.MustSettle(config)
}

// The hubs may take an hour; a device that an enrollment of its own lets in meanwhile is noticed.
func TestGroupDisallow_deviceThatIsLetInByItselfAmidTheApplyIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 1)
	p.When(p.Hostname("north"), http.MethodPost, "/devices$", func() { p.letsIn("sensor-001", "") })
	o, _ := p.blocked(nil)
	p.expect(o.State, map[string]string{"access": "partially_blocked", "individually_admitted_count": "1"})
}
