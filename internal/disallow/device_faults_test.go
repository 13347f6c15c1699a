// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// failures are the ways in which one call fails.
func failures() map[string]func(*emulator.Fault) {
	return map[string]func(*emulator.Fault){
		"refused":     func(f *emulator.Fault) { f.Status, f.Times = http.StatusForbidden, 1 },
		"broken":      func(f *emulator.Fault) { f.Status, f.Times = http.StatusInternalServerError, 0 },
		"HTML":        func(f *emulator.Fault) { f.Status, f.Body, f.Times = http.StatusBadRequest, "<html>proxy</html>", 1 },
		"never sent":  func(f *emulator.Fault) { f.Cut, f.Times = emulator.CutBefore, 0 },
		"answer lost": func(f *emulator.Fault) { f.Cut, f.Times = emulator.CutAfter, 0 },
	}
}

// Each call of each operation fails once, in each of several ways. Whatever fails: a device that DPS shut out stays
// out, the state says what is true, no secret is told, and the next run finishes the operation.
func TestDeviceDisallow_eachCallFailsOnce(t *testing.T) {
	t.Parallel()
	for operationName, op := range operations() {
		calls := callsOf(t, op)
		if len(calls) < 4 {
			t.Fatalf("%s makes only the calls %v: this test proves nothing", operationName, calls)
		}
		for failureName, fail := range failures() {
			if len(op.failures) > 0 && !slices.Contains(op.failures, failureName) {
				continue
			}
			for i, call := range calls {
				if failureName == "answer lost" && call.method == http.MethodGet {
					continue // A lost answer to a read is one that was never sent.
				}
				name := fmt.Sprintf("%s/%s/%02d %s", operationName, failureName, i, strings.ReplaceAll(call.String(), "/", " "))
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					failOnce(t, op, call, fail)
				})
			}
		}
	}
}

// call is one call of an operation: the skip-th to this path.
type call struct {
	host         host
	method, path string
	skip         int
}

// host is whom a call of an operation is made to, in any world.
type host string

const (
	atDPS      host = "DPS"
	atAssigned host = "assigned hub"
	atSearched host = "searched hub"
)

// hostOf tells whose host name it is.
func (f fleet) hostOf(hostname string) host {
	switch hostname {
	case f.Emulator.DPSHostname():
		return atDPS
	case f.Hostname(f.hub):
		return atAssigned
	}
	return atSearched
}

// hostnameOf is the host name of a host in this world.
func (f fleet) hostnameOf(h host) string {
	if h == atDPS {
		return f.Emulator.DPSHostname()
	}
	for _, hub := range f.Emulator.Hubs() {
		if f.hostOf(hub.Hostname()) == h {
			return hub.Hostname()
		}
	}
	f.T.Fatalf("there is no %s", h)
	return ""
}

func (c call) String() string { return fmt.Sprintf("%s %s %s#%d", c.host, c.method, c.path, c.skip) }

// callsOf runs an operation without faults and lists its calls.
func callsOf(t *testing.T, op operation) []call {
	t.Helper()
	f := op.begin(t)
	o, config := op.arrange(f)
	f.Emulator.ClearJournal()
	if failure := op.run(o, config); failure != "" {
		t.Fatalf("the operation should succeed without faults: %s", failure)
	}
	seen := map[string]int{}
	var calls []call
	for _, exchange := range f.Emulator.Journal() {
		key := exchange.Host + exchange.Method + exchange.Path
		calls = append(calls, call{
			host: f.hostOf(exchange.Host), method: exchange.Method, path: exchange.Path, skip: seen[key],
		})
		seen[key]++
	}
	return calls
}

func failOnce(t *testing.T, op operation, c call, fail func(*emulator.Fault)) {
	t.Helper()
	f := op.begin(t)
	o, config := op.arrange(f)
	fault := emulator.Fault{
		Host: f.hostnameOf(c.host), Method: c.method, Path: regexp.MustCompile("^" + regexp.QuoteMeta(c.path) + "$"),
		Skip: c.skip,
	}
	fail(&fault)
	f.Emulator.AddFault(fault)
	before := o.State
	said := op.run(o, config)
	f.Emulator.ClearFaults()
	f.tellsNoSecret(said + o.State.String() + string(o.Private))
	blockedNow := f.EntryStatus(stolenID) == "disabled"
	if op.outAlready && !blockedNow {
		t.Fatalf("the failure opened the entry: %s", said)
	}
	if blockedNow {
		f.device.MustBeRefused()
	}
	f.stateIsTrue(o, before)
	if op.untaints {
		o.Tainted = false
	}
	f.finishAs(o, config, said, op.end())
	if op.letsIn {
		f.device.MustBeIn(f.hub)
	} else {
		f.device.MustBeOut(f.hub)
	}
}

// stateIsTrue fails the test when a state that the operation wrote says anything else than the services.
func (f fleet) stateIsTrue(o *acctest.Object, before tftypes.Value) {
	f.T.Helper()
	if o.State.IsNull() || o.State.Equal(before) {
		return
	}
	if got, is := o.Attribute("enrollment_status"), f.EntryStatus(stolenID); got != is {
		f.T.Errorf("the state says that the entry is %s, and it is %s", got, is)
	}
	got, is := identityStatus(o.State, f.Hostname(f.hub)), f.IdentityStatus(f.hub, stolenID)
	if got != is && got != "unreachable" {
		f.T.Errorf("the state says that the identity is %s, and it is %s", got, is)
	}
}

// finish runs what Terraform runs next, and fails the test unless the device is out afterwards and the plan empty.
func (f fleet) finish(o *acctest.Object, config tftypes.Value, said string) {
	f.T.Helper()
	f.finishAs(o, config, said, map[string]string{"access": "blocked", "enrollment_status": "disabled"})
	f.device.MustBeOut(f.hub)
}

// finishAs runs what Terraform runs next, and fails the test unless the state reads as wanted and the plan is empty.
func (f fleet) finishAs(o *acctest.Object, config tftypes.Value, said string, wanted map[string]string) {
	f.T.Helper()
	o.Reconfigure()
	if o.Tainted {
		if replaced := o.Replace(config, false); replaced.Failed() {
			f.T.Fatalf("after %q the replacement should finish the block: %s", said, replaced.Errors())
		}
	} else if failure := refreshAndApply(o, config); failure != "" {
		f.T.Fatalf("after %q the next apply should finish the block: %s", said, failure)
	}
	acctest.MustRead(f.T, o.State, wanted)
	o.MustSettle(config)
}

// tellsNoSecret fails the test when a text has a key of the world.
func (f fleet) tellsNoSecret(text string) {
	f.T.Helper()
	for _, secret := range f.secrets() {
		if strings.Contains(text, secret) {
			f.T.Errorf("a secret is told in: %s", text)
		}
	}
}

// secrets are the keys of the services and of the identities of this world.
func (f fleet) secrets() []string {
	f.T.Helper()
	secrets := []string{keyOf(f.Emulator.DPSConnectionString())}
	for _, hub := range f.Emulator.Hubs() {
		secrets = append(secrets, keyOf(hub.ConnectionString()))
	}
	return secrets
}

func keyOf(connectionString string) string {
	_, key, _ := strings.Cut(connectionString, "SharedAccessKey=")
	return key
}
