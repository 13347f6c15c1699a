// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// Entry deleted with proof; the group is enabled for a while, the device gets in at a hub that nobody knows, the group
// is disabled, the next refused try overwrites the record.
func TestDeviceDisallow_deviceThatCameBackAndWasRefusedIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	replay(t,
		"group factory add", "link north", "try", "know north", "group factory disable",
		"set enrollment_action delete", "apply",
		"link west", "group factory enable", "try", "group factory disable", "try", "refresh",
	)
}

// put makes an entry by hand.
func (f fleet) put(entry azdps.IndividualEnrollment) {
	f.T.Helper()
	entry.ETag = ""
	if _, err := f.DPS.PutIndividualEnrollment(f.Context(), entry, nil); err != nil {
		f.T.Fatal(err)
	}
}

// handMade is a symmetric-key entry without a mark.
func handMade(status string) azdps.IndividualEnrollment {
	return azdps.IndividualEnrollment{
		RegistrationID: stolenID,
		Enrollment: azdps.Enrollment{
			ProvisioningStatus: &status,
			Attestation:        acctest.Keyed(),
		},
	}
}

// Between plan and apply somebody puts a disabled entry of their own in the place of the made one.
func TestDeviceDisallow_entryReplacedBetweenPlanAndApplyIsNoDefect(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	changed := o.Config(f.settings(map[string]any{"reason": "sold"}))
	planned := o.MustPlan(changed)
	f.DeleteEntry(stolenID)
	f.put(handMade(azdps.StatusDisabled))
	applied := o.Apply(planned)
	if strings.Contains(applied.Errors(), "inconsistent result") {
		t.Errorf("core calls this a defect: %s", applied.Errors())
	}
	o.Apply(o.MustPlan(changed)).MustSucceed(t)
	o.MustSettle(changed)
}

// The same the other way round: an adopted entry is deleted, and another pipeline makes a marked one.
func TestDeviceDisallow_adoptedEntryReplacedByAMarkedOneIsNoDefect(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	marked := *f.Entry(stolenID)
	f.DeleteEntry(stolenID)
	f.put(handMade(azdps.StatusDisabled))
	o, _ := f.blocked(nil)
	acctest.MustRead(t, o.State, map[string]string{"enrollment_origin": "adopted"})
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	o.Refresh()
	config := o.Config(f.settings(nil))
	planned := o.MustPlan(config)
	f.DeleteEntry(stolenID)
	marked.Attestation = handMade(azdps.StatusDisabled).Attestation
	f.put(marked)
	applied := o.Apply(planned)
	if strings.Contains(applied.Errors(), "inconsistent result") {
		t.Errorf("core calls this a defect: %s", applied.Errors())
	}
}

// A made entry is deleted, the device comes in at a hub that nobody knows, the entry is brought back from a backup,
// mark and all, and the next try is refused.
func TestDeviceDisallow_entryRestoredFromABackupIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t, hubsNSW())
	again := f.knowsOnly(f.hub)
	defer again()
	o, _ := f.blocked(nil)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	backup := *f.Entry(stolenID)
	f.Clock.Advance(time.Minute)
	f.DeleteEntry(stolenID)
	f.link("west")
	f.device.MustRegister()
	f.Clock.Advance(time.Minute)
	backup.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: f.device.Certificate.PEM()}}}}
	f.put(backup)
	f.Clock.Advance(time.Minute)
	f.device.MustBeRefused()
	o.Reconfigure()
	o.Refresh().MustSucceed(t)
	f.isOpen(o, "west")
}

