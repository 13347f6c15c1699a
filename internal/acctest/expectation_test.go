// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// witness is a test whose failures are what is tested.
type witness struct {
	testing.TB

	context context.Context
	said    strings.Builder
	failed  bool
}

// failure is what an expectation says when it fails a test; empty when it does not.
func failure(t *testing.T, expectation func(*witness)) string {
	t.Helper()
	w := &witness{TB: t, context: t.Context()}
	done := make(chan struct{})
	go func() { // Fatal ends the goroutine.
		defer close(done)
		expectation(w)
	}()
	<-done
	return w.said.String()
}

func (w *witness) Context() context.Context { return w.context }

func (w *witness) Errorf(format string, args ...any) {
	w.failed = true
	_, _ = fmt.Fprintf(&w.said, format+"\n", args...)
}

func (w *witness) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}

func (w *witness) Fatal(args ...any) { w.Fatalf("%s", fmt.Sprint(args...)) }

func failed(said string) acctest.Step {
	return acctest.Step{Diagnostics: []*tfprotov6.Diagnostic{{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Cannot read", Detail: said,
	}}}
}

func TestStep_failsTheTestThatExpectsAnotherEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expectation func(*witness)
		said        string
	}{
		"an error":           {func(t *witness) { failed("403").MustSucceed(t) }, "should succeed: Cannot read: 403"},
		"no error":           {func(t *witness) { acctest.Step{}.MustFail(t) }, "there should be an error"},
		"another error":      {func(t *witness) { failed("403").MustFail(t, "404") }, `"404" should be said`},
		"the error":          {func(t *witness) { failed("403").MustFail(t, "403") }, ""},
		"success":            {func(t *witness) { acctest.Step{}.MustSucceed(t) }, ""},
		"a text":             {func(t *witness) { acctest.MustNotSay(t, "a key", "a key") }, `should not be said`},
		"a text that wraps":  {func(t *witness) { acctest.MustSay(t, "the\n  key", "the key") }, `should be said`},
		"a text that is not": {func(t *witness) { acctest.MustSay(t, "the key", "a key") }, `"a key" should be said`},
		"a text that is":     {func(t *witness) { acctest.MustSay(t, "the  key", "the  key") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failure(t, test.expectation)
			if !strings.Contains(got, test.said) || (test.said == "") != (got == "") {
				t.Errorf("the failure should say %q, not %q", test.said, got)
			}
		})
	}
}

func TestAt_readsWhatIsNestedAndNamesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	inner := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"b": tftypes.String}}
	value := tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": inner, "n": inner, "u": inner}},
		map[string]tftypes.Value{
			"a": tftypes.NewValue(inner, map[string]tftypes.Value{"b": tftypes.NewValue(tftypes.String, "x")}),
			"n": tftypes.NewValue(inner, nil), "u": tftypes.NewValue(inner, tftypes.UnknownValue),
		})
	acctest.MustRead(t, value, map[string]string{"a.b": "x", "n.b": "null", "u.b": "unknown", "n": "null"})
	if got := failure(t, func(t *witness) { acctest.At(t, value, "a.c") }); got != "there is no attribute c among [b]\n" {
		t.Errorf("the failure is %q", got)
	}
	wrong := map[string]string{"a.b": "y"}
	if got := failure(t, func(t *witness) {
		acctest.MustRead(t, value,
			wrong)
	}); got != "a.b should be \"y\", not \"x\"\n" {
		t.Errorf("the failure is %q", got)
	}
}

// newIdentity is an identity under test, made and unchanged since.
func newIdentity(t *testing.T) (*acctest.World, *acctest.Object) {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north"))
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("north"))
	o := w.NewObject("azureiot_iothub_device_identity")
	o.MustApplyAndStay(o.Config(map[string]any{"device_id": "pump-1", "status_reason": "new"}))
	return w, o
}

