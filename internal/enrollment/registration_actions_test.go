// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	deleteRegistrationType = "azureiot_dps_delete_registration"
	purgeType              = "azureiot_dps_purge_registrations"
)

// newPlant is a bench whose enrollment group "factory" has let devices in, sensor-0 to sensor-n.
func newPlant(t testing.TB, devices int, options ...acctest.Option) bench {
	t.Helper()
	b := newBench(t, groupType, options...)
	b.AddGroup("factory", b.Intermediate)
	b.fleetOf(devices)
	b.Emulator.ClearJournal()
	return b
}

func (b bench) shut() {
	b.T.Helper()
	b.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	b.Emulator.ClearJournal()
}

// record is the registration record of a device; nil when there is none.
func (b bench) record(id string) *azdps.Registration {
	b.T.Helper()
	record, err := b.DPS.GetRegistration(b.Context(), id)
	if err != nil {
		return nil
	}
	return &record
}

// failing is a device whose record says that its last try failed: there was no hub for it.
func (b bench) failing(id string) {
	b.T.Helper()
	must(b.T, b.Emulator.SetLinkedHubs())
	_, err := b.NewDevice(id).Register(b.Context())
	must(b.T, err)
	must(b.T, b.Emulator.SetLinkedHubs("hub1"))
	if record := b.record(id); record == nil || record.Status != azdps.RegistrationFailed {
		b.T.Fatalf("the record should say that it failed: %v", record)
	}
	b.Emulator.ClearJournal()
}

// unassigned is a device whose record says, to the next call that reads or lists it, that it is in no hub.
func (b bench) unassigned(id string) {
	b.T.Helper()
	b.failing(id)
	record := *b.record(id)
	record.Status = azdps.RegistrationUnassigned
	for method, body := range map[string]string{
		http.MethodGet: acctest.JSON(b.T, record), http.MethodPost: acctest.JSON(b.T, []azdps.Registration{record}),
	} {
		b.Emulator.AddFault(acctest.AnswerJSON(method, "^/registrations/", body, acctest.Times(1)))
	}
	b.Emulator.ClearJournal()
}

func doomed(id string) attributes { return attributes{"registration_id": id, "delete_evidence": true} }

func TestDeleteRegistration_makesTheNextRegistrationAFirstOne(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	done := b.MustInvoke(deleteRegistrationType, doomed("sensor-0"))
	b.mustCall("GET /registrations/sensor-0", "DELETE /registrations/sensor-0")
	hub := b.Hostname("hub1")
	acctest.MustSay(t, strings.Join(done.Progress, "\n"), `Deleted the registration record of the device "sensor-0"`,
		"It named the hub "+hub+`, where the device is "sensor-0".`)
	acctest.MustSay(t, done.Warnings(), "Device keeps its hub access",
		`DPS has put the device "sensor-0" into the hub `+hub+`, as "sensor-0": it can connect there unless`)
	device := b.NewDevice("sensor-0")
	if b.record("sensor-0") != nil || b.IdentityStatus("hub1", "sensor-0") != "enabled" {
		t.Error("the record should be gone, and the identity there")
	}
	device.MustBeIn("hub1")
}

func TestDeleteRegistration_ofWhatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.MustInvoke(deleteRegistrationType, doomed("sensor-0"))
	b.Emulator.ClearJournal()
	done := b.MustInvoke(deleteRegistrationType, attributes{"registration_id": "sensor-0"})
	b.mustCall("GET /registrations/sensor-0")
	acctest.MustSay(t, strings.Join(done.Progress, "\n"), `no registration record of the device "sensor-0"`)
}

