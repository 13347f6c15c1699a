// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"
	"github.com/zclconf/go-cty/cty"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// query is a file of list blocks, as Terraform 1.14 and later read it.
type query struct {
	Lists []listBlock `hcl:"list,block"`
}

type listBlock struct {
	Type            string         `hcl:"type,label"`
	Name            string         `hcl:"name,label"`
	Provider        hcl.Expression `hcl:"provider"`
	IncludeResource bool           `hcl:"include_resource,optional"`
	Limit           int64          `hcl:"limit,optional"`
	Config          *listConfig    `hcl:"config,block"`
}

type listConfig struct {
	Attributes hcl.Attributes `hcl:",remain"`
}

func (b listBlock) listing(t *testing.T) acctest.Listing {
	t.Helper()
	asked := acctest.Listing{Type: b.Type, Limit: b.Limit, IncludeResource: b.IncludeResource, Config: map[string]any{}}
	if provider := hcl.ExprAsKeyword(b.Provider); provider != "azureiot" {
		t.Errorf("%s is asked of the provider %q", b.Name, provider)
	}
	if b.Config == nil {
		return asked
	}
	for name, attribute := range b.Config.Attributes {
		value, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		asked.Config[name] = plainValue(t, value)
	}
	return asked
}

func plainValue(t *testing.T, value cty.Value) any {
	t.Helper()
	switch {
	case value.Type() == cty.String:
		return value.AsString()
	case value.Type() == cty.Number:
		number, _ := value.AsBigFloat().Int64()
		return number
	case value.Type().IsObjectType():
		members := map[string]any{}
		for name, member := range value.AsValueMap() {
			members[name] = plainValue(t, member)
		}
		return members
	}
	t.Fatalf("no argument of a list block is a %s", value.Type().FriendlyName())
	return nil
}

// Terraform on PATH may be older than list blocks: every example of one is read here and asked at protocol level. It
// finds something, and what it finds is imported and plans nothing.
func TestListExamples_findWhatCanBeImported(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "list-resources", "*", "*.tfquery.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no example of a query: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			var read query
			if err := hclsimple.DecodeFile(file, nil, &read); err != nil {
				t.Fatal(err)
			}
			w := queried(t)
			for _, block := range read.Lists {
				if block.Type != filepath.Base(filepath.Dir(file)) {
					t.Errorf("%s is of another type than its page: %s", block.Name, block.Type)
				}
				findAndImport(t, w, block.listing(t))
			}
		})
	}
}

func findAndImport(t *testing.T, w *acctest.World, asked acctest.Listing) {
	t.Helper()
	found := w.MustList(asked)
	if len(found) == 0 {
		t.Errorf("%v: nothing is found", asked)
	}
	for _, one := range found {
		if !asked.IncludeResource {
			continue
		}
		o := w.NewObject(asked.Type)
		_, planned := o.ImportListed(one)
		if planned.MustSucceed(t); o.Changes(planned) {
			t.Errorf("%s: the plan should be empty: %s", one.Name, planned.Planned)
		}
	}
}

// queried has one of each kind of thing that the examples look for.
func queried(t *testing.T) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	keys := acctest.Keyed()
	disabled, custom := azdps.StatusDisabled, azdps.AllocationCustom
	now := w.Clock.Now()
	ending, err := w.Intermediate.Device("sensor-2", devicesim.Valid(now.AddDate(-1, 0, 0), now.AddDate(0, 0, 7)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []azdps.IndividualEnrollment{
		{RegistrationID: "sensor-1", Enrollment: azdps.Enrollment{Attestation: keys, ProvisioningStatus: &disabled}},
		{RegistrationID: "sensor-2", Enrollment: azdps.Enrollment{
			AllocationPolicy: &custom,
			CustomAllocationDefinition: &azdps.CustomAllocationDefinition{
				WebhookURL: "https://fn.example/api", APIVersion: "2021-10-01",
			},
			Attestation: azdps.Attestation{Type: azdps.AttestationX509, X509: &azdps.X509{
				ClientCertificates: &azdps.CertificateSlots{Primary: &azdps.Certificate{Certificate: ending.PEM()}},
			}},
		}},
	} {
		if _, err := w.DPS.PutIndividualEnrollment(w.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	keyed := azdps.EnrollmentGroup{EnrollmentGroupID: "keyed", Enrollment: azdps.Enrollment{Attestation: keys}}
	if _, err := w.DPS.PutEnrollmentGroup(w.Context(), keyed, nil); err != nil {
		t.Fatal(err)
	}
	w.AddGroup("gateways", w.Intermediate)
	w.SetGroup("gateways", func(g *azdps.EnrollmentGroup) {
		g.Capabilities = &azdps.Capabilities{IoTEdge: true}
		g.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"location":{"plant":"Thale"}}`)}
	})
	w.NewDevice("gateway-1").MustRegister()
	w.AddIdentity("hub1", "sensor-1", func(d *aziothub.Device) { d.Status = aziothub.StatusDisabled })
	return w
}
