// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// An import followed by the same configuration plans nothing, whatever the identity is like.
func TestImport_thenTheSameConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	scope := p.gateway("A")
	for id, more := range map[string]attributes{
		"bare":      {"authentication": authentication("sas", nil)},
		"disabled":  {"authentication": authentication("sas", nil), "status": "disabled", "status_reason": "why not"},
		"one-print": {"authentication": authentication("selfSigned", attributes{"primary_thumbprint": print1})},
		"two-prints": {"authentication": authentication("selfSigned",
			attributes{"primary_thumbprint": print1, "secondary_thumbprint": print2})},
		"authority": {"authentication": authentication("certificateAuthority", nil)},
		"edge":      {"authentication": authentication("sas", nil), "edge_enabled": true, "parent_scope": scope},
		"leaf":      {"authentication": authentication("sas", nil), "parent_scope": scope},
		"southern":  {"authentication": authentication("sas", nil), "iothub_hostname": p.Hostname("south")},
	} {
		one := plant{World: p.World, Object: p.NewObject(typeName)}
		more["device_id"] = id
		config := one.config(more)
		one.Apply(one.Plan(config).MustSucceed(one.T)).MustSucceed(one.T)
		made, names := one.State, []string{one.Attribute("iothub_hostname") + "/" + id}
		if id != "southern" {
			names = append(names, id)
		}
		for _, name := range names {
			one.Forget()
			one.Import(name).MustSucceed(one.T)
			if !one.State.Equal(made) {
				t.Errorf("%s is imported as\n%s, not\n%s", name, one.State, made)
			}
			one.MustStay(config)
		}
	}
}

// An identity that DPS made is imported, and keeps what DPS decided when configuration says nothing of it.
func TestImport_ofWhatDPSMade(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.AddGroup("factory", p.Intermediate)
	d := p.NewDevice(deviceID)
	hub := "north"
	d.MustRegister()
	if p.Identity("north", deviceID) == nil {
		hub = "south"
	}
	created := p.Plan(p.config(attributes{"iothub_hostname": p.Hostname(hub)})).MustSucceed(p.T)
	p.Apply(created).MustFail(p.T, "exists already", "DPS makes identities", "id = \""+p.Hostname(hub)+"/pump-1\"")
	if !p.State.IsNull() {
		t.Fatal("there is a state all the same")
	}
	p.Import(p.Hostname(hub) + "/" + deviceID).MustSucceed(p.T)
	if got := acctest.At(t, p.State, "authentication.primary_thumbprint"); got != d.Certificate.ThumbprintSHA256() {
		t.Errorf("the thumbprint is %s", got)
	}
	config := p.config(attributes{"iothub_hostname": p.Hostname(hub)})
	p.Emulator.ClearJournal()
	p.Apply(p.Plan(config).MustSucceed(p.T)).MustSucceed(p.T)
	p.MustNotHaveWritten()
	p.MustStay(config)
	if !d.Connects(hub) {
		t.Error("the device cannot connect any more")
	}
}

func TestImport_ofWhatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	other := plant{World: p.World, Object: p.NewObject(typeName)}
	other.Import("PUMP-1").MustFail(other.T, "no device identity \"PUMP-1\"", "Letter case counts")
}

func TestImport_byResourceIdentity(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(attributes{"authentication": authentication("sas", nil)})
	p.MustApplyAndStay(config)
	made := p.State
	for name, names := range map[string]map[string]any{
		"with the host":    {"device_id": deviceID, "iothub_hostname": p.Hostname("north")},
		"without the host": {"device_id": deviceID},
	} {
		p.Forget()
		told, step := p.ImportByIdentity(names)
		step.MustSucceed(p.T)
		acctest.MustRead(t, told, map[string]string{"device_id": deviceID, "iothub_hostname": p.Hostname("north")})
		if !p.State.Equal(made) {
			t.Errorf("%s it is imported as\n%s, not\n%s", name, p.State, made)
		}
		p.MustStay(config)
	}
	_, step := p.ImportByIdentity(map[string]any{"device_id": "a/b"})
	step.MustFail(p.T, "Invalid import ID")
}

