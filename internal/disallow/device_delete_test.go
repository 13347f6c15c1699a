// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// selfSignedFleet has a device that no group can ever let in: its certificate is signed by itself.
func selfSignedFleet(t *testing.T) fleet {
	t.Helper()
	f := unregisteredFleet(t)
	certificate, err := devicesim.SelfSigned(stolenID)
	if err != nil {
		t.Fatal(err)
	}
	f.device = f.DeviceWith(stolenID, certificate)
	f.enrol(azdps.AttestationX509, nil)
	return f.registered()
}

func TestDeviceDisallow_deleteInPlaceFromAnyState(t *testing.T) {
	t.Parallel()
	const entry, identity = "dps_individual_enrollment " + stolenID + " ", "iothub_device_identity "
	for name, test := range map[string]struct {
		arrange func(f fleet)
		// from are the statuses of the entry and of the identity that the effects start from.
		from [2]string
	}{
		"blocked":          {func(fleet) {}, [2]string{"disabled", "disabled"}},
		"let in elsewhere": {func(f fleet) { f.letIn() }, [2]string{"enabled", "enabled"}},
		"entry gone":       {func(f fleet) { f.DeleteEntry(stolenID) }, [2]string{"absent", "disabled"}},
		"identity gone":    {func(f fleet) { f.DeleteIdentity(f.hub, stolenID) }, [2]string{"disabled", "absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := selfSignedFleet(t)
			o := f.NewObject(resourceType)
			pem := f.device.Certificate.PEM()
			o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "certificate_pem": pem}))
			test.arrange(f)
			o.Refresh().MustSucceed(t)
			config := o.Config(map[string]any{
				"registration_id": stolenID, "enrollment_action": "delete", "hub_identity_action": "delete",
				"certificate_pem": pem,
			})
			planned := o.MustPlan(config)
			var wanted []string
			if test.from[0] != "absent" {
				wanted = append(wanted, entry+test.from[0]+"->absent delete")
			}
			if test.from[1] != "absent" {
				wanted = append(wanted, identity+f.identityObject()+" "+test.from[1]+"->absent delete")
			}
			acctest.MustHaveEffects(t, planned.Effects(), wanted...)
			acctest.MustRead(t, planned.Planned, map[string]string{
				"reversible": "false", "enrollment_status": "absent", "access": "blocked",
			})
			acctest.MustSay(t, planned.Warnings(), "Deleting cannot be undone")
			o.Apply(planned).MustSucceed(t)
			if e, i := f.EntryStatus(stolenID), f.IdentityStatus(f.hub, stolenID); e != "absent" || i != "absent" {
				t.Errorf("both should be deleted: the entry is %s, the identity %s", e, i)
			}
			f.staysOut(o, config)
		})
	}
}

// letIn has somebody in the portal let the device in again.
func (f fleet) letIn() {
	f.T.Helper()
	f.SetEntryStatus(stolenID, "enabled")
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
}

func TestDeviceDisallow_deleteOnCreate(t *testing.T) {
	t.Parallel()
	for _, attestation := range []string{azdps.AttestationTPM, "selfSigned"} {
		t.Run(attestation, func(t *testing.T) {
			t.Parallel()
			var f fleet
			if attestation == "selfSigned" {
				f = selfSignedFleet(t)
			} else {
				f = enrolledFleet(t, attestation, nil)
			}
			o := f.NewObject(resourceType)
			settings := map[string]any{"registration_id": stolenID, "enrollment_action": "delete"}
			if f.device.Certificate.X509() != nil {
				settings["certificate_pem"] = f.device.Certificate.PEM()
			}
			config := o.Config(settings)
			planned := o.MustApply(config)
			acctest.MustRead(t, planned.Planned, map[string]string{
				"enrollment_status": "absent", "access": "blocked", "reversible": "false",
			})
			f.device.MustBeOut(f.hub)
			// What the entry told of the device is not forgotten with it: there is still no way in.
			o.MustSettle(config)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "absent"})
		})
	}
}

