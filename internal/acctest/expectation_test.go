// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest_test

import (
	"context"
	"fmt"
	"runtime"
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
		"a text":             {func(t *witness) { acctest.MustNotSay(t, "a\nkey", "a key") }, `should not be said`},
		"a text that wraps":  {func(t *witness) { acctest.MustSay(t, "the\n  key", "the key") }, ""},
		"a text that is not": {func(t *witness) { acctest.MustSay(t, "the key", "a key") }, `"a key" should be said`},
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

// TestObject_saysWhatChangesInALine drives an identity whose next plan is not empty.
func TestObject_saysWhatChangesInALine(t *testing.T) {
	t.Parallel()
	for name, expectation := range map[string]func(*acctest.Object, tftypes.Value){
		"settle": (*acctest.Object).MustSettle, "stay": (*acctest.Object).MustStay,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t, acctest.Hubs("north"))
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("north"))
			o := w.NewObject("azureiot_iothub_device_identity")
			o.MustApplyAndStay(o.Config(map[string]any{"device_id": "pump-1", "status_reason": "new"}))
			other := o.Config(map[string]any{"device_id": "pump-1", "status_reason": "inspected"})
			got := failure(t, func(inner *witness) {
				w.T = inner
				defer func() { w.T = t }()
				expectation(o, other)
			})
			if !strings.Contains(got,
				"the plan should be empty: \nstatus_reason: \"new\" -> \"inspected\"\n") || len(got) > 500 {
				t.Errorf("the failure is %d bytes: %s", len(got), got)
			}
		})
	}
}
