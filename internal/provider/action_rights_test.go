// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
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
	keys := azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}}
	for id, status := range map[string]string{"keys": azdps.StatusEnabled, "shut": azdps.StatusDisabled} {
		made := azdps.EnrollmentGroup{EnrollmentGroupID: id}
		made.Attestation, made.ProvisioningStatus = keys, &status
		if _, err := w.DPS.PutEnrollmentGroup(w.Context(), made, nil); err != nil {
			w.T.Fatal(err)
		}
	}
	entry := azdps.IndividualEnrollment{RegistrationID: "dev2"}
	entry.Attestation = keys
	if _, err := w.DPS.PutIndividualEnrollment(w.Context(), entry, nil); err != nil {
		w.T.Fatal(err)
	}
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
		permissions := map[bool][]string{}
		for _, need := range action.Apply {
			ofHub := strings.Contains(need.DataAction, "IotHubs")
			permissions[ofHub] = append(permissions[ofHub], need.Permission)
		}
		w := acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) {
			o.DPSPolicies = map[string][]string{"terraform": permissions[false]}
			o.HubPolicies = map[string][]string{"terraform": permissions[true]}
		}))
		dps, _ := w.Emulator.DPSConnectionStringFor("terraform")
		hub, _ := w.Emulator.Hub("hub1").ConnectionStringFor("terraform")
		w.Setenv("AZUREIOT_DPS_CONNECTION_STRING", dps)
		w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", hub)
		acted(w)
		for _, config := range invocations()[action.Type] {
			w.MustInvoke(action.Type, config)
		}
	})
}
