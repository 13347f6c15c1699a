// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// A twin's answer costs a sixtieth of an identity's: the identity is asked for only when the twin says that it has
// moved.
func TestRefresh_asksForTheIdentityOnlyWhenItHasMoved(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	for _, test := range []struct {
		change func()
		calls  string
	}{
		{func() {}, "TWIN"},
		{func() { p.change(func(d *aziothub.Device) { d.StatusReason = new("seen") }) }, "TWIN GET"},
		{func() {}, "TWIN"},
		{func() { p.raw().call(http.MethodPatch, "/twins/"+deviceID, `{"tags":{"hall":"B"}}`, `"*"`) }, "TWIN"},
		{func() { p.Import(deviceID).MustSucceed(p.T) }, "TWIN"},
		{func() { p.remake() }, "TWIN GET"},
		{func() { p.remove() }, "TWIN GET"},
	} {
		test.change()
		p.Emulator.ClearJournal()
		p.Refresh().MustSucceed(p.T)
		if calls := p.calls(); calls != test.calls {
			t.Errorf("a refresh takes %q, not %q", calls, test.calls)
		}
	}
	if !p.State.IsNull() {
		t.Error("an identity that is gone stays in the state")
	}
}

// A principal that may not read twins pays for one try in each operation; a hub that cannot answer is asked for the
// identity.
func TestRefresh_doesWithoutTwinsWhereTheyMayNotBeRead(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	registry, _ := p.Emulator.Hub("north").ConnectionStringFor("registryReadWrite")
	p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", registry)
	p.Reconfigure()
	p.MustApplyAndStay(p.config(nil))
	p.Reconfigure()
	p.Emulator.ClearJournal()
	for range 3 {
		p.Refresh().MustSucceed(p.T)
	}
	if calls := p.calls(); calls != "TWIN GET GET GET" {
		t.Errorf("three refreshes take %q", calls)
	}
	p.Reconfigure()
	p.SetIdentityStatus("north", deviceID, "disabled")
	p.Refresh().MustSucceed(p.T)
	if p.Attribute("status") != "disabled" {
		t.Error("a change is not seen")
	}
}

// A 404 that is not in the hub's own words is a proxy's: believing it would have the next apply make the identity anew.
func TestRefresh_keepsTheIdentityWhenA404IsNotTheHubs(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(nil)
	p.MustApplyAndStay(config)
	for name, body := range map[string]string{
		"nothing": "", "a page": "<html>no such page</html>", "foreign JSON": `{"error":"no route"}`,
	} {
		p.fault(faults{status: 404, body: body})
		p.fault(faults{twin: true, status: 404, body: body})
		p.Refresh().MustFail(p.T, "Cannot read device identity", "404 Not Found", "does a proxy")
		p.Emulator.ClearFaults()
		if p.State.IsNull() {
			t.Fatalf("the identity leaves the state for %s", name)
		}
	}
	p.MustStay(config)
}

func TestRefresh_asksForTheIdentityWhenTwinsFail(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404, 500, 501} {
		p := newPlant(t)
		p.MustApplyAndStay(p.config(nil))
		p.SetIdentityStatus("north", deviceID, "disabled")
		p.fault(faults{twin: true, status: status})
		if step := p.Refresh(); step.Failed() || p.Attribute("status") != "disabled" {
			t.Errorf("a twin answered with %d: %s is read, %s", status, p.Attribute("status"), step.Errors())
		}
	}
}

// What changes by itself is no part of the state: a device that connects and sends is no drift.
func TestRefresh_ofABusyDeviceFindsNoDrift(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	registry, _ := p.Emulator.Hub("north").ConnectionStringFor("registryReadWrite")
	for _, connection := range []string{p.Emulator.Hub("north").ConnectionString(), registry} {
		p.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", connection)
		p.Reconfigure()
		p.Forget()
		if p.Identity("north", deviceID) != nil {
			p.Import(deviceID).MustSucceed(p.T)
		}
		config := p.config(attributes{"authentication": authentication("sas", nil)})
		p.MustApplyAndStay(config)
		private := string(p.Private)
		p.mustAccept(p.storedKeys())
		p.raw().call(http.MethodPatch, "/twins/"+deviceID, `{"properties":{"desired":{"interval":5}}}`, `"*"`)
		p.MustStay(config)
		if string(p.Private) != private {
			t.Error("private state changes with a device that is busy")
		}
	}
}

func TestRefresh_noticesAnotherGeneration(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(attributes{"authentication": keys(key1, key2, 1)})
	p.MustApplyAndStay(config)
	before := p.Attribute("generation_id")
	p.remake()
	acctest.MustSay(t, p.Refresh().MustSucceed(p.T).Warnings(), "was made anew", `"pump-1" in `+p.Hostname("north"))
	if p.Attribute("generation_id") == before {
		t.Error("the generation is the same")
	}
	// The keys of configuration are not those of the new identity: they are sent again.
	planned := p.MustApplyAndStay(config)
	acctest.MustSay(t, planned.Warnings(), "Device keys are replaced")
	primary, _ := p.storedKeys()
	p.mustAccept(primary)
	if got := p.identity().Authentication.SymmetricKey; *got.PrimaryKey != key1 || *got.SecondaryKey != key2 {
		t.Error("the keys are not those of configuration")
	}
}

func TestRefresh_ofWhatIsGoneForgetsItWithAWarning(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	p.remove()
	acctest.MustSay(t, p.Refresh().MustSucceed(p.T).Warnings(),
		"Device identity is gone", `"pump-1" was deleted from `+p.Hostname("north"))
	p.MustApplyAndStay(p.config(nil))
}

// While the provider block is not known, nothing is asked and nothing is forgotten.
func TestRefresh_waitsForTheProviderBlock(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	state := p.State
	p.SetProviderBlock(map[string]any{"iothub_hostname": acctest.Unknown{}, "ca_certificate_file": p.Getenv(
		"AZUREIOT_CA_CERTIFICATE_FILE")})
	p.Reconfigure()
	p.Emulator.ClearJournal()
	acctest.MustSay(t, p.Refresh().MustSucceed(p.T).Warnings(), "Not refreshed")
	planned := p.Plan(p.config(nil)).MustSucceed(p.T)
	if p.calls() != "" || !p.State.Equal(state) || p.Changes(planned) {
		t.Errorf("after %q it is planned as %s", p.calls(), planned.Planned)
	}
	created := p.PlanReplacement(p.config(nil)).MustSucceed(p.T)
	if got := acctest.Text(created.Planned, "iothub_hostname"); got != "unknown" {
		t.Errorf("the hub of a new identity is planned to be %s", got)
	}
	if p.calls() != "" || strings.Contains(created.Warnings(), "refreshed") {
		t.Errorf("a create is planned with %q, %s", p.calls(), created.Warnings())
	}
}
