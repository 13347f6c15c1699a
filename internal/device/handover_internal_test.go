// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

func newTestWriter(t *testing.T, services *azure.Services, deviceID string) *writer {
	t.Helper()
	connection, err := sas.ParseConnectionString("HostName=h.example;SharedAccessKeyName=p;SharedAccessKey=c2VjcmV0")
	if err != nil {
		t.Fatal(err)
	}
	hub, err := aziothub.NewClientFromConnectionString(connection, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := openWriter(services, azure.NewHub(hub), deviceID)
	return &w
}

// After an ordinary destroy an identity that stays would be somebody else's, so that only one half of a replacement
// leaves it to a create of the same apply. Letter case counts in device IDs.
func TestDestroy_handsOverOnlyToAReplacement(t *testing.T) {
	t.Parallel()
	services := azure.New(azure.Config{})
	kept := identityModel{DeviceID: types.StringValue("pump-1"), OnDestroy: types.StringValue(iotplan.DestroyKeep)}
	w := newTestWriter(t, services, "pump-1")
	if diags := w.destroy(t.Context(), kept, iotplan.Fate{Seen: &iotplan.Seen{}}); diags.HasError() {
		t.Fatal(diags)
	}
	if _, left := azure.Take[handover](&services.Handover, azure.IdentityObject("h.example", "pump-1")); left {
		t.Error("an ordinary destroy hands an identity over")
	}
	w.leave(kept)
	_, other := azure.Take[handover](&services.Handover, azure.IdentityObject("h.example", "PUMP-1"))
	_, same := azure.Take[handover](&services.Handover, azure.IdentityObject("h.example", "pump-1"))
	if other || !same {
		t.Errorf("handed over %v, to a device in other letters %v", same, other)
	}
}