// Between plan and apply of an unrelated change the device moves to a hub that nobody knows, and is shut out by people;
// the apply sees it there; then the record is overwritten; then the identity is enabled.
func TestDeviceDisallow_identitySeenByAnApplyIsNotForgotten(t *testing.T) {
	t.Parallel()
	f := newFleet(t, hubsNSW())
	again := f.knowsOnly(f.hub)
	defer again()
	o, _ := f.blocked(nil)
	changed := o.Config(f.settings(map[string]any{"reason": "sold"}))
	o.Refresh()
	planned := o.MustPlan(changed)
	f.link("west")
	// West may be read by the token of the connection string that is known from now on only during the apply.
	f.knowsOnly(f.hub, "west")
	f.SetEntryStatus(stolenID, "enabled")
	f.device.MustRegister()
	f.SetEntryStatus(stolenID, "disabled")
	f.SetIdentityStatus("west", stolenID, "disabled")
	o.Reconfigure()
	o.Apply(planned)
	f.device.MustBeRefused()
	f.knowsOnly(f.hub)
	o.Reconfigure()
	f.SetIdentityStatus("west", stolenID, "enabled")
	o.Refresh()
	f.isOpen(o, "west")
}

// During a restore somebody makes the adopted entry anew, disabled.
func TestDeviceDisallow_restoreLeavesAnEntryMadeAnewDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.put(handMade(azdps.StatusEnabled))
	o, _ := f.blocked(nil)
	config := o.Config(f.settings(map[string]any{"desired_access": "restored"}))
	o.Refresh()
	planned := o.MustPlan(config)
	f.When(f.Emulator.DPSHostname(), http.MethodPut, "^/enrollments/", func() {
		f.DeleteEntry(stolenID)
		f.Clock.Advance(5 * time.Second)
		f.put(handMade(azdps.StatusDisabled))
	})
	o.Apply(planned)
	if got := f.EntryStatus(stolenID); got == "enabled" {
		t.Errorf("an entry that somebody made disabled was enabled by the restore")
	}
}

// A block without a reason; somebody recalls the identity with a reason of their own; the state is lost and imported.
func TestDeviceDisallow_importLeavesARecalledIdentityDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(map[string]any{"reason": nil})
	reason := "recalled by operations"
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.StatusReason = &reason })
	o.Forget()
	o.Reconfigure()
	o.Import(stolenID).MustSucceed(t)
	o.MustApply(o.Config(f.settings(map[string]any{"reason": nil})))
	o.MustApply(o.Config(f.settings(map[string]any{"reason": nil, "desired_access": "restored"})))
	if got := f.IdentityStatus(f.hub, stolenID); got == "enabled" {
		t.Errorf("an identity that was given another reason by somebody else was enabled")
	}
}

// The same with the state there and only private state lost.
func TestDeviceDisallow_lostPrivateStateLeavesARecalledIdentityDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(map[string]any{"reason": nil})
	reason := "recalled by operations"
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.StatusReason = &reason })
	o.Private = nil
	o.Refresh()
	o.MustApply(o.Config(f.settings(map[string]any{"reason": nil, "desired_access": "restored"})))
	if got := f.IdentityStatus(f.hub, stolenID); got == "enabled" {
		t.Errorf("an identity that was given another reason by somebody else was enabled")
	}
}

// A change of reason fails half-way and is taken back.
func TestDeviceDisallow_reasonHalfWrittenIsTakenBack(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.enrol(azdps.AttestationX509, nil)
	f.rename("sensor-other")
	o, config := f.blocked(map[string]any{"device_id": stolenID})
	changed := o.Config(f.settings(map[string]any{"reason": "sold", "device_id": stolenID}))
	o.Refresh()
	planned := o.MustPlan(changed)
	f.Fail(f.Hostname(f.hub), http.MethodPut, "^/devices/"+stolenID, http.StatusForbidden, 1)
	o.Apply(planned)
	f.Emulator.ClearFaults()
	o.Refresh()
	o.MustApply(config)
	o.MustSettle(config)
	for _, id := range []string{stolenID, "sensor-other"} {
		d := f.Identity(f.hub, id)
		if d != nil && d.StatusReason != nil && *d.StatusReason != "stolen from plant Thale" {
			t.Errorf("the plan is empty, and %s shows %q", id, *d.StatusReason)
		}
	}
	o.MustApply(o.Config(f.settings(map[string]any{"device_id": stolenID, "desired_access": "restored"})))
	for _, id := range []string{stolenID, "sensor-other"} {
		d := f.Identity(f.hub, id)
		if d != nil && d.StatusReason != nil && *d.StatusReason != "" {
			t.Errorf("%s is %s after the restore, and shows %q", id, d.Status, *d.StatusReason)
		}
	}
}

