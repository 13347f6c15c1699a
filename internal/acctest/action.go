// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Invocation is how an action went: what it said on its way, and how it ended.
type Invocation struct {
	Step

	// Progress is what it told while it ran.
	Progress []string
}

// PlanAction validates and plans an action with a provider of its own, as a plan does. Attributes are as for Value.
func (w *World) PlanAction(typeName string, attributes map[string]any) Step {
	w.T.Helper()
	_, _, step := w.plannedAction(typeName, attributes)
	return step
}

// InvokeAction validates, plans and invokes an action with a provider of its own, as "terraform apply -invoke" does.
func (w *World) InvokeAction(typeName string, attributes map[string]any) Invocation {
	w.T.Helper()
	server, config, planned := w.plannedAction(typeName, attributes)
	invocation := Invocation{Step: planned}
	if planned.Failed() {
		return invocation
	}
	stream, err := server.InvokeAction(w.Context(), &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: config})
	must(w.T, err)
	completed := 0
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			invocation.Progress = append(invocation.Progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed++
			invocation.Diagnostics = append(invocation.Diagnostics, e.Diagnostics...)
		}
	}
	if completed != 1 {
		w.T.Fatalf("the action %s ended %d times", typeName, completed)
	}
	return invocation
}

// MustInvoke invokes an action and fails the test when that does not work.
func (w *World) MustInvoke(typeName string, attributes map[string]any) Invocation {
	w.T.Helper()
	invocation := w.InvokeAction(typeName, attributes)
	invocation.MustSucceed(w.T)
	return invocation
}

func (w *World) plannedAction(
	typeName string, attributes map[string]any,
) (tfprotov6.ActionServer, *tfprotov6.DynamicValue, Step) {
	w.T.Helper()
	configured, schemas := w.configuredServer()
	server, ok := configured.(tfprotov6.ActionServer)
	offered := schemas.ActionSchemas[typeName]
	if !ok || offered == nil {
		w.T.Fatalf("the provider has no action %s", typeName)
	}
	_, config := w.readingConfig(offered.Schema, typeName, attributes)
	checked, err := server.ValidateActionConfig(w.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: typeName, Config: config,
	})
	must(w.T, err)
	step := Step{Diagnostics: checked.Diagnostics}
	if step.Failed() {
		return server, config, step
	}
	planned, err := server.PlanAction(w.Context(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: config})
	must(w.T, err)
	step.Diagnostics = append(step.Diagnostics, planned.Diagnostics...)
	return server, config, step
}
