// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// failures are the ways in which a call can go wrong, and what its error says.
func failures() map[string]struct {
	faults
	says []string
} {
	type failure = struct {
		faults
		says []string
	}
	return map[string]failure{
		"bad request": {faults{status: 400}, []string{"400", "tracking ID"}},
		"unauthorized": {faults{status: 401}, []string{
			`the shared access policy "iothubowner"`, "data action Microsoft.Devices/IotHubs/devices/", "permission Registry",
			"Owner and Contributor carry no data actions",
		}},
		"quota":       {faults{status: 403}, []string{"quota is used up", "units"}},
		"too large":   {faults{status: 413}, []string{"A limit of the service is exceeded"}},
		"throttled":   {faults{status: 429}, []string{"The service is throttling", "-parallelism"}},
		"broken":      {faults{status: 500}, []string{"500"}},
		"unavailable": {faults{status: 503}, []string{"503"}},
		"cut off":     {faults{cutBefore: true}, []string{"no answer"}},
		"a proxy":     {faults{status: 502, body: "<html>no</html>"}, []string{"HTML", "proxy"}},
	}
}

// verb is one operation, and which of its calls can fail.
type verb struct {
	method string
	run    func(p plant) acctest.Step
}

func verbs() map[string]verb {
	create := func(p plant) acctest.Step {
		planned := p.Plan(p.config(base()))
		if planned.Failed() {
			return planned
		}
		return p.Apply(planned)
	}
	change := func(p plant) acctest.Step {
		planned := p.Plan(p.changed())
		if planned.Failed() {
			return planned
		}
		return p.Apply(planned)
	}
	remove := func(p plant) acctest.Step {
		planned := p.Plan(p.Nothing())
		if planned.Failed() {
			return planned
		}
		return p.Apply(planned)
	}
	return map[string]verb{
		"create":          {"PUT", create},
		"read":            {"GET", func(p plant) acctest.Step { return p.Refresh() }},
		"update's read":   {"GET", change},
		"update's write":  {"PUT", change},
		"delete":          {"DELETE", remove},
		"disable's read":  {"GET", remove},
		"disable's write": {"PUT", remove},
	}
}

func base() attributes { return attributes{"authentication": keys(key1, key2, 1)} }

func (p plant) changed() tftypes.Value {
	return p.config(attributes{
		"authentication": keys(key1, key2, 1), "status": "disabled", "status_reason": "r", "edge_enabled": true,
	})
}

// Each call of each verb fails in each way: the error says what was tried, what the hub said and what to do, shows no
// key, and leaves a state that agrees with the hub; the same apply works when the fault is over.
func TestFaults_leaveAStateThatAgreesWithTheHub(t *testing.T) {
	t.Parallel()
	for verbName, v := range verbs() {
		t.Run(verbName, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			start := base()
			if strings.HasPrefix(verbName, "disable") {
				start["on_destroy"] = "disable"
			}
			for failureName, f := range failures() {
				p.begin(verbName, start)
				before := p.State
				f.method = v.method
				p.fault(f.faults)
				step := v.run(p)
				step.MustFail(p.T, append(f.says, `"pump-1"`, p.Hostname("north"))...)
				for _, key := range []string{key1, key2, key3} {
					if strings.Contains(fmt.Sprint(step), key) {
						t.Errorf("%s: the error shows a key", failureName)
					}
				}
				if !p.State.Equal(before) || p.Tainted {
					t.Errorf("%s: the state moved from\n%s to\n%s", failureName, before, p.State)
				}
				p.Emulator.ClearFaults()
				p.Reconfigure()
				p.Refresh().MustSucceed(p.T)
				v.run(p).MustSucceed(p.T)
				switch verbName {
				case "create":
					p.MustStay(p.config(start))
				case "update's read", "update's write":
					p.MustStay(p.changed())
				case "read":
					if p.Attribute("status") != "disabled" {
						t.Errorf("%s: the change is not seen", failureName)
					}
				}
			}
		})
	}
}

