// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// How a device proves itself is never changed in its entry: a certificate that is given later only tells of groups.
func TestDeviceDisallow_certificateGivenLaterWritesNoEntryWithAKey(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(t *testing.T) fleet{
		"made": func(t *testing.T) fleet { return newFleet(t) },
		"adopted": func(t *testing.T) fleet {
			f := newFleet(t)
			f.addEntry("enabled")
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := arrange(t)
			o := f.NewObject(resourceType)
			o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "reason": "stolen from plant Thale"}))
			if got := f.Entry(stolenID).Attestation.Type; got != azdps.AttestationSymmetricKey {
				t.Fatalf("the entry should have a key, not %s: this test proves nothing", got)
			}
			keys := f.entryKeys()
			config := o.Config(f.settings(nil))
			planned := o.MustPlan(config)
			for _, effect := range planned.Effects() {
				if !strings.HasSuffix(effect, " none") {
					t.Errorf("nothing should be done: %s", effect)
				}
			}
			acctest.MustRead(t, planned.Planned, map[string]string{"access": "blocked", "enrollment_status": "disabled"})
			f.Emulator.ClearJournal()
			o.Apply(planned).MustSucceed(t)
			f.MustNotHaveWritten()
			for _, effect := range acctest.Effects(o.State) {
				if !strings.HasSuffix(effect, " none") {
					t.Errorf("nothing should have been done: %s", effect)
				}
			}
			acctest.MustSay(t, pathsOf(o), "factory", "thumbprint")
			if f.entryKeys() != keys {
				t.Error("the keys of the entry have changed")
			}
			f.staysOut(o, config)
		})
	}
}

// A certificate beside an entry that has one is written, and said so.
func TestDeviceDisallow_anotherCertificateIsAnEffectOnTheEntryThatHoldsOne(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	renewed, err := f.Intermediate.Device(stolenID)
	config := o.Config(f.settings(map[string]any{"certificate_pem": must(t, renewed, err).PEM()}))
	planned := o.MustPlan(config)
	acctest.MustHaveEffect(t, planned.Effects(), "dps_individual_enrollment "+stolenID+" disabled->disabled disable")
	f.Emulator.ClearJournal()
	o.Apply(planned).MustSucceed(t)
	f.wroteInOrder("/enrollments/" + stolenID)
	f.staysOut(o, config)
}

// keysIn are the names of all members of a JSON value, at any depth.
func keysIn(value any) []string {
	var names []string
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			names = append(append(names, name), keysIn(member)...)
		}
	case []any:
		for _, element := range v {
			names = append(names, keysIn(element)...)
		}
	}
	return names
}

