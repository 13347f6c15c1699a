// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// must returns what was made and fails the test when it could not be.
func must[T any](t testing.TB, made T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func authority(t testing.TB, name string) *devicesim.Authority {
	t.Helper()
	made, err := devicesim.NewAuthority(name)
	return must(t, made, err)
}

// worldOf is a fleet without groups; its device holds the certificate.
func worldOf(t *testing.T, certificate devicesim.Certificate, options ...acctest.Option) fleet {
	t.Helper()
	w := acctest.NewWorld(t, append([]acctest.Option{acctest.Hubs("north", "south")}, options...)...)
	return fleet{World: w, device: w.DeviceWith(stolenID, certificate)}
}

// A CA can bear the name of the device: equal names in a certificate are no proof that its own key signed it.
func TestDeviceDisallow_certificateOfACANamedAsTheDeviceIsNotSelfSigned(t *testing.T) {
	t.Parallel()
	type chain struct{ root, signer *devicesim.Authority }
	named := func(t *testing.T) chain {
		root := authority(t, "Plant Root")
		signer, err := root.Intermediate(stolenID)
		return chain{root, must(t, signer, err)}
	}
	for name, group := range map[string]func(f fleet, c chain){
		"group of that CA": func(f fleet, c chain) { f.AddGroup("factory", c.signer) },
		"group above it":   func(f fleet, c chain) { f.AddGroup("factory", c.root) },
		"group by reference": func(f fleet, _ chain) {
			f.DPSRaw("PUT", "/enrollmentGroups/factory", "", `{"enrollmentGroupId":"factory","provisioningStatus":"enabled",
				"attestation":{"type":"x509","x509":{"caReferences":{"primary":"verified"}}}}`)
		},
	} {
		for given, withChain := range map[string]bool{"leaf": false, "leaf and chain": true} {
			t.Run(name+", "+given, func(t *testing.T) {
				t.Parallel()
				c := named(t)
				leaf, err := c.signer.Device(stolenID)
				f := worldOf(t, must(t, leaf, err), acctest.Emulate(func(o *emulator.Options) {
					o.CACertificates = map[string][]byte{"verified": []byte(c.root.PEM())}
				}))
				group(f, c)
				f = f.registered()
				more := map[string]any{}
				if !withChain {
					more["certificate_chain_pem"] = nil
				}
				f.deleteNeedsProof(more, "factory")
			})
		}
	}
}

// deleteNeedsProof fails the test unless blocking by deleting is refused and names the group, at plan and on a block
// that exists, and blocking by disabling tells that the group would let the device in, which it then does.
func (f fleet) deleteNeedsProof(more map[string]any, group string) {
	f.T.Helper()
	t := f.T
	deleting := map[string]any{"enrollment_action": "delete"}
	for name, value := range more {
		deleting[name] = value
	}
	o := f.NewObject(resourceType)
	f.Emulator.ClearJournal()
	refusedOn(t, o.Plan(o.Config(f.settings(deleting))), "enrollment_action", group+" (")
	f.MustNotHaveWritten()
	planned := o.MustApply(o.Config(f.settings(more)))
	acctest.MustSay(t, planned.Warnings(), "these enabled groups could let the device in again", group)
	f.device.MustBeOut(f.hub)
	if told := pathsOf(o); !strings.Contains(told, group) {
		t.Errorf("reenroll_paths should name %s: %s", group, told)
	}
	o.MustSettle(o.Config(f.settings(more)))
	refusedOn(t, o.Plan(o.Config(f.settings(deleting))), "enrollment_action", group+" (")
	f.device.MustBeOut(f.hub)
	// And it is true: without the entry the device is in again.
	f.DeleteEntry(stolenID)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "enrollment_status": "absent"})
	f.device.MustRegister()
}

// pathsOf are the reenroll_paths of a state as text.
func pathsOf(o *acctest.Object) string {
	return o.Attribute("reenroll_paths")
}

// A CA can be certified by several others: the chain that was given is one way up, and need not be the only one.
func TestDeviceDisallow_groupAboveACrossSignedCAIsAWayIn(t *testing.T) {
	t.Parallel()
	above, other := authority(t, "Root A"), authority(t, "Root B")
	signer, err := above.Intermediate("Plant Factory")
	must(t, signer, err)
	crossed, err := signer.CertifiedBy(other)
	must(t, crossed, err)
	leaf, err := signer.Device(stolenID)
	f := worldOf(t, must(t, leaf, err).Presenting(crossed))
	f.AddGroup("closed", above)
	f.AddGroup("open", other)
	f = f.registered()
	f.disableGroup("closed")
	// The chain that is given leads to the group that is disabled.
	f.deleteNeedsProof(map[string]any{"certificate_chain_pem": leaf.ChainPEM()}, "open")
}

// What the user gives does not hide what the hub shows: a device that has renewed its certificate may hold one that a
// group admits, although the old one is signed by itself.
func TestDeviceDisallow_renewedCertificateThatTheHubShowsCounts(t *testing.T) {
	t.Parallel()
	old, err := devicesim.SelfSigned(stolenID)
	must(t, old, err)
	signer := authority(t, "New Factory")
	leaf, err := signer.Device(stolenID)
	f := worldOf(t, must(t, leaf, err))
	f.AddGroup("new", signer)
	f = f.registered()
	f.deleteNeedsProof(map[string]any{"certificate_pem": old.PEM(), "certificate_chain_pem": nil}, "new")
}

