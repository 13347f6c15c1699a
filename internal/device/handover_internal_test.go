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
	return &writer{services: services, hub: hub, deviceID: deviceID}
}

// Only one half of a replacement leaves its identity to a create of the same apply: after an ordinary destroy it would
// be somebody else's.
func TestDestroy_handsOverOnlyToAReplacement(t *testing.T) {
	t.Parallel()
	for _, replaced := range []bool{true, false} {
		services := azure.New(azure.Config{})
		kept := importedModel("h.example", "pump-1")
		kept.OnDestroy = types.StringValue(iotplan.DestroyKeep)
		if diags := newTestWriter(t, services, "pump-1").destroy(t.Context(), kept, memory{}, replaced); diags.HasError() {
			t.Fatal(diags)
		}
		_, other := services.Handover.Take(handoverKind, "h.example", handoverID("PUMP-1"))
		_, same := services.Handover.Take(handoverKind, "h.example", handoverID("pump-1"))
		if other || same != replaced {
			t.Errorf("replaced %v: handed over %v, to a device in other letters %v", replaced, same, other)
		}
	}
}