func TestImport_badIDsAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for id, want := range map[string]string{
		"":                            "empty",
		"/pump-1":                     "begins with a slash",
		p.Hostname("north") + "/":     "empty",
		p.Hostname("north") + "/a/b":  "does not allow",
		"https://h.example/pump-1":    "does not allow",
		"h_h/pump-1":                  "not a host name",
		p.Hostname("north") + "/..":   "cannot be addressed",
		p.Hostname("north") + "/pömp": "does not allow",
	} {
		p.Import(id).MustFail(p.T, want)
	}
	p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	p.Reconfigure()
	p.Import(deviceID).MustFail(p.T, "No IoT hub is configured")
}

// Every character that a device ID may have works in paths, plans and imports; letter case tells two devices apart.
func TestDeviceID_everyLegalCharacterWorks(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	for _, id := range []string{
		"a#b?c%d+e", "'(x)=@;$:*", "%2F", "%25", "..a", "a..", "...", "-", "Pump", "pump", "!,._-:", "a%20b",
		"##", "??", "++", "x=y;z=w", "$edgeAgent",
	} {
		one := plant{World: p.World, Object: p.NewObject(typeName)}
		config := one.config(attributes{"device_id": id, "status_reason": "for " + id})
		one.Apply(one.Plan(config).MustSucceed(one.T)).MustSucceed(one.T)
		one.MustStay(config)
		if found := p.Identity("north", id); found == nil || *found.StatusReason != "for "+id {
			t.Fatalf("%s is not in the hub: %v", id, found)
		}
		one.Apply(one.Plan(one.config(attributes{"device_id": id,
			"edge_enabled": true})).MustSucceed(one.T)).MustSucceed(one.T)
		one.Forget()
		one.Import(p.Hostname("north") + "/" + id).MustSucceed(one.T)
		one.Apply(one.Plan(one.Nothing()).MustSucceed(one.T)).MustSucceed(one.T)
		if id != "Pump" && p.Identity("north", id) != nil {
			t.Errorf("%s is still in the hub", id)
		}
	}
}

func TestDeviceID_whatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	long := make([]byte, 129)
	for i := range long {
		long[i] = 'a'
	}
	for _, id := range []string{"", ".", "..", "a/b", "a b", "ä", "a\\b", string(long)} {
		if step := p.Validate(p.config(attributes{"device_id": id})); !step.FailsOn("device_id") {
			t.Errorf("%q: %s", id, step.Errors())
		}
	}
	if step := p.Validate(p.config(attributes{
		"device_id": acctest.Unknown{},
	})); step.Failed() {
		t.Error(step.Errors())
	}
}

func TestIdentity_isManagedInSeveralHubs(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	other := plant{World: p.World, Object: p.NewObject(typeName)}
	north, south := p.config(nil), other.config(attributes{"iothub_hostname": p.Hostname("south"), "status": "disabled"})
	p.MustApplyAndStay(north)
	other.MustApplyAndStay(south)
	if p.IdentityStatus("north", deviceID) != "enabled" || p.IdentityStatus("south", deviceID) != "disabled" {
		t.Error("the hubs are mixed up")
	}
	// When the provider block turns to another hub, the identity is replaced there, and the plan says so.
	p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", p.Hostname("south"))
	p.Reconfigure()
	p.Refresh().MustSucceed(p.T)
	planned := p.Plan(north).MustSucceed(p.T)
	if len(planned.Replaces) != 1 || acctest.Text(planned.Planned, "iothub_hostname") != p.Hostname("south") {
		t.Errorf("replaced because of %v by %s", planned.Replaces, planned.Planned)
	}
}

func TestCreate_withoutAHubSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.Setenv("AZUREIOT_IOTHUB_HOSTNAME", "")
	p.Reconfigure()
	step := p.Plan(p.config(nil))
	step.MustFail(p.T, "No IoT hub is configured", "AZUREIOT_IOTHUB_HOSTNAME")
	if !step.FailsOn("iothub_hostname") {
		t.Error("the error is on another attribute")
	}
}
