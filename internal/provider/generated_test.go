// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// What operations disabled is imported with configuration that Terraform generates: no status is in it, it plans
// nothing, and it plans nothing either when somebody has enabled the object since.
func TestGeneratedConfiguration_takesNoStatusInHand(t *testing.T) {
	t.Parallel()
	for typeName, status := range map[string]string{
		"azureiot_dps_individual_enrollment": "provisioning_status",
		"azureiot_dps_enrollment_group":      "provisioning_status",
		"azureiot_iothub_device_identity":    "status",
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
			setStatus := disabledObjects(w)
			o := w.NewObject(typeName)
			o.Import("sensor-1").MustSucceed(t)
			config := o.Generate()
			for _, name := range []string{status, "status_reason"} {
				if value, ok := acctest.Attributes(config)[name]; ok && !value.IsNull() {
					t.Errorf("%s is in the configuration: %s", name, value)
				}
			}
			for _, is := range []string{"disabled", "enabled"} {
				setStatus(is)
				o.Refresh()
				planned := o.Plan(config)
				if planned.Failed() || o.Changes(planned) {
					t.Errorf("%s outside, the plan changes %v: %s", is, planned.Planned, planned.Errors())
				}
				if found := acctest.Attributes(planned.Planned)[status]; !found.Equal(tftypes.NewValue(tftypes.String, is)) {
					t.Errorf("planned is %s, not %s", found, is)
				}
			}
		})
	}
}

// disabledObjects makes a disabled entry, group and identity of one name, and returns what sets their status.
func disabledObjects(w *acctest.World) (setStatus func(string)) {
	w.T.Helper()
	disabled, reason := azdps.StatusDisabled, "worn out"
	w.AddKeyedEntry("sensor-1", func(e *azdps.IndividualEnrollment) { e.ProvisioningStatus = &disabled })
	w.AddGroup("sensor-1", w.Intermediate)
	w.AddIdentity("hub1", "sensor-1", func(d *aziothub.Device) { d.Status, d.StatusReason = disabled, &reason })
	return func(status string) {
		w.SetEntryStatus("sensor-1", status)
		w.SetGroup("sensor-1", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &status })
		w.SetIdentityStatus("hub1", "sensor-1", status)
	}
}

func TestGeneratedConfiguration_isAnnounced(t *testing.T) {
	t.Parallel()
	server, err := acctest.NewWorld(t).Server()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || !schema.ServerCapabilities.GenerateResourceConfig {
		t.Errorf("Terraform is not told to ask: %v", err)
	}
	metadata, err := server.GetMetadata(t.Context(), &tfprotov6.GetMetadataRequest{})
	if err != nil || !metadata.ServerCapabilities.GenerateResourceConfig {
		t.Errorf("Terraform is not told to ask: %v", err)
	}
}