func TestDeleteRegistration_keepsEvidenceUnlessTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(b bench)
		says    string // empty: the record is no evidence
	}{
		"it names a hub": {func(b bench) { b.fleetOf(1) }, `It named the hub`},
		"it was refused": {func(b bench) {
			b.shut()
			b.NewDevice("sensor-0").MustBeRefused()
		}, "It said that DPS had refused the device."},
		"it is under way": {func(b bench) {
			b.failing("sensor-0")
			b.Emulator.AddFault(emulator.Fault{
				Method: http.MethodGet, Path: regexp.MustCompile("/registrations/"), Times: 1, Status: http.StatusOK,
				Body: `{"registrationId":"sensor-0","status":"assigning","etag":"x"}`,
			})
		}, `Its status was "assigning"`},
		"it failed":           {func(b bench) { b.failing("sensor-0") }, `Its status was "failed"`},
		"it is in no hub yet": {func(b bench) { b.unassigned("sensor-0") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newPlant(t, 0)
			test.prepare(b)
			done := b.InvokeAction(deleteRegistrationType, attributes{"registration_id": "sensor-0"})
			if test.says == "" {
				done.MustSucceed(t)
			} else {
				done.MustFail(t, `AttributeName("delete_evidence")`, "Registration record is evidence", `"sensor-0"`, test.says,
					"Nothing was deleted", "delete_evidence = true")
				b.MustInvoke(deleteRegistrationType, doomed("sensor-0"))
			}
			if b.record("sensor-0") != nil {
				t.Error("the record should be gone")
			}
		})
	}
}

// What a record says when it is deleted is what was told, also when the device registers again in between.
func TestDeleteRegistration_tellsWhatItDeletes(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 0)
	b.unassigned("sensor-0")
	device := b.NewDevice("sensor-0")
	b.When("", http.MethodDelete, "/registrations/sensor-0", func() { device.MustRegister() })
	b.InvokeAction(deleteRegistrationType, attributes{"registration_id": "sensor-0"}).MustFail(t,
		"is evidence", "It named the hub")
	if record := b.record("sensor-0"); record == nil || record.AssignedHub == "" {
		t.Error("the new record should have stayed")
	}
}

func TestDeleteRegistration_givesUpOnADeviceThatComesAgainAndAgain(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.Fail("", http.MethodDelete, "/registrations/", http.StatusPreconditionFailed, 0)
	b.InvokeAction(deleteRegistrationType, doomed("sensor-0")).MustFail(t, "Registration record keeps changing",
		`"sensor-0"`, "3 tries", "Nothing was deleted")
}

// failure is a way in which a call goes wrong, and what is said of it.
type failure struct {
	fault emulator.Fault
	says  []string
}

func failures() map[string]failure {
	return map[string]failure{
		"bad request": {emulator.Fault{Status: 400}, []string{"400", "code 400", "tracking ID"}},
		"unauthorized": {emulator.Fault{Status: 401}, []string{"401", "tracking ID",
			"needs the data action Microsoft.Devices/provisioningServices/", "permission "}},
		"throttled": {emulator.Fault{Status: 429}, []string{"429", "The service is throttling"}},
		"broken":    {emulator.Fault{Status: 500}, []string{"500", "tracking ID"}},
		"cut off":   {emulator.Fault{Cut: emulator.CutBefore}, []string{"no answer"}},
		"a proxy":   {emulator.Fault{Status: 502, Body: "<html>no</html>"}, []string{"HTML", "proxy"}},
	}
}

// call is one call of an action that can fail.
type call struct {
	method, path string
	// says is how its error begins and what it says of what is done.
	says []string
}

// mustFailEverywhere invokes an action with each of its calls failing in each way. What is asked of the world before
// and after must be the same, unless a call says otherwise.
func (b bench) mustFailEverywhere(
	t *testing.T, typeName string, config attributes, calls []call, untouched func() any,
) {
	t.Helper()
	before := fmt.Sprint(untouched())
	for _, c := range calls {
		for name, f := range failures() {
			f.fault.Method, f.fault.Path = c.method, regexp.MustCompile(c.path)
			b.Emulator.AddFault(f.fault)
			invoked := b.InvokeAction(typeName, config)
			b.Emulator.ClearFaults()
			if !invoked.Failed() {
				t.Errorf("%s %s: %s: there should be an error", c.method, c.path, name)
				continue
			}
			acctest.MustSay(t, invoked.Errors(), append(slices.Clone(c.says), f.says...)...)
			if after := fmt.Sprint(untouched()); after != before {
				t.Errorf("%s %s: %s: something was changed: %s", c.method, c.path, name, after)
			}
		}
	}
}

func TestDeleteRegistration_eachCallFailing(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.mustFailEverywhere(t, deleteRegistrationType, doomed("sensor-0"), []call{
		{http.MethodGet, "/registrations/", []string{"Cannot read registration record", `"sensor-0"`,
			b.Emulator.DPSHostname()}},
		{http.MethodDelete, "/registrations/", []string{"Cannot delete registration record", `"sensor-0"`,
			"It named the hub"}},
	}, func() any { return b.record("sensor-0") != nil })
	b.MustInvoke(deleteRegistrationType, doomed("sensor-0"))
}

