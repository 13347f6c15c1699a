// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// Terraform on PATH may be older than actions: every example of one is read here, and each action that it has is
// invoked at protocol level, in the order of the file.
func TestActionExamples_doWhatTheySay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "actions", "*", "action*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no example of an action: %v", err)
	}
	for _, file := range files {
		typeName := filepath.Base(filepath.Dir(file))
		t.Run(typeName+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w, addresses := rotated(t), []string(nil)
			for _, action := range acctest.ActionBlocks(t, string(raw)) {
				if action.Type != typeName {
					t.Errorf("%s is of another type than its page", action.Address())
				}
				addresses = append(addresses, action.Address())
				if done := w.MustInvoke(action.Type, action.Config); len(done.Progress) == 0 {
					t.Errorf("%s says nothing", action.Address())
				}
			}
			for line := range strings.Lines(string(raw)) {
				_, address, invoked := strings.Cut(strings.TrimSpace(line), "-invoke=")
				if invoked && !slices.Contains(addresses, address) {
					t.Errorf("the example invokes %s, which it does not have", address)
				}
			}
		})
	}
}

// rotated has what the examples act on.
func rotated(t *testing.T) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	w.AddGroup("plant-thale", w.Intermediate)
	w.NewDevice("sensor-thl-001").MustRegister()
	w.SetGroup("plant-thale", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	trial, err := w.Root.Intermediate("Trial")
	if err != nil {
		t.Fatal(err)
	}
	w.AddGroup("trial", trial)
	w.SetGroup("trial", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
	w.AddKeyedGroup("field", nil)
	w.AddKeyedEntry("meter-0815", nil)
	w.AddIdentity("hub1", "pump-1", nil)
	return w
}