// Device information is a twin collection, and hubs forbid dots in its keys: host names must be values.
func TestDeviceDisallow_markHasNoHostNamesForKeys(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.AddIdentity(f.other(), stolenID, selfSigned(f.device.Certificate.ThumbprintSHA1()))
	o, _ := f.blocked(map[string]any{"reason": "plant. $Thale/#7"})
	marked := func() []string {
		var information any
		if err := json.Unmarshal(f.Entry(stolenID).OptionalDeviceInformation, &information); err != nil {
			t.Fatal(err)
		}
		return keysIn(information)
	}
	for _, reason := range []any{"plant. $Thale/#7", "sold.", nil} {
		o.MustApply(o.Config(f.settings(map[string]any{"reason": reason})))
		names := marked()
		if !slices.Contains(names, "host") {
			t.Fatalf("the mark should name the identities: %v: this test proves nothing", names)
		}
		for _, name := range names {
			if strings.ContainsAny(name, ".$# :") {
				t.Errorf("%q is no key of a twin collection", name)
			}
		}
	}
	text := string(f.Entry(stolenID).OptionalDeviceInformation)
	for _, hub := range []string{f.hub, f.other()} {
		if !strings.Contains(text, f.Hostname(hub)) {
			t.Errorf("the mark should name %s: %s", f.Hostname(hub), text)
		}
	}
	// What it tells survives Terraform's state: where both identities stood, and that restoring enables them.
	f.device.MustBeRefused()
	again := f.imported(stolenID)
	hasIdentities(t, again.State, map[string]string{
		f.identity(f.hub, stolenID): "disabled", f.identity(f.other(), stolenID): "disabled",
	})
	acctest.MustRead(t, again.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
	again.MustApply(again.Config(f.settings(map[string]any{"reason": nil, "desired_access": "restored"})))
	for _, hub := range []string{f.hub, f.other()} {
		if got := f.IdentityStatus(hub, stolenID); got != "enabled" {
			t.Errorf("the identity in %s should be enabled again, not %s", hub, got)
		}
	}
}

// A write that is answered by a proxy's page may have been carried out: what the service holds decides.
func TestDeviceDisallow_writeThatAPageAnswersIsJudgedByWhatIsStored(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]struct {
		fleet  func(t *testing.T) fleet
		method string
		hub    bool
	}{
		"entry made":        {func(t *testing.T) fleet { return newFleet(t) }, http.MethodPut, false},
		"entry disabled":    {fleetOf(azdps.AttestationX509), http.MethodPut, false},
		"key entry":         {fleetOf(azdps.AttestationSymmetricKey), http.MethodPut, false},
		"identity disabled": {func(t *testing.T) fleet { return newFleet(t) }, http.MethodPut, true},
	} {
		for often, times := range map[string]int{"once": 1, "always": 0} {
			t.Run(name+" "+often, func(t *testing.T) {
				t.Parallel()
				f := op.fleet(t)
				host := f.Emulator.DPSHostname()
				if op.hub {
					host = f.Hostname(f.hub)
				}
				o, config := f.object(nil)
				swallow := func(method string) {
					f.Emulator.AddFault(acctest.AnswerPage(method, "^/(enrollments|devices)/"+stolenID+"$",
						acctest.OnHost(host), acctest.CarriedOut(), acctest.Times(times)))
				}
				swallow(op.method)
				o.MustApply(config)
				f.Emulator.ClearFaults()
				acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_status": "disabled"})
				f.staysOut(o, config)
				// Back again, with the same proxy in the way of each write.
				swallow(http.MethodPut)
				swallow(http.MethodDelete)
				o.MustApply(f.restoring(o))
				f.Emulator.ClearFaults()
				acctest.MustRead(t, o.State, map[string]string{"access": "allowed"})
				f.device.MustBeIn(f.hub)
				o.MustSettle(f.restoring(o))
			})
		}
	}
}

// Where the write never reached the service the device is not said to be blocked, and nothing is said to be written.
func TestDeviceDisallow_writeThatAPageSwallowedIsAnError(t *testing.T) {
	t.Parallel()
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		f := newFleet(t)
		o, config, planned := f.planned(nil)
		f.Emulator.AddFault(acctest.AnswerPage(http.MethodPut, "^/enrollments/", acctest.OnHost(f.Emulator.DPSHostname())))
		acctest.MustSay(t, o.Apply(planned).Errors(), "Cannot create individual enrollment", "HTML", "Nothing was written")
		if !o.State.IsNull() {
			t.Errorf("there should be no state: %s", o.State)
		}
		f.Emulator.ClearFaults()
		o.MustApply(config)
		f.staysOut(o, config)
	})
	t.Run("restore", func(t *testing.T) {
		t.Parallel()
		f := enrolledFleet(t, azdps.AttestationX509, nil)
		o, _ := f.blocked(nil)
		planned := o.MustPlan(f.restoring(o))
		f.Emulator.AddFault(acctest.AnswerPage(http.MethodPut, "^/enrollments/", acctest.OnHost(f.Emulator.DPSHostname())))
		acctest.MustSay(t, o.Apply(planned).Errors(),
			"Cannot enable individual enrollment", "The device stays blocked in DPS")
		acctest.MustRead(t, o.State, map[string]string{"enrollment_status": "disabled", "access": "partially_blocked"})
		f.device.MustBeRefused()
		f.Emulator.ClearFaults()
		o.MustRefresh()
		f.restores(o)
	})
}