func TestDeleteRegistration_whoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Cut: emulator.CutAfter})
	b.MustInvoke(deleteRegistrationType, doomed("sensor-0"))
	b.Emulator.ClearFaults()
	b.NewDevice("sensor-0").MustRegister()
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Cut: emulator.CutAfter})
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodGet, Skip: 1, Status: http.StatusForbidden})
	b.InvokeAction(deleteRegistrationType, doomed("sensor-0")).MustFail(t, "It may have been deleted all the same",
		"It named the hub")
}

func purged() attributes {
	return attributes{"enrollment_group_id": "factory", "delete_evidence": true}
}

func TestPurge_deletesTheRecordsOfAGroupAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 5, acctest.Emulate(smallPages))
	b.shut()
	before := b.group("factory").ETag
	b.Emulator.ClearJournal()
	done := b.MustInvoke(purgeType, purged())
	calls := b.calls()
	lists := slices.DeleteFunc(slices.Clone(calls), func(c string) bool { return !strings.HasPrefix(c, "POST ") })
	if len(calls) != 1+3+5 || calls[0] != "GET /enrollmentGroups/factory" || len(lists) != 3 {
		t.Errorf("it should take one call for the group, three pages and five deletes: %q", calls)
	}
	acctest.MustSay(t, strings.Join(done.Progress, "\n"), `Registration records of enrollment group "factory"`, ": 5.",
		b.Hostname("hub1")+" (5), where the devices stay", "Deleted 5 of 5 registration records")
	if b.records("factory") != 0 || b.group("factory").ETag != before {
		t.Error("the records should be gone, and the group as it was")
	}
	for i := range 5 {
		if device := fmt.Sprintf("sensor-%d", i); b.IdentityStatus("hub1", device) != "enabled" {
			t.Errorf("%s should be in its hub", device)
		}
	}
	b.Emulator.ClearJournal()
	b.MustInvoke(purgeType, attributes{"enrollment_group_id": "factory"})
	b.mustCall("GET /enrollmentGroups/factory", "POST /registrations/factory/query")
}

func TestPurge_isRefusedWhileTheGroupIsEnabledUnlessTold(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 2)
	b.InvokeAction(purgeType, purged()).MustFail(t, `AttributeName("while_enabled")`, "Enrollment group is enabled",
		`"factory"`, "would come back at once", "Nothing was deleted", "while_enabled = true")
	b.mustCall("GET /enrollmentGroups/factory")
	if b.records("factory") != 2 {
		t.Error("the records should be there")
	}
	told := with(purged(), attributes{"while_enabled": true})
	b.Emulator.ClearJournal()
	b.MustInvoke(purgeType, told)
	if calls := b.calls(); len(calls) != 1+2 || b.records("factory") != 0 {
		t.Errorf("the records should be gone without a look at the group: %q", calls)
	}
	b.NewDevice("sensor-0").MustBeIn("hub1")
}

func TestPurge_keepsEvidenceUnlessTold(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.failing("sensor-8")
	b.shut()
	b.NewDevice("sensor-9").MustBeRefused()
	b.Emulator.ClearJournal()
	b.InvokeAction(purgeType, attributes{"enrollment_group_id": "factory"}).MustFail(t,
		`AttributeName("delete_evidence")`, "Registration records are evidence", "3 of 3 registration records",
		b.Hostname("hub1")+" (1)", "Nothing was deleted")
	b.MustNotHaveWritten()
}

func TestPurge_deletesWhatIsNoEvidence(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 0)
	b.unassigned("sensor-8")
	b.shut()
	b.MustInvoke(purgeType, attributes{"enrollment_group_id": "factory"})
	if b.records("factory") != 0 {
		t.Error("the record should be gone")
	}
}

func TestPurge_goesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 5)
	b.shut()
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodDelete, Status: http.StatusForbidden, Skip: 2})
	b.InvokeAction(purgeType, purged()).MustFail(t, "Cannot delete registration record",
		`Deleted 2 of 5 registration records of enrollment group "factory".`, "Invoking it again goes on with the rest.")
	b.Emulator.ClearFaults()
	b.Emulator.ClearJournal()
	b.MustInvoke(purgeType, purged())
	if calls := b.calls(); len(calls) != 1+1+3 || b.records("factory") != 0 {
		t.Errorf("the three that were left should be gone, each by one call: %q", calls)
	}
}