// begin brings pump-1 to where a verb starts.
func (p plant) begin(verb string, start attributes) {
	p.T.Helper()
	if p.Identity("north", deviceID) != nil {
		p.remove()
	}
	p.Forget()
	if verb != "create" {
		p.MustApplyAndStay(p.config(start))
	}
	if verb == "read" {
		p.SetIdentityStatus("north", deviceID, "disabled")
	}
	p.Reconfigure()
}

// An answer that is lost after the hub did what was asked is recognised as one's own work, for every verb.
func TestLostAnswers_areRecognised(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(p plant) tftypes.Value{
		"given keys":     func(p plant) tftypes.Value { return p.config(base()) },
		"generated keys": func(p plant) tftypes.Value { return p.config(nil) },
		"no keys": func(p plant) tftypes.Value {
			return p.config(attributes{"authentication": authentication("certificateAuthority", nil)})
		},
		"disabled gateway": func(p plant) tftypes.Value {
			return p.config(attributes{"status": "disabled", "edge_enabled": true})
		},
	} {
		p := newPlant(t)
		created := p.Plan(config(p)).MustSucceed(p.T)
		p.fault(faults{method: "PUT", cut: true, times: 1})
		if step := p.Apply(created); step.Failed() {
			t.Errorf("create with %s: %s", name, step.Errors())
			continue
		}
		p.MustStay(config(p))

		changed := p.Plan(p.changed()).MustSucceed(p.T)
		p.fault(faults{method: "PUT", cut: true, times: 1})
		if step := p.Apply(changed); step.Failed() {
			t.Errorf("update with %s: %s", name, step.Errors())
			continue
		}
		p.MustStay(p.changed())

		p.fault(faults{method: "DELETE", cut: true, times: 1})
		if step := p.Apply(p.Plan(p.Nothing()).MustSucceed(p.T)); step.Failed() {
			t.Errorf("delete with %s: %s", name, step.Errors())
		}
	}
}

// A page instead of the hub's answer says nothing of what became of a call: what is there does.
func TestPagesInsteadOfAnswers_areNotBelieved(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for _, method := range []string{"PUT", "DELETE"} {
		p.Emulator.AddFault(acctest.AnswerPage(method, "^/devices/"+deviceID+"$", acctest.CarriedOut()))
	}
	p.MustApplyAndStay(p.config(nil))
	p.MustApplyAndStay(p.changed())
	if _, applied := p.destroy(); applied.Failed() || p.Identity("north", deviceID) != nil {
		t.Errorf("delete: %s", applied.Errors())
	}
}

func TestDelete_thatNobodyAnswersEndsWellWhenTheIdentityIsGone(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.fault(faults{method: "DELETE", cut: true})
	if _, applied := p.destroy(); applied.Failed() {
		t.Error(applied.Errors())
	}
}

func TestDelete_thatDidNotHappenOrMayHaveIsAnError(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.fault(faults{method: "DELETE", cutBefore: true})
	_, applied := p.destroy()
	applied.MustFail(p.T, "Cannot delete device identity", "no answer")
	if strings.Contains(applied.Errors(), "may have been deleted") {
		t.Errorf("it is still there: %s", applied.Errors())
	}
	p.Emulator.ClearFaults()
	planned := p.Plan(p.Nothing()).MustSucceed(p.T)
	p.fault(faults{method: "DELETE", cut: true})
	hold := p.Emulator.Hold(p.Hostname("north"), "DELETE", nil)
	done := p.StartApply(planned)
	<-hold.Reached()
	p.fault(faults{method: "GET", status: 403})
	hold.Release()
	(<-done).MustFail(p.T, "Cannot delete device identity", "It may have been deleted all the same")
}

