// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// Terraform on PATH may be older than list blocks: these tests speak its protocol, as "terraform query" does.

// made makes entries that no state knows, in this order.
func (b bench) made(configs ...attributes) {
	b.T.Helper()
	for _, config := range configs {
		b.MustApply(b.Config(config))
		b.Forget()
	}
}

// kindsOfIndividuals are entries with all that an entry may have.
func (b bench) kindsOfIndividuals() []attributes {
	b.T.Helper()
	return []attributes{
		with(individualX509("certified", b.deviceCertificate("certified").PEM()), attributes{
			"device_id": "one", "allocation_policy": "static", "iothub_hostnames": []string{b.Hostname("hub1")},
			"initial_twin":                attributes{"tags": `{"a":1}`, "desired_properties": `{"b":[1,2]}`},
			"optional_device_information": `{"c":3}`, "edge_enabled": true,
			"reprovision_policy": attributes{"update_hub_assignment": false, "migrate_device_data": false},
		}),
		with(individualKey("keyed", attributes{}), attributes{"provisioning_status": "disabled"}),
		{"registration_id": "chip", "allocation_policy": "hashed", "attestation": attributes{
			"tpm": attributes{"endorsement_key": base64Of(300), "storage_root_key": base64Of(20)},
		}},
	}
}

// caOf gives the instance the CA certificate root-ca, and pages of two entries.
func caOf(t *testing.T) acctest.Option {
	t.Helper()
	root, err := devicesim.NewAuthority("Plant Thale")
	must(t, err)
	return acctest.Emulate(func(o *emulator.Options) {
		o.CACertificates = map[string][]byte{"root-ca": []byte(root.PEM())}
		smallPages(o)
	})
}

// kindsOfGroups are groups by a certificate, by names of CA certificates, and with keys.
func (b bench) kindsOfGroups() []attributes {
	b.T.Helper()
	return []attributes{
		groupX509("certified", b.Intermediate.PEM()),
		{"enrollment_group_id": "named", "attestation": attributes{
			"x509": attributes{"ca_references": attributes{"primary": "root-ca"}},
		}},
		with(groupKey("keyed", attributes{}), attributes{"provisioning_status": "disabled", "edge_enabled": true}),
	}
}

func TestList_ofEntriesIsImportedAndPlansNothing(t *testing.T) {
	t.Parallel()
	for typeName, kinds := range map[string]func(bench) []attributes{
		individualType: bench.kindsOfIndividuals, groupType: bench.kindsOfGroups,
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName, caOf(t))
			b.made(kinds(b)...)
			found := b.MustList(acctest.Listing{Type: typeName, IncludeResource: true})
			if len(found) != 3 {
				t.Fatalf("three should be found, not %q", acctest.Names(found))
			}
			for _, one := range found {
				config, planned := b.ImportListed(one)
				planned.MustSucceed(t)
				if b.Changes(planned) {
					t.Errorf("%s: the plan should be empty:\nstate   %s\nplanned %s", one.Name, b.State, planned.Planned)
				}
				acctest.MustRead(t, config, map[string]string{"provisioning_status": "null"})
				acctest.MustRead(t, one.Identity, map[string]string{"dps_hostname": b.Emulator.DPSHostname()})
			}
		})
	}
}

// What operations disable after the import stays disabled: nothing that was generated says otherwise.
func TestList_leavesTheStatusToOperations(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.made(individualKey("keyed", attributes{}))
	config, planned := b.ImportListed(b.MustList(acctest.Listing{Type: individualType, IncludeResource: true})[0])
	planned.MustSucceed(t)
	b.SetEntryStatus("keyed", azdps.StatusDisabled)
	b.MustSettle(config)
	b.MustHaveEntry("keyed", azdps.StatusDisabled)
}

// The address of a webhook has a key: it is not told, and what is generated leaves it out, so that it stays.
func TestList_keepsTheWebhooksAddress(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := with(individualKey("custom", attributes{}), attributes{
		"allocation_policy": "custom",
		"custom_allocation": webhook("https://fn.example/api?code=secret-of-the-function", "2021-10-01"),
	})
	b.made(config)
	found := b.MustList(acctest.Listing{Type: individualType, IncludeResource: true})
	acctest.MustNotSay(t, found[0].Resource.String(), "fn.example")
	acctest.MustRead(t, found[0].Resource, map[string]string{"custom_allocation.api_version": "2021-10-01"})
	generated, planned := b.ImportListed(found[0])
	planned.MustSucceed(t)
	b.MustSettle(generated)
	if planned := b.MustPlan(b.Config(config)); b.Changes(planned) {
		t.Errorf("with the address the plan should be empty: %s", planned.Planned)
	}
}