// The same when the entry holds the old certificate, and the hub shows the new one.
func TestDeviceDisallow_renewedCertificateBesideTheEntrysOwnCounts(t *testing.T) {
	t.Parallel()
	old, err := devicesim.SelfSigned(stolenID)
	must(t, old, err)
	signer := authority(t, "New Factory")
	leaf, err := signer.Device(stolenID)
	must(t, leaf, err)
	f := worldOf(t, old)
	f.AddGroup("new", signer)
	f.device = f.DeviceWith(stolenID, leaf)
	f = f.registered()
	f.device.Certificate = old
	f.enrol(azdps.AttestationX509, nil) // DPS knows the device by the old certificate only.
	for _, settings := range []map[string]any{
		{"registration_id": stolenID, "enrollment_action": "delete"},
		{"registration_id": stolenID, "enrollment_action": "delete", "certificate_pem": old.PEM()},
	} {
		o := f.NewObject(resourceType)
		f.Emulator.ClearJournal()
		refusedOn(t, o.Plan(o.Config(settings)), "enrollment_action", "new (possible)")
		f.MustNotHaveWritten()
	}
	// Where the hub shows the old one too, it is proven.
	o := f.NewObject(resourceType)
	f.SetIdentity(f.hub, stolenID, selfSigned(old.ThumbprintSHA1()))
	config := o.Config(map[string]any{
		"registration_id": stolenID, "enrollment_action": "delete", "certificate_pem": old.PEM(),
	})
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "absent"})
	o.MustSettle(config)
}

// A device that was let in after its entry had been deleted is in, whatever the groups say now; the next apply shuts
// it out again.
func TestDeviceDisallow_deviceThatCameBackAfterTheDeleteIsAllowedAndThenBlocked(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{
		"identities are disabled": {"enrollment_action": "delete"},
		"identities are deleted":  {"enrollment_action": "delete", "hub_identity_action": "delete"},
	} {
		for way, back := range map[string]func(f fleet){
			"through a group that is disabled again": func(f fleet) {
				status := azdps.StatusEnabled
				f.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
				f.device.MustRegister()
				f.disableGroup("factory")
			},
			"through an entry that is deleted again": func(f fleet) {
				f.enrol(azdps.AttestationX509, nil)
				f.device.MustRegister()
				f.DeleteEntry(stolenID)
			},
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				f := newFleet(t, recordsOutlive())
				f.disableGroup("factory")
				o, config := f.blocked(more)
				acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "absent"})
				f.device.MustBeRefused()
				if f.lets(f.hub, stolenID) {
					t.Fatal("the device should be out: this test proves nothing")
				}
				o.MustSettle(config)
				f.Clock.Advance(time.Second)
				back(f)
				f.hub = f.hubOf(f.device)
				f.SetIdentityStatus(f.hub, stolenID, "enabled")
				f.stillConnects(f.hub, stolenID)
				o.MustRefresh()
				acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "enrollment_status": "absent"})
				planned := o.MustPlan(config)
				acctest.MustRead(t, planned.Planned, map[string]string{"access": "blocked", "enrollment_status": "absent"})
				o.Apply(planned).MustSucceed(t)
				acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
				f.device.MustBeRefused()
				if f.lets(f.hub, stolenID) {
					t.Error("the device should be out again")
				}
				o.MustSettle(config)
			})
		}
	}
}

// The same where the hub never let it in: DPS did, so that it is called allowed until an apply has looked again.
func TestDeviceDisallow_deviceThatDPSLetInAfterTheDeleteIsAllowed(t *testing.T) {
	t.Parallel()
	f := newFleet(t, recordsOutlive())
	f.disableGroup("factory")
	o, config := f.blocked(map[string]any{"enrollment_action": "delete"})
	f.Clock.Advance(time.Second)
	f.enrol(azdps.AttestationX509, nil)
	f.device.MustRegister()
	f.DeleteEntry(stolenID)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "enrollment_status": "absent"})
	planned := o.MustPlan(config)
	acctest.MustRead(t, planned.Planned, map[string]string{"access": "blocked"})
	o.Apply(planned).MustSucceed(t)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.staysOut(o, config)
}

// Where the record goes with the entry that let the device in, nothing tells that it was let in, and nothing claims
// that it is out: whatever its hub lets in is shut out again.
func TestDeviceDisallow_deviceThatCameBackUnrecordedIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	o, config := f.blocked(map[string]any{"enrollment_action": "delete"})
	f.Clock.Advance(time.Second)
	f.enrol(azdps.AttestationX509, nil)
	f.device.MustRegister()
	f.DeleteEntry(stolenID)
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.stillConnects(f.hub, stolenID)
	o.MustRefresh()
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked", "enrollment_status": "absent"})
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "partially_blocked"})
	f.staysOut(o, config)
}
