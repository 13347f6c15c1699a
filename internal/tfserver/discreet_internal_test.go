// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestReword_namesTheAttribute(t *testing.T) {
	t.Parallel()
	root := tftypes.NewAttributePath().WithAttributeName("door")
	for name, test := range map[string]struct {
		at           *tftypes.AttributePath
		detail, want string
	}{
		"none":              {nil, "It is shut.", "It is shut."},
		"not named":         {root, "It is shut.", "It is shut.\n\nAttribute: door"},
		"named already":     {root, "The door is shut.", "The door is shut."},
		"within an object":  {root.WithAttributeName("lock"), "Shut door.", "Shut door.\n\nAttribute: door.lock"},
		"element of a list": {root.WithElementKeyInt(2), "Shut.", "Shut.\n\nAttribute: door[2]"},
		"element of a map":  {root.WithElementKeyString("a.b"), "Shut.", "Shut.\n\nAttribute: door[\"a.b\"]"},
		"a key of a map":    {root.WithElementKeyString("c2VjcmV0IHNlY3JldA=="), "Shut.", "Shut.\n\nAttribute: door[…]"},
		"an element of a set": {
			root.WithElementKeyValue(tftypes.NewValue(tftypes.String, "hush")).WithAttributeName("lock"), "Shut.",
			"Shut.\n\nAttribute: door",
		},
	} {
		d := &tfprotov6.Diagnostic{Detail: test.detail, Attribute: test.at}
		if reword([]*tfprotov6.Diagnostic{d}); d.Detail != test.want {
			t.Errorf("%s: got %q, want %q", name, d.Detail, test.want)
		}
		if strings.Contains(d.Attribute.String(), "hush") {
			t.Errorf("%s: the path has the value: %s", name, d.Attribute)
		}
	}
}

func TestSaidIn_isWhatAnyAnswerSays(t *testing.T) {
	t.Parallel()
	said := []*tfprotov6.Diagnostic{{Summary: "Shut"}}
	for _, answer := range []any{
		&tfprotov6.PlanResourceChangeResponse{Diagnostics: said},
		tfprotov6.ListResourceResult{Diagnostics: said},
		tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: said}},
	} {
		if got := saidIn(answer); len(got) != 1 || got[0] != said[0] {
			t.Errorf("%T says %v", answer, got)
		}
	}
	var none *tfprotov6.ReadResourceResponse
	for _, answer := range []any{
		nil, none, &tfprotov6.CallFunctionResponse{}, &tfprotov6.StopProviderResponse{},
		tfprotov6.InvokeActionEvent{Type: tfprotov6.ProgressInvokeActionEventType{Message: "Shutting"}},
	} {
		if got := saidIn(answer); got != nil {
			t.Errorf("%T says %v", answer, got)
		}
	}
}
