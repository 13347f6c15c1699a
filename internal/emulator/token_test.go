// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

const (
	dpsScope = "https://azure-devices-provisioning.net/.default"
	hubScope = "https://iothubs.azure.net/.default"
)

func authorityHost(w *world.World) string {
	return strings.Trim(strings.TrimPrefix(w.AuthorityURL(), "https://"), "/")
}

func askForToken(w *world.World, form url.Values) world.Result {
	w.T.Helper()
	return w.Do(world.Call{
		Host: authorityHost(w), Method: "POST", Path: "/tenant/oauth2/v2.0/token", Body: form.Encode(), NoVersion: true,
		Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
	})
}

func clientSecret(id, secret, scope string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {scope},
	}
}

func bearer(w *world.World, id, secret, scope string) string {
	w.T.Helper()
	r := askForToken(w, clientSecret(id, secret, scope))
	world.WantStatus(w.T, r, 200)
	o := r.Object(w.T)
	if o["token_type"] != "Bearer" || o["expires_in"] != 3600.0 {
		w.T.Errorf("token answer %s", r.Body)
	}
	token, _ := o["access_token"].(string)
	return "Bearer " + token
}

func TestToken_rolesDecideWhatACallerMayDo(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Rewrite("")
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	k := world.EntryKinds()[0]
	calls := []struct{ name, host, method, path, body string }{
		{"read entry", "", "GET", "/enrollments/dev", ""},
		{"write entry", "", "PUT", "/enrollments/x", k.Body("x", "")},
		{"delete entry", "", "DELETE", "/enrollments/x", ""},
		{"keys", "", "POST", "/enrollments/dev/attestationmechanism", ""},
		{"read record", "", "GET", "/registrations/dev", ""},
		{"delete record", "", "DELETE", "/registrations/nobody", ""},
		{"read device", "hub1", "GET", "/devices/dev", ""},
		{"read twin", "hub1", "GET", "/twins/dev", ""},
		{"write twin", "hub1", "PATCH", "/twins/dev", "{}"},
	}
	for role, want := range map[string]string{
		"Owner": "",
		"Device Provisioning Service Data Contributor": "read entry, write entry," +
			" delete entry, keys, read record, delete record",
		"Device Provisioning Service Data Reader": "read entry, read record",
		"IoT Hub Data Contributor":                "read device, read twin, write twin",
		"IoT Hub Data Reader":                     "read device, read twin",
		"IoT Hub Registry Contributor":            "read device",
		"IoT Hub Twin Contributor":                "read twin, write twin",
		"Microsoft.Devices/provisioningServices/attestationmechanism/details/action": "keys",
	} {
		id := url.QueryEscape(role)
		w.AddApplication(id, "s3cret")
		if err := w.GrantRole(id, role); err != nil {
			t.Fatal(err)
		}
		dps, hub := bearer(w, id, "s3cret", dpsScope), bearer(w, id, "s3cret", hubScope)
		var allowed []string
		for _, c := range calls {
			var r world.Result
			if c.host == "" {
				r = w.Service(c.method, c.path, c.body, "Authorization", dps)
			} else {
				r = w.OnHub(c.host, c.method, c.path, c.body, "Authorization", hub)
			}
			if r.Status != 401 {
				allowed = append(allowed, c.name)
			}
		}
		if got := strings.Join(allowed, ", "); got != want {
			t.Errorf("%s may %s, want %s", role, got, want)
		}
	}
}

func TestToken_goodForItsServiceAndTime(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddApplication("app", "s3cret")
	for _, role := range []string{"Device Provisioning Service Data Contributor", "IoT Hub Data Contributor"} {
		if err := w.GrantRole("app", role); err != nil {
			t.Fatal(err)
		}
	}
	dps, hub := bearer(w, "app", "s3cret", dpsScope), bearer(w, "app", "s3cret", hubScope)
	get := func(token string) int { return w.Service("GET", "/enrollments/a", "", "Authorization", token).Status }
	if get(dps) != 404 || get(hub) != 401 || w.OnHub("hub1", "GET", "/devices/a", "", "Authorization", dps).Status != 401 {
		t.Error("a token is good for another service")
	}
	for _, bad := range []string{"Bearer ", "Bearer a.b.c", dps + "x", strings.Replace(dps, ".", ".x", 1)} {
		if got := get(bad); got != 401 {
			t.Errorf("%.20s: status %d", bad, got)
		}
	}
	if other := world.Start(t, emulator.Options{}); other.Service("GET", "/enrollments/a", "", "Authorization",
		dps).Status != 401 {
		t.Error("a token is good for another emulator")
	}
	w.RevokeRoles("app")
	if get(dps) != 401 {
		t.Error("a revoked role still counts")
	}
	if err := w.GrantRole("app", "Device Provisioning Service Data Reader"); err != nil || get(dps) != 404 {
		t.Error("a role granted later does not count")
	}
	w.Clock.Advance(time.Hour)
	if get(dps) != 401 {
		t.Error("an expired token is accepted")
	}
}

func TestToken_missingRoleIs403_whenChosen(t *testing.T) {
	t.Parallel()
	w := world.Start(t, world.Choosing(emulator.DPSChoices{MissingRoleIs403: true}))
	w.AddApplication("app", "s3cret")
	r := w.Service("GET", "/enrollments/a", "", "Authorization", bearer(w, "app", "s3cret", dpsScope))
	world.WantProblem(t, r, 403, 403000)
	read, _ := w.DPSConnectionStringFor("registrationread")
	world.WantProblem(t, w.Service("GET", "/enrollments/a", "", "Authorization", w.Token(read)), 401, 401002)
}

func TestToken_missingRoleAtTheHub_namesThePrincipal(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.AddApplication("app", "s3cret")
	r := w.OnHub("hub1", "GET", "/devices/a", "", "Authorization", bearer(w, "app", "s3cret", hubScope))
	world.WantStatus(t, r, 401)
	if r.Header.Get("iothub-errorcode") != "IotHubUnauthorized" ||
		!strings.Contains(r.Body, "Principal app is not authorized") {
		t.Errorf("answer %s", r.Body)
	}
}

func TestGrantRole_refusesWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	if err := w.GrantRole("app", "King"); err == nil || !strings.Contains(err.Error(), "IoT Hub Data Reader") {
		t.Errorf("error %v", err)
	}
	if err := w.GrantRole("", "Owner"); err == nil {
		t.Error("a role without a principal")
	}
}