// A create that meets somebody else's identity is an error that says how to import it, also when its own first answer
// was lost: keys tell the two apart.
func TestCreate_neverTakesOverSomebodyElsesIdentity(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		p := newPlant(t)
		planned := p.Plan(p.config(nil)).MustSucceed(p.T)
		other := plant{World: p.World, Object: p.NewObject(typeName)}
		other.MustApplyAndStay(other.config(nil))
		before := p.identity()
		if lost {
			p.fault(faults{method: "PUT", cut: true, times: 1})
		}
		p.Apply(planned).MustFail(p.T, "Device identity exists already", "Nothing was changed", "import {",
			`to = azureiot_iothub_device_identity.<name>`, `id = "`+p.Hostname("north")+`/pump-1"`)
		if !p.State.IsNull() {
			t.Error("there is a state")
		}
		if after := p.identity(); after.ETag != before.ETag {
			t.Error("somebody else's identity was written")
		}
	}
}

func TestCreate_doesNotTakeAnIdentityLikeItsOwnForItsOwn(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(base())
	planned := p.Plan(config).MustSucceed(p.T)
	other := plant{World: p.World, Object: p.NewObject(typeName)}
	other.MustApplyAndStay(config)
	p.Apply(planned).MustFail(p.T, "Device identity exists already", "Nothing was changed")
	if !p.State.IsNull() {
		t.Error("there is a state")
	}
}

// Without keys to tell, an identity that is like the wanted one but older is somebody else's.
func TestCreate_withoutKeysTellsByAge(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	more := attributes{"authentication": authentication("certificateAuthority", nil)}
	other := plant{World: p.World, Object: p.NewObject(typeName)}
	other.MustApplyAndStay(other.config(more))
	p.Clock.Advance(time.Hour)
	planned := p.Plan(p.config(more)).MustSucceed(p.T)
	p.fault(faults{method: "PUT", cut: true, times: 1})
	p.Apply(planned).MustFail(p.T, "Device identity exists already")
}

// A create whose outcome cannot be known says that it may have been carried out.
func TestCreate_thatNobodyAnswersSaysWhatMayBe(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	planned := p.Plan(p.config(nil)).MustSucceed(p.T)
	p.fault(faults{method: "PUT", cut: true, times: 1})
	p.fault(faults{status: 500})
	p.Apply(planned).MustFail(p.T, "may have been created all the same", "import {")
}

// A hub that does not show keys is not written to: it would make new ones.
func TestUpdate_withoutSeeingTheKeysWritesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	found := p.raw().get("/devices/" + deviceID)
	found["authentication"] = map[string]any{"type": "sas", "symmetricKey": map[string]any{"primaryKey": nil}}
	planned := p.Plan(p.config(attributes{"status": "disabled"})).MustSucceed(p.T)
	p.Emulator.ClearJournal()
	p.fault(faults{method: "GET", status: 200, body: acctest.JSON(t, found)})
	p.Apply(planned).MustFail(p.T, "does not show the authentication", "Nothing was written")
	p.MustNotHaveWritten()
}

// An answer that is not what was sent is no error of a create, which would taint it; the next plan shows the
// difference.
func TestCreate_thatIsStoredOtherwiseIsShownByTheNextPlan(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	other := plant{World: p.World, Object: p.NewObject(typeName)}
	other.MustApplyAndStay(other.config(attributes{"device_id": "like-it"}))
	stored := p.raw().get("/devices/like-it")
	stored["deviceId"], stored["status"] = deviceID, "disabled"
	planned := p.Plan(p.config(nil)).MustSucceed(p.T)
	p.fault(faults{method: "PUT", status: 200, body: acctest.JSON(t, stored), times: 1})
	step := p.Apply(planned).MustSucceed(p.T)
	acctest.MustSay(t, step.Warnings(), "stored something else", `status: "disabled" instead of "enabled"`)
	stored["etag"] = "b3RoZXI="
	p.fault(faults{method: "GET", status: 200, body: acctest.JSON(t, stored), times: 1})
	p.Refresh().MustSucceed(p.T)
	if p.Attribute("status") != "disabled" {
		t.Errorf("the state says %s", p.Attribute("status"))
	}
}