func TestDeviceDisallow_deleteIsRefusedWhileThereIsAWayIn(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o := f.NewObject(resourceType)
	deleting := map[string]any{"enrollment_action": "delete"}
	refusal := o.Plan(o.Config(f.settings(deleting)))
	refusedOn(t, refusal, "enrollment_action", "factory (thumbprint)")
	// Without a certificate nothing excludes the group: what is possible counts.
	unnamed := map[string]any{"registration_id": stolenID, "enrollment_action": "delete"}
	refusedOn(t, o.Plan(o.Config(unnamed)), "enrollment_action", "factory (possible)")
	// Nor does an entry that somebody made only to block the device tell how it proves itself.
	f.enrolBy(azdps.AttestationSymmetricKey, "disabled")
	refusedOn(t, o.Plan(o.Config(unnamed)), "enrollment_action", "factory (possible)")
	f.DeleteEntry(stolenID)

	o, _ = f.blocked(nil)
	refusedOn(t, o.Plan(o.Config(f.settings(deleting))), "enrollment_action", "factory (thumbprint)")
	// An entry that is gone already is no better: deleting would not keep the device out.
	f.DeleteEntry(stolenID)
	o.MustRefresh()
	refusedOn(t, o.Plan(o.Config(f.settings(deleting))), "enrollment_action", "factory (thumbprint)")
	o.MustApply(o.Config(f.settings(nil)))
	f.disableGroup("factory")
	o.Reconfigure()
	o.MustSettle(o.Config(f.settings(nil)))
	planned := o.MustPlan(o.Config(f.settings(deleting)))

	// The way in comes back between plan and apply: nothing is written.
	f.SetGroup("factory", func(g *azdps.EnrollmentGroup) { status := azdps.StatusEnabled; g.ProvisioningStatus = &status })
	f.Emulator.ClearJournal()
	refusedOn(t, o.Apply(planned), "enrollment_action", "factory (thumbprint)")
	f.MustNotHaveWritten()
	f.device.MustBeOut(f.hub)
}

// enrolBy makes an entry of another attestation than the device's own.
func (f fleet) enrolBy(attestation, status string) {
	f.T.Helper()
	f.enrol(attestation, func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &status })
}

func TestDeviceDisallow_groupAppearsWhileTheEntryIsBeingDeleted(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	f.enrol(azdps.AttestationX509, nil)
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(f.settings(map[string]any{"enrollment_action": "delete"})))
	groups := regexp.MustCompile("^/enrollmentGroups/query$")
	// The apply lists the groups once for its own plan and its look-up, and once more just before it deletes.
	first := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPost, groups)
	done := o.StartApply(planned)
	<-first.Reached()
	last := f.Emulator.Hold(f.Emulator.DPSHostname(), http.MethodPost, groups)
	first.Release()
	<-last.Reached()
	f.AddGroup("everything", f.Root)
	last.Release()
	applied := <-done
	refusedOn(t, applied, "enrollment_action", "everything")
	f.MustHaveEntry(stolenID, "enabled")
}

func TestDeviceDisallow_groupAddedLaterMakesADeletedEntryAWayIn(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	o, config := f.blocked(map[string]any{"enrollment_action": "delete"})
	f.staysOut(o, config)
	f.AddGroup("everything", f.Root)
	o.Reconfigure()
	o.Refresh().MustSucceed(t)
	acctest.MustRead(t, o.State, map[string]string{"access": "allowed", "enrollment_status": "absent"})
	planned := o.MustPlan(config)
	if o.Changes(planned) {
		t.Error("there is nothing that deleting could do about it")
	}
	acctest.MustSay(t, planned.Warnings(),
		"Device can get in again", "everything (issuer)", `enrollment_action = "disable"`)

	back := o.Config(f.settings(nil))
	planned = o.MustPlan(back)
	// The device has tried since the entry was deleted: a group may have let it in meanwhile.
	acctest.MustRead(t, planned.Planned, map[string]string{
		"access": "unknown", "reversible": "false", "enrollment_origin": "created",
	})
	acctest.MustHaveEffects(t, planned.Effects(),
		"dps_individual_enrollment "+stolenID+" absent->disabled create_disabled")
	acctest.MustSay(t, planned.Warnings(), "an entry that is made now only blocks")
	o.Apply(planned).MustSucceed(t)
	f.device.MustBeOut(f.hub)
	o.MustSettle(back)
}