func TestObject_saysWhatChangesInALine(t *testing.T) {
	t.Parallel()
	for name, expectation := range map[string]func(*acctest.Object, tftypes.Value){
		"settle": (*acctest.Object).MustSettle, "stay": (*acctest.Object).MustStay,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, o := newIdentity(t)
			other := o.Config(map[string]any{"device_id": "pump-1", "status_reason": "inspected"})
			got := failure(t, func(inner *witness) { expectation(o.For(inner), other) })
			if got != "the plan should be empty: \nstatus_reason: \"new\" -> \"inspected\"\n\n" {
				t.Errorf("the failure is %q", got)
			}
		})
	}
}

// A provider that cannot be configured again shows in which walk it is looked.
func TestMustSettle_looksInThisWalkAndInTheNext(t *testing.T) {
	t.Parallel()
	w, o := newIdentity(t)
	o.Reconfigure() // In this walk nothing is planned yet.
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "nonsense")
	for reason, said := range map[string]string{
		"inspected": "the plan should be empty: ", "new": "the provider cannot be configured: ",
	} {
		config := o.Config(map[string]any{"device_id": "pump-1", "status_reason": reason})
		acctest.MustSay(t, failure(t, func(inner *witness) { o.For(inner).MustSettle(config) }), said)
	}
}

func TestObject_saysThatARefreshFoundDrift(t *testing.T) {
	t.Parallel()
	w, o := newIdentity(t)
	config := o.Config(map[string]any{"device_id": "pump-1", "status_reason": "new"})
	w.SetIdentityStatus("north", "pump-1", "disabled")
	got := failure(t, func(inner *witness) { o.For(inner).MustStay(config) })
	acctest.MustSay(t, got, "a refresh should find no drift: ", "\nstatus: \"enabled\" -> \"disabled\"\n")
	w.DeleteIdentity("north", "pump-1")
	got = failure(t, func(inner *witness) { o.For(inner).MustStay(config) })
	acctest.MustSay(t, got, "a refresh should find no drift: \nstate: there -> null\n")
}

func TestVerbs_failTheTestWhenTheProviderFails(t *testing.T) {
	t.Parallel()
	given := map[string]any{"device_id": "pump-1", "status_reason": "inspected"}
	nothing := func(*acctest.World, *acctest.Object) {}
	refusing := func(method string) func(*acctest.World, *acctest.Object) {
		return func(w *acctest.World, _ *acctest.Object) { w.Fail("", method, "", http.StatusForbidden, 0) }
	}
	for name, test := range map[string]struct {
		arrange func(*acctest.World, *acctest.Object)
		verb    func(*acctest.Object)
		said    string
	}{
		"validate": {nothing, func(o *acctest.Object) {
			o.MustPlan(o.Config(map[string]any{"device_id": "a/b"}))
		}, "the configuration should be valid: "},
		"plan": {func(w *acctest.World, o *acctest.Object) {
			o.Forget()
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
			w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "")
			o.Reconfigure()
		}, func(o *acctest.Object) { o.MustPlan(o.Config(given)) }, "the plan should succeed: "},
		"apply": {refusing(http.MethodPut), func(o *acctest.Object) {
			o.MustApply(o.Config(given))
		}, "the apply should succeed: "},
		"apply and stay": {refusing(http.MethodPut), func(o *acctest.Object) {
			o.MustApplyAndStay(o.Config(given))
		}, "the apply should succeed: "},
		"refresh": {refusing(""), func(o *acctest.Object) { o.MustRefresh() }, "the refresh should succeed: "},
		"settle": {refusing(""), func(o *acctest.Object) {
			o.MustSettle(o.Config(given))
		}, "the refresh should succeed: "},
		"stay": {refusing(""), func(o *acctest.Object) {
			o.MustStay(o.Config(given))
		}, "the refresh should succeed: "},
		"plan of a destroy": {func(_ *acctest.World, o *acctest.Object) {
			o.MustApply(o.Config(map[string]any{"device_id": "pump-1", "on_destroy": "prevent"}))
		}, func(o *acctest.Object) { o.MustDestroy() }, "the destroy plan should succeed: "},
		"destroy": {func(w *acctest.World, o *acctest.Object) {
			o.MustApply(o.Config(map[string]any{"device_id": "pump-1", "on_destroy": "delete"}))
			refusing(http.MethodDelete)(w, o)
		}, func(o *acctest.Object) { o.MustDestroy() }, "the destroy should succeed: "},
		"import": {nothing, func(o *acctest.Object) { o.MustImport("a/b/c") }, "the import should succeed: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, o := newIdentity(t)
			test.arrange(w, o)
			acctest.MustSay(t, failure(t, func(inner *witness) { test.verb(o.For(inner)) }), test.said)
		})
	}
}

