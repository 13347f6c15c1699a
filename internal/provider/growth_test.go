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
			f := newUnchanged(b, n)
			var each cost
			for b.Loop() {
				each = f.walk(b)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
			b.ReportMetric(each.allocations, "allocs/object")
			b.ReportMetric(each.bytes, "B/object")
			b.ReportMetric(each.calls, "calls/object")
		})
	}
}

// Four times the objects take four times the work: calls, and what is allocated.
//
//nolint:paralleltest // It counts what this process allocates.
func TestUnchanged_costsAsMuchForEachObjectOfALargeFleet(t *testing.T) {
	few, many := newUnchanged(t, 1_000).walk(t), newUnchanged(t, 4_000).walk(t)
	t.Logf("each of 1,000 costs %+v, each of 4,000 %+v", few, many)
	if many.allocations > few.allocations*105/100 || many.bytes > few.bytes*105/100 || many.calls > few.calls {
		t.Errorf("each of 1,000 costs %+v, and each of 4,000 should not cost more than %+v", few, many)
	}
}

// cost is what an object costs.
type cost struct{ allocations, bytes, calls float64 }

// unchanged is a fleet in which nothing has changed, with what Terraform asks about it.
type unchanged struct {
	world  *acctest.World
	server tfprotov6.ProviderServer
	block  *tfprotov6.DynamicValue
	reads  []*tfprotov6.ReadResourceRequest
	plans  []*tfprotov6.PlanResourceChangeRequest
}

func newUnchanged(tb testing.TB, n int) unchanged {
	tb.Helper()
	w := acctest.NewWorld(tb, acctest.Emulate(func(o *emulator.Options) { o.Observe = nil }))
	f := unchanged{world: w, server: tfserver.Factory(provider.New("test", provider.Options{Getenv: w.Getenv}))()}
	f.reads, f.plans = requestsOf(tb, w, n)
	schemas, err := f.server.GetProviderSchema(tb.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(tb, err)
	f.block = encoded(tb, acctest.Value(tb, schemas.Provider.ValueType(), map[string]any{}))
	return f
}

// walk reads and plans all objects, as a plan of Terraform does.
func (f unchanged) walk(tb testing.TB) cost {
	tb.Helper()
	_, err := f.server.ConfigureProvider(tb.Context(), &tfprotov6.ConfigureProviderRequest{Config: f.block})
	must(tb, err)
	f.world.Emulator.ClearJournal()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range f.reads {
		read, err := f.server.ReadResource(tb.Context(), f.reads[i])
		must(tb, err)
		planned, err := f.server.PlanResourceChange(tb.Context(), f.plans[i])
		must(tb, err)
		if len(read.Diagnostics)+len(planned.Diagnostics) > 0 {
			tb.Fatalf("said is %v %v", read.Diagnostics, planned.Diagnostics)
		}
	}
	runtime.ReadMemStats(&after)
	each := float64(len(f.reads))
	return cost{
		allocations: float64(after.Mallocs-before.Mallocs) / each, bytes: float64(after.TotalAlloc-before.TotalAlloc) / each,
		calls: float64(len(f.world.Emulator.Journal())) / each,
	}
}

// requestsOf are what Terraform asks about n entries, one of which is made by the provider and the others by its model.
func requestsOf(
	tb testing.TB, w *acctest.World, n int,
) (reads []*tfprotov6.ReadResourceRequest, plans []*tfprotov6.PlanResourceChangeRequest) {
	tb.Helper()
	const typeName = "azureiot_dps_individual_enrollment"
	object := w.NewObject(typeName)
	config := func(id string) tftypes.Value {
		return object.Config(map[string]any{
			"registration_id": id, "attestation": map[string]any{"symmetric_key": map[string]any{}},
			"initial_twin": map[string]any{"tags": `{"plant":"Thale"}`},
		})
	}
	object.Apply(object.Plan(config("model"))).MustSucceed(tb)
	model := w.Entry("model")
	for i := range n {
		id := fmt.Sprintf("device-%05d", i)
		e := *model
		e.RegistrationID, e.ETag = id, ""
		e.Attestation.SymmetricKey = &azdps.SymmetricKey{}
		made, err := w.DPS.PutIndividualEnrollment(tb.Context(), e, nil)
		must(tb, err)
		value, err := json.Marshal(map[string]any{"version": 1, "value": map[string]any{"etag": made.ETag}})
		must(tb, err)
		private, err := json.Marshal(map[string][]byte{"entry": value})
		must(tb, err)
		attributes := acctest.Attributes(object.State)
		attributes["registration_id"] = tftypes.NewValue(tftypes.String, id)
		state := encoded(tb, tftypes.NewValue(object.State.Type(), attributes))
		reads = append(reads, &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: state, Private: private})
		plans = append(plans, &tfprotov6.PlanResourceChangeRequest{
			TypeName: typeName, PriorState: state, ProposedNewState: state, PriorPrivate: private,
			Config: encoded(tb, config(id)),
		})
	}
	w.Emulator.ClearJournal()
	return reads, plans
}

func encoded(tb testing.TB, value tftypes.Value) *tfprotov6.DynamicValue {
	tb.Helper()
	made, err := tfprotov6.NewDynamicValue(value.Type(), value)
	must(tb, err)
	return &made
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
