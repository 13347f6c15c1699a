// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// failures are the ways in which one call fails.
func failures() map[string]func(*emulator.Fault) {
	return map[string]func(*emulator.Fault){
		"refused":     func(f *emulator.Fault) { f.Status, f.Times = http.StatusUnauthorized, 1 },
		"broken":      func(f *emulator.Fault) { f.Status, f.Times = http.StatusInternalServerError, 0 },
		"HTML":        func(f *emulator.Fault) { f.Status, f.Body, f.Times = http.StatusBadRequest, "<html>proxy</html>", 1 },
		"never sent":  func(f *emulator.Fault) { f.Cut, f.Times = emulator.CutBefore, 0 },
		"answer lost": func(f *emulator.Fault) { f.Cut, f.Times = emulator.CutAfter, 0 },
	}
}

// operation is something that Terraform does to a block.
type operation struct {
	// before are the settings with which the group is blocked when the operation starts; nil for a new block.
	before map[string]any
	// drift happens before it, more are its settings.
	drift func(p plant)
	more  map[string]any
	// letsIn says that the devices are in afterwards.
	letsIn bool
	// ends are attributes of the state afterwards.
	ends map[string]string
	// failures are the names of those that are tried.
	failures []string
}

func operations() map[string]operation {
	none, few := func(plant) {}, []string{"refused", "answer lost"}
	blocked := map[string]string{"access": "blocked", "pending_count": "0", "group_status": "disabled"}
	return map[string]operation{
		"create": {drift: none, ends: blocked, failures: []string{"refused", "broken", "HTML", "never sent", "answer lost"}},
		"repair": {
			before: map[string]any{}, ends: blocked, failures: few,
			drift: func(p plant) { p.setGroup("enabled"); p.SetIdentityStatus("north", "sensor-001", "enabled") },
		},
		"delete": {
			before: map[string]any{}, drift: none, ends: blocked, failures: few,
			more: map[string]any{"hub_identity_action": "delete", "delete_registrations": true},
		},
		"restore": {
			before: map[string]any{}, drift: none, more: restored, letsIn: true, failures: few,
			ends: map[string]string{"access": "allowed", "group_status": "enabled"},
		},
	}
}

func (op operation) begin(t *testing.T) (plant, *acctest.Object, tftypes.Value) {
	t.Helper()
	p := newPlant(t, 2)
	o := p.NewObject(resourceType)
	if op.before != nil {
		o.MustApply(o.Config(p.settings(op.before)))
	}
	op.drift(p)
	return p, o, o.Config(p.settings(op.more))
}

func refreshAndApply(o *acctest.Object, config tftypes.Value) string {
	o.Reconfigure()
	if refreshed := o.Refresh(); refreshed.Failed() {
		return refreshed.Errors()
	}
	planned := o.Plan(config)
	if planned.Failed() {
		return planned.Errors()
	}
	return o.Apply(planned).Errors()
}

// Each call of each operation fails, in each of several ways. Whatever fails: a group that was shut stays shut, the
// state claims nothing that is not so, no secret is told, and the next run finishes the operation.
func TestGroupDisallow_eachCallFails(t *testing.T) {
	t.Parallel()
	for operationName, op := range operations() {
		calls := callsOf(t, op)
		if len(calls) < 8 {
			t.Fatalf("%s makes only the calls %v: this test proves nothing", operationName, calls)
		}
		for _, failureName := range op.failures {
			fail := failures()[failureName]
			for i, c := range calls {
				if failureName == "answer lost" && (c.method == http.MethodGet || strings.HasSuffix(c.path, "/query")) {
					continue // A lost answer to a read is one that was never sent.
				}
				name := fmt.Sprintf("%s/%s/%02d %s", operationName, failureName, i, strings.ReplaceAll(c.String(), "/", " "))
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					failOnce(t, op, c, fail)
				})
			}
		}
	}
}

// call is one call of an operation: the skip-th to this path of a service, which is a hub's short name or empty.
type call struct {
	hub, method, path string
	skip              int
}

func (c call) String() string { return fmt.Sprintf("%s %s %s#%d", c.hub, c.method, c.path, c.skip) }

// callsOf runs an operation without faults and lists its calls.
func callsOf(t *testing.T, op operation) []call {
	t.Helper()
	p, o, config := op.begin(t)
	p.Emulator.ClearJournal()
	if failure := refreshAndApply(o, config); failure != "" {
		t.Fatalf("the operation should succeed without faults: %s", failure)
	}
	seen := map[call]int{}
	var calls []call
	for _, exchange := range p.Emulator.Journal() {
		c := call{method: exchange.Method, path: exchange.Path}
		for _, hub := range p.Emulator.Hubs() {
			if hub.Hostname() == exchange.Host {
				c.hub = hub.Name()
			}
		}
		seen[c]++
		c.skip = seen[c] - 1
		delete(seen, call{})
		calls = append(calls, c)
	}
	return calls
}

