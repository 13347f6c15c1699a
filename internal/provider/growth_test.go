// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// BenchmarkUnchanged_ofAFleet reads and plans fleets of individual enrollments in which nothing has changed. What an
// object costs does not depend on how many there are. It does so without Terraform, which tools/bench measures.
func BenchmarkUnchanged_ofAFleet(b *testing.B) {
	for _, n := range []int{1_000, 4_000, 16_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := acctest.NewWorld(b, acctest.Emulate(func(o *emulator.Options) { o.Observe = nil }))
			reads, plans := requestsOf(b, w, n)
			server := tfserver.Factory(provider.New("test", provider.Options{Getenv: w.Getenv}))()
			schemas, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
			must(b, err)
			block := encoded(b, acctest.Value(b, schemas.Provider.ValueType(), map[string]any{}))
			var before, after runtime.MemStats
			for b.Loop() {
				_, err := server.ConfigureProvider(b.Context(), &tfprotov6.ConfigureProviderRequest{Config: block})
				must(b, err)
				runtime.ReadMemStats(&before)
				for i := range reads {
					read, err := server.ReadResource(b.Context(), reads[i])
					must(b, err)
					planned, err := server.PlanResourceChange(b.Context(), plans[i])
					must(b, err)
					if len(read.Diagnostics)+len(planned.Diagnostics) > 0 {
						b.Fatalf("said is %v %v", read.Diagnostics, planned.Diagnostics)
					}
				}
				runtime.ReadMemStats(&after)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(n), "allocs/object")
			b.ReportMetric(float64(len(w.Emulator.Journal()))/float64(b.N*n), "calls/object")
		})
	}
}

// requestsOf are what Terraform asks about n entries, one of which is made by the provider and the others by its model.
func requestsOf(
	b *testing.B, w *acctest.World, n int,
) (reads []*tfprotov6.ReadResourceRequest, plans []*tfprotov6.PlanResourceChangeRequest) {
	b.Helper()
	const typeName = "azureiot_dps_individual_enrollment"
	object := w.NewObject(typeName)
	config := func(id string) tftypes.Value {
		return object.Config(map[string]any{
			"registration_id": id, "attestation": map[string]any{"symmetric_key": map[string]any{}},
			"initial_twin": map[string]any{"tags": `{"plant":"Thale"}`},
		})
	}
	if step := object.Apply(object.Plan(config("model"))); step.Failed() {
		b.Fatal(step.Errors())
	}
	model := w.Entry("model")
	for i := range n {
		id := fmt.Sprintf("device-%05d", i)
		e := *model
		e.RegistrationID, e.ETag = id, ""
		e.Attestation.SymmetricKey = &azdps.SymmetricKey{}
		made, err := w.DPS.PutIndividualEnrollment(b.Context(), e, nil)
		must(b, err)
		value, err := json.Marshal(map[string]any{"version": 1, "value": map[string]any{"etag": made.ETag}})
		must(b, err)
		private, err := json.Marshal(map[string][]byte{"entry": value})
		must(b, err)
		attributes := acctest.Attributes(object.State)
		attributes["registration_id"] = tftypes.NewValue(tftypes.String, id)
		state := encoded(b, tftypes.NewValue(object.State.Type(), attributes))
		reads = append(reads, &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: state, Private: private})
		plans = append(plans, &tfprotov6.PlanResourceChangeRequest{
			TypeName: typeName, PriorState: state, ProposedNewState: state, PriorPrivate: private,
			Config: encoded(b, config(id)),
		})
	}
	w.Emulator.ClearJournal()
	return reads, plans
}

func encoded(b *testing.B, value tftypes.Value) *tfprotov6.DynamicValue {
	b.Helper()
	made, err := tfprotov6.NewDynamicValue(value.Type(), value)
	must(b, err)
	return &made
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