// Where what is stored cannot be read either, the error says that it is not known, and the next apply recognises it.
func TestDeviceDisallow_entryThatMayHaveBeenMadeIsRecognised(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, config, planned := f.planned(nil)
	dps := f.Emulator.DPSHostname()
	hold := f.Emulator.Hold(dps, http.MethodPut, regexp.MustCompile("^/enrollments/"))
	f.Emulator.AddFault(acctest.AnswerPage(
		http.MethodPut, "^/enrollments/", acctest.OnHost(dps), acctest.CarriedOut(), acctest.Times(1)))
	done := o.StartApply(planned)
	<-hold.Reached()
	f.Emulator.AddFault(acctest.AnswerPage(http.MethodGet, "^/enrollments/", acctest.OnHost(dps)))
	hold.Release()
	said := (<-done).Errors()
	acctest.MustSay(t, said, "Cannot create individual enrollment", "may have been written all the same")
	if strings.Contains(said, "Nothing was written") {
		t.Errorf("nobody knows that: %s", said)
	}
	f.Emulator.ClearFaults()
	if !o.State.IsNull() {
		t.Errorf("there should be no state: %s", o.State)
	}
	o.MustApply(config)
	acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
	f.staysOut(o, config)
	f.restores(o)
}

// Naming the instance that the provider block means anyway, in whatever spelling, is no difference.
func TestDeviceDisallow_instanceOfTheProviderBlockWrittenOutIsNoDifference(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"keep", "prevent"} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			host := f.Emulator.DPSHostname()
			o, silent := f.blocked(map[string]any{"on_destroy": onDestroy})
			acctest.MustRead(t, o.State, map[string]string{"dps_hostname": host})
			o.MustSettle(silent)
			for _, spelling := range []string{host, strings.ToUpper(host)} {
				named := o.Config(f.settings(map[string]any{"on_destroy": onDestroy, "dps_hostname": spelling}))
				planned := o.MustPlan(named)
				if o.Changes(planned) || len(planned.Replaces) > 0 {
					t.Errorf("%s should be no difference: %v", spelling, acctest.Differences(o.State, planned.Planned))
				}
				o.MustSettle(named)
			}
			// And the other way round: written out first, then left out.
			second := f.NewObject(resourceType)
			named := second.Config(f.settings(map[string]any{"on_destroy": onDestroy, "dps_hostname": strings.ToUpper(host)}))
			second.MustApply(named)
			second.MustSettle(named)
			planned := second.MustPlan(silent)
			if second.Changes(planned) || len(planned.Replaces) > 0 {
				t.Errorf("leaving it out should be no difference: %v", acctest.Differences(second.State, planned.Planned))
			}
			f.device.MustBeOut(f.hub)
		})
	}
}

// A provider block that means another instance replaces, and the plan shows the instance; prevent refuses that.
func TestDeviceDisallow_anotherInstanceOfTheProviderBlockReplaces(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"keep", "prevent"} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			o, config := f.blocked(map[string]any{"on_destroy": onDestroy})
			elsewhere := acctest.NewWorld(t)
			for _, name := range []string{"AZUREIOT_DPS_CONNECTION_STRING", "AZUREIOT_CA_CERTIFICATE_FILE"} {
				f.Setenv(name, elsewhere.Getenv(name))
			}
			f.Emulator.ClearJournal()
			o.Reconfigure()
			planned := o.Plan(config)
			if onDestroy == "prevent" {
				acctest.MustSay(t, planned.Errors(), "Disallow of device is held by on_destroy", "replace")
				return
			}
			planned.MustSucceed(t)
			acctest.MustRead(t, planned.Planned, map[string]string{"dps_hostname": elsewhere.Emulator.DPSHostname()})
			if len(planned.Replaces) != 1 || !strings.Contains(planned.Replaces[0].String(), `"dps_hostname"`) {
				t.Errorf("dps_hostname should replace: %v", planned.Replaces)
			}
			f.MustNotHaveWritten()
			elsewhere.MustNotHaveWritten()
			f.device.MustBeOut(f.hub)
		})
	}
}