func failOnce(t *testing.T, op operation, c call, fail func(*emulator.Fault)) {
	t.Helper()
	p, o, config := op.begin(t)
	shutBefore := p.groupStatus() == "disabled"
	fault := emulator.Fault{
		Host: p.Emulator.DPSHostname(), Method: c.method, Path: regexp.MustCompile("^" + regexp.QuoteMeta(c.path) + "$"),
		Skip: c.skip,
	}
	if c.hub != "" {
		fault.Host = p.Hostname(c.hub)
	}
	fail(&fault)
	p.Emulator.AddFault(fault)
	before := o.State
	said := refreshAndApply(o, config)
	p.Emulator.ClearFaults()
	p.tellsNoSecret(said + o.State.String() + string(o.Private))
	if shutBefore && !op.letsIn && p.groupStatus() != "disabled" {
		t.Fatalf("the failure opened the group: %s", said)
	}
	if !o.State.Equal(before) { // What could not be refreshed stands as it was.
		p.stateIsTrue(o)
	}
	p.Clock.Advance(time.Second)
	newcomer := p.NewDevice("sensor-200")
	outcome, err := newcomer.Register(p.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.groupStatus() == "disabled" && outcome.Status == devicesim.Assigned {
		t.Error("a device got in through a group that is shut")
	}
	o.Tainted = false // As the error advises.
	for range 2 {     // What a lost answer leaves may take a look more.
		if said = refreshAndApply(o, config); said == "" {
			break
		}
	}
	if said != "" {
		t.Fatalf("the next run should finish: %s", said)
	}
	p.expect(o.State, op.ends)
	if !op.letsIn {
		p.mustBeOut()
	} else if !p.device("sensor-001").Connects("north") {
		t.Error("a device is not in again")
	}
	o.MustSettle(config)
}

// stateIsTrue fails the test when the state says blocked, and a device gets in somewhere; or when it says anything else
// of the group than DPS.
func (p plant) stateIsTrue(o *acctest.Object) {
	p.T.Helper()
	if o.State.IsNull() || o.Attribute("access") != "blocked" {
		return
	}
	if p.groupStatus() != "disabled" {
		p.T.Error("the state says blocked, and the group is enabled")
	}
	for i, d := range p.devices {
		if d.Connects(p.at[i]) {
			p.T.Errorf("the state says blocked, and %s connects", d.RegistrationID())
		}
	}
}

// tellsNoSecret fails the test when a text has a key of the world.
func (p plant) tellsNoSecret(text string) {
	p.T.Helper()
	secrets := []string{p.Emulator.DPSConnectionString()}
	for _, hub := range p.Emulator.Hubs() {
		secrets = append(secrets, hub.ConnectionString())
	}
	for _, secret := range secrets {
		if _, key, _ := strings.Cut(secret, "SharedAccessKey="); strings.Contains(text, key) {
			p.T.Errorf("a secret is told in: %s", text)
		}
	}
}

// Devices that try all the time: after the group is shut none gets a new assignment, and when the state says blocked
// none connects.
func TestGroupDisallow_devicesThatTryAllTheTime(t *testing.T) {
	t.Parallel()
	p := newPlant(t, 4)
	if err := p.Emulator.SetLinkedHubs("north", "south"); err != nil {
		t.Fatal(err)
	}
	tries := make([]*acctest.Persistence, len(p.devices))
	for i, d := range p.devices {
		d.MustRegister() // Where it stays, now that both hubs are linked.
		tries[i] = d.TryContinuously()
	}
	put := p.Emulator.Hold("", http.MethodPost, regexp.MustCompile("^/devices$"))
	o, config := p.object(nil)
	done := make(chan string, 1)
	go func() { done <- refreshAndApply(o, config) }()
	<-put.Reached() // The group is shut.
	marks := make([]int, len(tries))
	for i, persistent := range tries {
		persistent.AwaitTries(1) // One may have begun before.
		marks[i] = persistent.Mark()
	}
	put.Release()
	if said := <-done; said != "" {
		t.Fatal(said)
	}
	p.expect(o.State, map[string]string{"access": "blocked", "pending_count": "0", "unplaced_count": "0"})
	for i, persistent := range tries {
		persistent.AwaitTries(2)
		if persistent.AdmittedSince(marks[i]) > 0 {
			t.Errorf("%s was assigned after the group was shut", p.devices[i].RegistrationID())
		}
	}
	for _, persistent := range tries {
		persistent.Stop()
	}
	for _, d := range p.devices { // Wherever they went.
		d.MustBeOut("north")
		d.MustBeOut("south")
	}
	o.MustSettle(config)
}