func TestFor_leavesTheObjectAsItIs(t *testing.T) {
	t.Parallel()
	_, o := newIdentity(t)
	part := o.For(t)
	part.MustApply(o.Config(map[string]any{"device_id": "pump-1", "status_reason": "inspected"}))
	acctest.MustRead(t, part.State, map[string]string{"status_reason": "inspected"})
	acctest.MustRead(t, o.State, map[string]string{"status_reason": "new"})
}

// A test that waits for an apply must not wait for ever when the apply fails the test.
func TestStartApply_endsWhenTheTestFails(t *testing.T) {
	t.Parallel()
	w, o := newIdentity(t)
	planned := o.MustPlan(o.Config(map[string]any{"device_id": "pump-1", "status_reason": "inspected"}))
	w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", "nonsense")
	got := failure(t, func(inner *witness) {
		if _, ended := <-o.For(inner).StartApply(planned); ended {
			t.Error("there should be no answer")
		}
	})
	acctest.MustSay(t, got, "the provider cannot be configured")
}

func TestEffects_areOneALine(t *testing.T) {
	t.Parallel()
	effect := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"target": tftypes.String, "object": tftypes.String, "from": tftypes.String, "to": tftypes.String,
		"action": tftypes.String,
	}}
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"effects": tftypes.Set{ElementType: effect}}}
	one := acctest.Value(t, effect, map[string]any{
		"target": "hub", "object": "pump-1", "from": "enabled", "to": "disabled", "action": "disable",
	})
	step := acctest.Step{Planned: acctest.Value(t, kind, map[string]any{
		"effects": tftypes.NewValue(tftypes.Set{ElementType: effect}, []tftypes.Value{
			acctest.Value(t, effect, acctest.Unknown{}), one,
		}),
	})}
	if got := step.Effects(); !slices.Equal(got, []string{"hub pump-1 enabled->disabled disable", "unknown"}) {
		t.Errorf("the effects are %q", got)
	}
	acctest.MustHaveEffect(t, step.Effects(), "unknown")
	acctest.MustHaveEffects(t, append(step.Effects(), "hub pump-2 absent->absent none"), step.Effects()...)
	for name, expectation := range map[string]func(*witness){
		"one":  func(t *witness) { acctest.MustHaveEffect(t, step.Effects(), "hub pump-2 enabled->disabled disable") },
		"all":  func(t *witness) { acctest.MustHaveEffects(t, step.Effects(), "unknown") },
		"more": func(t *witness) { acctest.MustHaveEffects(t, step.Effects(), append(step.Effects(), "none")...) },
	} {
		if got := failure(t, expectation); !strings.Contains(got, "hub pump-1 enabled->disabled disable") {
			t.Errorf("%s: the failure is %q", name, got)
		}
	}
	unknown := acctest.Value(t, kind, map[string]any{"effects": acctest.Unknown{}})
	if got := acctest.Effects(unknown); !slices.Equal(got, []string{"unknown"}) {
		t.Errorf("the effects are %q", got)
	}
}