func hubsNSW() acctest.Option { return acctest.Hubs("north", "south", "west") }

// restoringLeavesTheEntryDisabled fails the test if a restore would enable the entry, which somebody else disabled.
func (f fleet) restoringLeavesTheEntryDisabled(o *acctest.Object) {
	f.T.Helper()
	o.Refresh()
	restored := o.MustPlan(o.Config(f.settings(map[string]any{"desired_access": "restored"})))
	for _, e := range restored.Effects() {
		if strings.HasPrefix(e, "dps_individual") && strings.HasSuffix(e, "enable") {
			f.T.Errorf("the restore enables an entry that somebody else disabled: %s", e)
		}
	}
}

// Between plan and apply of the repair of an enabled entry, somebody else disables it.
func TestDeviceDisallow_entryDisabledBySomebodyBeforeTheRepairStaysDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.put(handMade(azdps.StatusEnabled))
	o, config := f.blocked(nil)
	f.SetEntryStatus(stolenID, "enabled")
	o.Refresh()
	planned := o.MustPlan(config)
	f.SetEntryStatus(stolenID, "disabled")
	f.Emulator.ClearJournal()
	o.Apply(planned)
	f.restoringLeavesTheEntryDisabled(o)
}

// In the midst of a create somebody else disables the entry.
func TestDeviceDisallow_entryDisabledBySomebodyAmidTheCreateStaysDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.put(handMade(azdps.StatusEnabled))
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(f.settings(nil)))
	f.When(f.Emulator.DPSHostname(), http.MethodPut, "^/enrollments/", func() {
		f.SetEntryStatus(stolenID, azdps.StatusDisabled)
	})
	o.Apply(planned)
	f.restoringLeavesTheEntryDisabled(o)
}

// The hub knows the device by a CA; the entry of TPM was made by hand to block it.
func TestDeviceDisallow_deleteIsRefusedWhereAHubTrustsACA(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tpm", "selfSigned"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) {
				d.Authentication = &aziothub.Authentication{Type: "certificateAuthority"}
			})
			settings := map[string]any{"registration_id": stolenID, "enrollment_action": "delete"}
			entry := handMade(azdps.StatusDisabled)
			if kind == "tpm" {
				tpm, err := devicesim.NewSoftwareTPM()
				if err != nil {
					t.Fatal(err)
				}
				entry.Attestation = azdps.Attestation{
					Type: azdps.AttestationTPM, TPM: &azdps.TPM{EndorsementKey: tpm.EndorsementKey()},
				}
			} else {
				own, err := devicesim.SelfSigned(stolenID)
				if err != nil {
					t.Fatal(err)
				}
				settings["certificate_pem"] = own.PEM()
				entry.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
					ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: own.PEM()}}}}
			}
			f.put(entry)
			o := f.NewObject(resourceType)
			planned := o.Plan(o.Config(settings))
			if planned.Failed() {
				return
			}
			o.Apply(planned)
			if got, err := f.device.Register(f.Context()); err == nil && got.Admitted() {
				t.Errorf("the state said %s, and the group lets the device in", o.Attribute("access"))
			}
		})
	}
}

// Another block of the same device makes the entry anew and marks where the device is; it keeps the identity there.
func TestDeviceDisallow_hubThatOnlyAnotherBlocksMarkNamesIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t, hubsNSW())
	f.knowsOnly(f.hub)
	o, _ := f.blocked(nil)
	f.DeleteEntry(stolenID)
	f.link("west")
	f.device.MustRegister()
	f.knowsOnly(f.hub, "west")
	f.blocked(map[string]any{"hub_identity_action": "keep"})
	f.Clock.Advance(time.Minute)
	f.device.MustBeRefused()
	f.knowsOnly(f.hub)
	o.Reconfigure()
	o.Refresh()
	f.isOpen(o, "west")
}

