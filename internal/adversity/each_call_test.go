// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// Each call of each verb of each face fails in each way. Whatever fails: what is said names the object, and the
// service's code and tracking ID; nobody gets in who was out; state and services agree on the next refresh; the same
// apply works when the fault is over, and the second plan is empty.
func TestFaces_whenACallFails(t *testing.T) {
	t.Parallel()
	var size struct{ calls, cases, tried int }
	for _, f := range faces() {
		for _, v := range f.verbs {
			t.Run(f.title+" "+v.name, func(t *testing.T) {
				noted := callsOf(t, v)
				size.calls += len(noted)
				for _, c := range noted {
					for _, fault := range faults() {
						if !fault.fits(c) {
							continue
						}
						if size.cases++; size.cases%stride() != 0 {
							continue
						}
						size.tried++
						t.Run(c.String()+", "+fault.name, func(t *testing.T) {
							t.Parallel()
							failOnce(t, v, c, fault)
						})
					}
				}
			})
		}
	}
	t.Logf("%d calls, of %d cases %d", size.calls, size.cases, size.tried)
}

// stride is which of the cases happen: each with "make soak", otherwise every so many. That number has no divisor in
// common with that of faults, so that each fault meets each kind of call, and it is smaller than that of the faults
// that fit a call, so that each call meets one.
func stride() int {
	if os.Getenv("SOAK") != "" {
		return 1
	}
	return 23
}

// callsOf are the calls of a verb when nothing fails.
func callsOf(t *testing.T, v verb) []call {
	t.Helper()
	a := v.begin(t)
	box := a.scene().box
	box.watch()
	said := a.run()
	if said.Failed() {
		t.Fatalf("%s should succeed without faults: %s", v.name, said.Errors())
	}
	noted := box.noted()
	if len(noted) == 0 {
		t.Fatal("it makes no call, so that this proves nothing")
	}
	a.finish(said)
	return noted
}

func failOnce(t *testing.T, v verb, c call, f fault) {
	t.Helper()
	a := v.begin(t)
	box := a.scene().box
	box.harm(c, f)
	said := a.run()
	if box.calm() { // What calls follow one another is not always the same.
		mustTell(t, said, a.about(), c, f)
	}
	a.finish(said)
}

// everything is the object of a call that lists.
const everything = `"*"`

// mustTell fails the test unless errors name the object, and what the service has said. A write that a service refuses
// for good is an error.
func mustTell(t *testing.T, said acctest.Step, object string, c call, f fault) {
	t.Helper()
	all := said.Errors() + said.Warnings()
	if said.Failed() && !strings.Contains(all, object) && !strings.Contains(all, everything) {
		t.Errorf("%s should be named in: %s", object, all)
	}
	final := f.status == http.StatusBadRequest || f.status == http.StatusUnauthorized || f.status == http.StatusForbidden
	if f.lasting && final && !c.reads() && !said.Failed() {
		t.Errorf("this should fail: %s", all)
	}
	conflict := f.status == http.StatusConflict || f.status == http.StatusPreconditionFailed
	judged := conflict && (strings.Contains(all, "omebody else") || strings.Contains(all, "keeps changing"))
	if f.status != 0 && f.status != http.StatusNotFound && said.Failed() && !judged &&
		(!strings.Contains(all, f.code(c)) || !strings.Contains(all, trackingID)) {
		t.Errorf("the code %s and the tracking ID should be said in: %s", f.code(c), all)
	}
}