func TestList_filtersEntriesAndStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType, acctest.Emulate(smallPages))
	b.made(b.kindsOfIndividuals()...)
	b.made(individualKey("last", attributes{}))
	for _, test := range []struct {
		given attributes
		limit int64
		want  string
		pages int
	}{
		{attributes{}, 0, "certified keyed chip last", 2},
		{attributes{}, 1, "certified", 1},
		{attributes{}, 2, "certified keyed", 1},
		{attributes{}, 3, "certified keyed chip", 2},
		{attributes{"provisioning_status": "disabled"}, 0, "keyed", 2},
		{attributes{"attestation": "symmetricKey"}, 1, "keyed", 1},
		{attributes{"attestation": "tpm"}, 2, "chip", 2},
		{attributes{"allocation_policy": "hashed"}, 0, "chip", 2},
		{attributes{"allocation_policy": "geoLatency"}, 0, "", 2},
		{attributes{"iothub_hostname": b.Hostname("hub1")}, 0, "certified", 2},
		{attributes{"device_id": "one"}, 0, "certified", 2},
		{attributes{"certificate_expires_within_days": 365 * 200}, 0, "certified", 2},
		{attributes{"dps_hostname": b.Emulator.DPSHostname()}, 1, "certified", 1},
	} {
		b.Emulator.ClearJournal()
		found := b.MustList(acctest.Listing{Type: individualType, Config: test.given, Limit: test.limit})
		if got := acctest.Names(found); got != test.want {
			t.Errorf("%v, at most %d: there should be %q, not %q", test.given, test.limit, test.want, got)
		}
		b.mustCall(slices.Repeat([]string{"POST /enrollments/query"}, test.pages)...)
	}
	_, step := b.List(acctest.Listing{Type: individualType, Config: attributes{"allocation_policy": "nearest"}})
	step.MustFail(t, "allocation_policy")
}

func TestList_filtersGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, caOf(t))
	b.made(b.kindsOfGroups()...)
	for _, test := range []struct {
		given attributes
		limit int64
		want  string
		pages int
	}{
		{attributes{}, 0, "certified named keyed", 2},
		{attributes{}, 2, "certified named", 1},
		{attributes{"provisioning_status": "enabled"}, 0, "certified named", 2},
		{attributes{"attestation": "x509"}, 1, "certified", 1},
	} {
		b.Emulator.ClearJournal()
		found := b.MustList(acctest.Listing{Type: groupType, Config: test.given, Limit: test.limit})
		if got := acctest.Names(found); got != test.want || !found[0].Resource.IsNull() {
			t.Errorf("%v, at most %d: there should be %q without their resources, not %q", test.given, test.limit, test.want,
				got)
		}
		b.mustCall(slices.Repeat([]string{"POST /enrollmentGroups/query"}, test.pages)...)
	}
}

// What the first page told stands when the second one fails, and the error says so.
func TestList_endsWithTheErrorOfAPage(t *testing.T) {
	t.Parallel()
	for typeName, test := range map[string]struct{ path, noun, action string }{
		individualType: {"/enrollments/query", "individual enrollments", "enrollments/read"},
		groupType:      {"/enrollmentGroups/query", "enrollment groups", "enrollmentGroups/read"},
	} {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName, caOf(t))
			if b.isGroup() {
				b.made(b.kindsOfGroups()...)
			} else {
				b.made(b.kindsOfIndividuals()...)
			}
			for skip, want := range []string{"", "certified"} {
				b.Emulator.ClearFaults()
				b.Emulator.AddFault(emulator.Fault{
					Path: regexp.MustCompile(test.path), Status: http.StatusForbidden, Skip: skip,
				})
				found, step := b.List(acctest.Listing{Type: typeName})
				if got := acctest.Names(found); !strings.HasPrefix(got, want) || len(found) != 2*skip {
					t.Errorf("page %d fails: there should be %q, not %q", skip+1, want, got)
				}
				step.MustFail(t, "Cannot list "+test.noun, b.Emulator.DPSHostname(), "403", "tracking ID",
					"Microsoft.Devices/provisioningServices/"+test.action)
			}
		})
	}
}

func TestList_needsAnInstance(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.Setenv("AZUREIOT_DPS_CONNECTION_STRING", "")
	_, step := b.List(acctest.Listing{Type: groupType})
	step.MustFail(t, "No DPS instance is configured")
}