// What a device may be called in a hub: every character that a hub allows.
func TestDeviceDisallow_deviceIDOfStrangeCharactersIsBlockedAndRestored(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for _, deviceID := range []string{"a%2Fb#c?d=e$f'(g)!*,:@+_.-%"} {
		f.AddIdentity(f.hub, deviceID, nil)
		o, config := f.blocked(map[string]any{"device_id": deviceID})
		hasIdentities(t, o.State, map[string]string{
			f.identity(f.hub, stolenID): "disabled", f.identity(f.hub, deviceID): "disabled",
		})
		o.MustSettle(config)
		o.MustApply(o.Config(f.settings(map[string]any{"device_id": deviceID, "desired_access": "restored"})))
		if got := f.IdentityStatus(f.hub, deviceID); got != "enabled" {
			t.Errorf("%q is %s", deviceID, got)
		}
	}
}

// A block is restored, blocked and restored again.
func TestDeviceDisallow_restoredAndBlockedTwiceSettles(t *testing.T) {
	t.Parallel()
	for _, adopted := range []bool{false, true} {
		f := newFleet(t)
		if adopted {
			f.enrol(azdps.AttestationX509, nil)
		}
		o, config := f.blocked(nil)
		restored := o.Config(f.settings(map[string]any{"desired_access": "restored"}))
		for range 2 {
			o.MustApply(restored)
			f.device.MustRegister()
			o.MustSettle(restored)
			f.device.MustBeIn(f.hub)
			o.MustApply(config)
			f.device.MustBeOut(f.hub)
			f.device.MustBeRefused()
			o.MustSettle(config)
		}
		o.MustApply(restored)
		f.device.MustBeIn(f.hub)
	}
}

// Private state is lost, and the next plan does not refresh.
func TestDeviceDisallow_privateStateLostWithoutRefreshChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config := f.blocked(nil)
	o.Private = nil
	planned := o.MustPlan(config)
	if o.Changes(planned) {
		t.Errorf("plan: %v", acctest.Differences(o.State, planned.Planned))
		o.Apply(planned)
	}
	o.MustSettle(config)
}

// A restored block is replaced by a new one after operations disabled the identity themselves.
func TestDeviceDisallow_replacementOfARestoredBlockSaysWhatStoodBeforeIt(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.enrol(azdps.AttestationX509, nil)
	o, config := f.blocked(nil)
	o.MustApply(o.Config(f.settings(map[string]any{"desired_access": "restored"})))
	reason := "recalled by operations"
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", &reason })
	f.SetEntryStatus(stolenID, "disabled")
	o.Refresh()
	planned := o.PlanReplacement(config)
	planned.MustSucceed(t)
	o.ApplyReplacement(planned, false).MustSucceed(t)
	if got := o.Attribute("previous.enrollment_status"); got != "disabled" {
		t.Errorf("previous says that the entry was %s before this block", got)
	}
}

// An entry that people made disabled before the device ever came: its tries were all refused.
func TestDeviceDisallow_handMadeDisabledEntryOfADeviceThatNeverGotInIsBlocked(t *testing.T) {
	t.Parallel()
	f := unregisteredFleet(t)
	entry := handMade(azdps.StatusDisabled)
	entry.Attestation = azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
		ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: f.device.Certificate.PEM()}}}}
	f.put(entry)
	f.Clock.Advance(time.Minute)
	f.device.MustBeRefused()
	o, config := f.blocked(map[string]any{"delete_registration": true,
		"additional_iothub_hostnames": []string{f.Hostname("north"), f.Hostname("south")}})
	step := o.Refresh()
	o.MustSettle(config)
	if got := o.Attribute("access"); got != "blocked" {
		t.Errorf("access is %s, nothing settles that: %s", got, step.Warnings())
	}
}