// interrupted is a test whose calls end with a context of their own, as Terraform's do with Ctrl-C.
type interrupted struct {
	testing.TB

	ctx context.Context
}

func (i interrupted) Context() context.Context { return i.ctx }

func TestPurge_thatIsInterruptedSaysWhatIsDone(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 3)
	b.shut()
	ctx, interrupt := context.WithCancel(t.Context())
	hold := b.Emulator.Hold("", http.MethodDelete, regexp.MustCompile("/registrations/sensor-1"))
	defer hold.Release() // Only then: an answer must not meet the interruption on its way.
	go func() {
		select {
		case <-hold.Reached():
		case <-t.Context().Done():
		}
		interrupt()
	}()
	b.World.For(interrupted{t, ctx}).InvokeAction(purgeType, purged()).MustFail(t, `"sensor-1"`, "was cancelled",
		"It may have been deleted all the same.", "Deleted 1 of 3 registration records")
	b.MustInvoke(purgeType, purged())
	if b.records("factory") != 0 {
		t.Error("the rest should be gone")
	}
}

func TestPurge_ofAGroupThatIsGone(t *testing.T) {
	t.Parallel()
	for name, choices := range map[string]emulator.DPSChoices{
		"its records are listed": {}, "its records are gone too": {UnknownGroupIs404: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newPlant(t, 2, acctest.Emulate(func(o *emulator.Options) { o.Choices.DPSChoices = choices }))
			must(t, b.DPS.DeleteEnrollmentGroup(b.Context(), "factory", nil))
			done := b.MustInvoke(purgeType, purged())
			acctest.MustSay(t, strings.Join(done.Progress, "\n"), `There is no enrollment group "factory"`)
			if !choices.UnknownGroupIs404 && b.records("factory") != 0 {
				t.Error("the records should be gone")
			}
		})
	}
}

// A record that a device writes anew after it was listed is not the one that was to go.
func TestPurge_leavesWhatHasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 2)
	device := b.NewDevice("sensor-1")
	b.When("", http.MethodDelete, "/registrations/sensor-1", func() { device.MustRegister() })
	done := b.MustInvoke(purgeType, with(purged(), attributes{"while_enabled": true}))
	acctest.MustSay(t, done.Warnings(), "Registration records were left", "1 of 2 registration records", "try again")
	if b.record("sensor-0") != nil || b.record("sensor-1") == nil {
		t.Error("only the record that changed should have stayed")
	}
}

func TestPurge_eachCallFailing(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	b.shut()
	b.mustFailEverywhere(t, purgeType, purged(), []call{
		{http.MethodGet, "/enrollmentGroups/", []string{"Cannot read enrollment group", `"factory"`, "Nothing was deleted."}},
		{http.MethodPost, "/query", []string{"Cannot list registration records", `"factory"`, "Nothing was deleted."}},
		{http.MethodDelete, "/registrations/", []string{"Cannot delete registration record", `"sensor-0"`, "Deleted 0 of 1"}},
	}, func() any { return b.records("factory") })
	b.MustInvoke(purgeType, purged())
}

func TestPurge_tellsHowItGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.MustApply(b.Config(groupKey("factory", attributes{})))
	key := b.keys("factory").PrimaryKey
	for i := range 101 {
		id := fmt.Sprintf("sensor-%d", i)
		b.DeviceBy(id, devicesim.DerivedKey(key, id)).MustRegister()
	}
	done := b.MustInvoke(purgeType, with(purged(), attributes{"while_enabled": true}))
	if len(done.Progress) != 3 || !strings.HasPrefix(done.Progress[1], "Deleted 100 of 101 ") {
		t.Errorf("it should tell of the first hundred: %q", done.Progress)
	}
}

// What a plan found might be the work of the very apply that invokes the action.
func TestActions_planWithoutACall(t *testing.T) {
	t.Parallel()
	b := newPlant(t, 1)
	for typeName, config := range map[string]attributes{
		deleteRegistrationType: {"registration_id": "sensor-0"}, purgeType: {"enrollment_group_id": "factory"},
		rotateType: {"enrollment_group_id": "factory", "key": "primary"},
	} {
		b.PlanAction(typeName, config).MustSucceed(t)
	}
	b.mustCall()
}
