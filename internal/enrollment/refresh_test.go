// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestAccRefresh_ofManyEntriesReadsPagesAndStillSeesDrift(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t, acctest.Emulate(func(o *emulator.Options) { o.PageSize = 10 }))
	config := func(count int) string {
		return fmt.Sprintf(`resource "azureiot_dps_individual_enrollment" "fleet" {
  count               = %d
  registration_id     = "sensor-${count.index}"
  provisioning_status = "enabled"
  attestation         = { symmetric_key = {} }
}
resource "azureiot_dps_enrollment_group" "plants" {
  count               = 8
  enrollment_group_id = "plant-${count.index}"
  attestation         = { symmetric_key = {} }
}
`, count)
	}
	cli := w.NewCLI(config(30))
	cli.Apply().Must(0)
	calls := func() (gets, queries int) {
		for _, exchange := range w.Emulator.Journal() {
			if exchange.Method == "GET" {
				gets++
			} else {
				queries++
			}
		}
		w.Emulator.ClearJournal()
		return gets, queries
	}
	w.Emulator.ClearJournal()
	cli.Plan().Must(0)
	if gets, queries := calls(); gets > 20 || queries > 5 {
		t.Errorf("38 entries on 4 pages should take some 15 calls, not %d single reads and %d pages", gets, queries)
	}

	w.SetEntryStatus("sensor-7", azdps.StatusDisabled)
	w.SetGroup("plant-3", func(g *azdps.EnrollmentGroup) { g.Capabilities = &azdps.Capabilities{IoTEdge: true} })
	w.DeleteEntry("sensor-20")
	cli.Plan().Must(2).Says(
		"azureiot_dps_individual_enrollment.fleet[7] will be updated in-place", `"disabled" -> "enabled"`,
		"azureiot_dps_individual_enrollment.fleet[20] will be created",
		"azureiot_dps_enrollment_group.plants[3] will be updated in-place", "1 to add, 2 to change, 0 to destroy")
	cli.Apply().Must(0)
	cli.Plan().Must(0)
}

// A 404 that is not in the service's own words is a proxy's: believing it would have the next apply make the entry
// anew.
func TestRefresh_keepsTheEntryWhenA404IsNotTheServices(t *testing.T) {
	t.Parallel()
	for typeName, config := range keyedKinds(attributes{}) {
		b := newBench(t, typeName)
		b.MustApply(b.Config(config))
		for name, body := range map[string]string{
			"nothing": "", "a page": "<html>no such page</html>", "foreign JSON": `{"error":"no route"}`,
		} {
			b.Reconfigure()
			b.Emulator.AddFault(emulator.Fault{
				Method: http.MethodGet, Status: http.StatusNotFound, Body: body,
				Headers: map[string]string{"Content-Type": "text/html"},
			})
			b.Refresh().MustFail(t, "Cannot read", "404 Not Found", "does a proxy")
			b.Emulator.ClearFaults()
			if b.State.IsNull() {
				t.Fatalf("%s: the entry leaves the state for %s", typeName, name)
			}
		}
		b.MustSettle(b.Config(config))
	}
}

// remembered is what private state has of the entry.
func (b bench) remembered() string {
	b.T.Helper()
	var private map[string][]byte
	must(b.T, json.Unmarshal(b.Private, &private))
	return string(private["entry"])
}

func TestMemory_ofAnEntryWhoseEchoDifferedProvesNothing(t *testing.T) {
	t.Parallel()
	b, _ := newManaged(t)
	acctest.MustSay(t, b.remembered(), string(b.Entry("sensor-1").ETag))
	b.Emulator.AddFault(acctest.AnswerJSON(http.MethodPut, "",
		`{"registrationId":"sensor-2","attestation":{"type":"symmetricKey"},"etag":"IjEi","deviceId":"other"}`,
		acctest.Times(1)))
	other := b.beside(individualType)
	other.MustApply(other.Config(individualKey("sensor-2", attributes{})))
	acctest.MustSay(t, other.remembered(), `"etag":""`)
}

func TestMemory_followsEveryReadAndWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	config := groupX509("factory", b.Intermediate.PEM())
	b.AddGroup("factory", b.Intermediate)
	b.MustImport("factory")
	acctest.MustSay(t, b.remembered(), string(b.group("factory").ETag))
	b.MustApply(b.Config(with(config, attributes{"edge_enabled": true})))
	acctest.MustSay(t, b.remembered(), string(b.group("factory").ETag))
	b.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.Capabilities = nil })
	b.MustRefresh()
	acctest.MustSay(t, b.remembered(), string(b.group("factory").ETag))
	b.MustApply(b.Config(with(config, attributes{"on_destroy": "keep"})))
	acctest.MustSay(t, b.remembered(), string(b.group("factory").ETag))
}
