// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// invocations are what actions are asked for. Together those of a type need every right that the table has for it.
func invocations() map[string][]map[string]any {
	return map[string][]map[string]any{
		"azureiot_dps_delete_registration": {{"registration_id": "dev", "delete_evidence": true}},
		"azureiot_dps_purge_registrations": {{"enrollment_group_id": "shut", "delete_evidence": true},
			{"enrollment_group_id": "factory", "delete_evidence": true, "while_enabled": true}},
		"azureiot_dps_rotate_keys": {{"registration_id": "dev2", "key": "primary"},
			{"enrollment_group_id": "keys", "key": "primary"}},
		"azureiot_iothub_rotate_device_keys": {{"device_id": "pump", "key": "swap"}},
	}
}

// acted is what the actions need in the services.
func acted(w *acctest.World) {
	registered(w)
	for id, status := range map[string]string{"keys": azdps.StatusEnabled, "shut": azdps.StatusDisabled} {
		w.AddKeyedGroup(id, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
	}
	w.AddKeyedEntry("dev2", nil)
	w.AddIdentity("hub1", "pump", nil)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
}

func eachAction(t *testing.T, run func(t *testing.T, action provider.Object)) {
	t.Helper()
	for _, object := range provider.Rights() {
		if object.Kind != actionKind {
			continue
		}
		t.Run(object.Type, func(t *testing.T) {
			t.Parallel()
			if len(invocations()[object.Type]) == 0 || len(object.Plan) > 0 {
				t.Fatal("an action is invoked, and plans without a right")
			}
			run(t, object)
		})
	}
}

// With the rights of the table every action works; without any one of them, an invocation fails and names it.
func TestRights_ofActionsAreEnoughAndEachIsNeeded(t *testing.T) {
	t.Parallel()
	eachAction(t, func(t *testing.T, action provider.Object) {
		t.Helper()
		for _, missing := range action.Apply {
			w := story{before: acted}.world(t)
			grant(t, w, slices.DeleteFunc(slices.Clone(action.Apply), func(other provider.Need) bool {
				return other.DataAction == missing.DataAction
			}))
			named := false
			for _, config := range invocations()[action.Type] {
				invoked := w.InvokeAction(action.Type, config)
				named = named || names(invoked.Errors(), missing.Right)
			}
			if !named {
				t.Errorf("%s is not named", missing.DataAction)
			}
			grant(t, w, action.Apply)
			for _, config := range invocations()[action.Type] {
				w.MustInvoke(action.Type, config)
			}
		}
	})
}

// Shared access policies with the permissions of the table are enough as well.
func TestRights_ofActionsAreThoseOfPolicies(t *testing.T) {
	t.Parallel()
	eachAction(t, func(t *testing.T, action provider.Object) {
		t.Helper()
		w := policyWorld(t, action.Apply)
		acted(w)
		for _, config := range invocations()[action.Type] {
			w.MustInvoke(action.Type, config)
		}
	})
}