// Somebody enables the entry of a settled block, the device moves to a hub that nobody knows, the entry is disabled and
// the record deleted: the entry's ETag tells that it was written.
func TestDeviceDisallow_recordDeletedAfterAMoveIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t, hubsNSW())
	f.knowsOnly(f.hub)
	o, config := f.blocked(nil)
	o.MustSettle(config)
	f.link("west")
	f.SetEntryStatus(stolenID, "enabled")
	f.device.MustRegister()
	f.SetEntryStatus(stolenID, "disabled")
	f.deleteRecord()
	o.Reconfigure()
	o.Refresh()
	f.isOpen(o, "west")
}

// The advice of the warning about an unverified identity, in a hub that has another identity of the device.
func TestDeviceDisallow_adviceOfTheUnverifiedWarningSettlesIt(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.enrol(azdps.AttestationX509, nil)
	f.rename("sensor-other")
	f.SetIdentity(f.hub, stolenID, func(d *aziothub.Device) {
		d.Authentication = &aziothub.Authentication{Type: "sas", SymmetricKey: &aziothub.SymmetricKey{}}
	})
	o, _ := f.blocked(nil)
	step := o.Refresh()
	acctest.MustSay(t, step.Warnings(), "device_id = \""+stolenID)
	o.MustApply(o.Config(f.settings(map[string]any{"device_id": stolenID})))
	step = o.Refresh()
	if step.Warnings() != "" {
		t.Errorf("the advice was followed: %s", step.Warnings())
	}
}

// A saved plan that is applied when core plans nothing again: the entry is replaced meanwhile.
func TestDeviceDisallow_savedPlanOfAReplacedEntryIsNoDefect(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	c.Write(strings.Replace(f.hcl(""), "stolen from plant Thale", "sold", 1))
	c.Plan("-out=saved").Must(2)
	f.DeleteEntry(stolenID)
	f.put(handMade(azdps.StatusDisabled))
	r := c.Run("apply", "-no-color", "saved")
	if strings.Contains(r.Output, "inconsistent result") {
		t.Error("core calls it a bug of the provider")
	}
	c.Apply().Must(0)
	c.Plan().Must(0)
}

// The entry was deleted because no group was open. One is opened for a while, the device comes in at a hub that nobody
// knows, and the record is deleted that told of it.
func TestDeviceDisallow_recordDeletedWhileNoEntryWatchesIsNotCalledBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t, hubsNSW())
	f.knowsOnly(f.hub)
	f.disableGroup("factory")
	o, _ := f.blocked(map[string]any{"enrollment_action": "delete"})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	f.link("west")
	f.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
		status := azdps.StatusEnabled
		g.ProvisioningStatus = &status
	})
	f.device.MustRegister()
	f.disableGroup("factory")
	f.deleteRecord()
	o.Reconfigure()
	o.MustRefresh()
	f.isOpen(o, "west")
}

// What the block itself deletes says nothing about where the device has been.
func TestDeviceDisallow_recordThatTheBlockDeletesLeavesItBlocked(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.disableGroup("factory")
	o, config := f.blocked(map[string]any{"enrollment_action": "delete", "delete_registration": true})
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
	o.MustSettle(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked"})
}

// In the midst of a create somebody else disables the identity, without a reason as the block does.
func TestDeviceDisallow_identityDisabledBySomebodyAmidTheCreateStaysDisabled(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o := f.NewObject(resourceType)
	planned := o.MustPlan(o.Config(f.settings(map[string]any{"reason": nil})))
	f.When(f.Hostname(f.hub), http.MethodPut, "^/devices/", func() {
		f.SetIdentityStatus(f.hub, stolenID, "disabled")
	})
	o.Apply(planned).MustSucceed(t)
	o.MustApply(o.Config(f.settings(map[string]any{"reason": nil, "desired_access": "restored"})))
	f.MustHaveIdentity(f.hub, stolenID, "disabled")
}
