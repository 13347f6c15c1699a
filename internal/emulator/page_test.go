// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestPage_showsTheWorldAndWhatIsAskedOfIt(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	if r := admin(w, "GET", "/", ""); strings.Count(r.Body, "There are none.") != 3 ||
		!strings.Contains(r.Body, "No device has registered.") || !strings.Contains(r.Body, "No device is connected.") ||
		!strings.Contains(r.Body, "Nobody has asked anything.") {
		t.Errorf("an empty world is shown as\n%s", r.Body)
	}
	w.Rewrite(`,"deviceId":"pump-7"`)
	w.PutGroup("plant", world.NewAuthority(t, "root"), "disabled")
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/stolen",
		`{"deviceId":"stolen","status":"disabled","statusReason":"<script>alert(1)</script>"}`), 200)
	r := admin(w, "GET", "/", "")
	for _, want := range []string{
		`<tr><td>dev</td><td>symmetricKey</td><td class="enabled">enabled</td><td>pump-7</td><td>2026-03-04T`,
		`<tr><td>plant</td><td>x509</td><td class="disabled">disabled</td><td>2026-03-04T05:06:07.12Z</td></tr>`,
		`<tr><td>dev</td><td class="assigned">assigned</td><td></td><td>` + w.Hub("hub1").Hostname() + `</td><td>pump-7</td>`,
		`<tr><td>stolen</td><td class="disabled">disabled</td><td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td>sas</td>`,
		`<td class="s2">202</td><td><code>PUT /` + w.IDScope() + `/registrations/dev/register</code></td>`,
		`<meta http-equiv="refresh" content="3">`, w.DPSHostname(),
	} {
		if !strings.Contains(r.Body, want) {
			t.Errorf("the page lacks %s:\n%s", want, r.Body)
		}
	}
	if policy := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("the page may load %q", policy)
	}
	if still := admin(w, "GET", "/?still", ""); still.Status != 200 || strings.Contains(still.Body, "http-equiv") {
		t.Error("a still page loads itself again")
	}
}

func TestPage_holdsNoSecret(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	w.Rewrite("")
	w.SymmetricDevice("dev", world.Key(32)).Admitted()
	page := admin(w, "GET", "/", "").Body
	secrets := []string{world.Key(32), world.Key(48), "SharedAccess", "PRIVATE KEY"}
	for _, p := range append(w.DPSPolicies(), w.Hub("hub1").Policies()...) {
		secrets = append(secrets, p.Keys[0], p.Keys[1])
	}
	for _, secret := range secrets {
		if strings.Contains(page, secret) {
			t.Errorf("%s is on the page", secret)
		}
	}
}

func TestPage_staysShort(t *testing.T) {
	t.Parallel()
	w := withAdmin(t)
	for i := range 201 {
		id := fmt.Sprintf("d%03d", i)
		world.WantStatus(t, w.OnHub("hub1", "PUT", "/devices/"+id, `{"deviceId":"`+id+`"}`), 200)
		world.WantStatus(t, w.Service("PUT", "/enrollments/"+id, world.EntryKinds()[0].Body(id, "")), 200)
	}
	page := admin(w, "GET", "/", "").Body
	for text, want := range map[string]int{
		"<td>d200</td>": 1, "<td>d000</td>": 1, "The latest 200 are shown.": 2, "The first 200 are shown.": 1,
		"<small>201": 2,
	} {
		if got := strings.Count(page, text); got != want {
			t.Errorf("%q is there %d times, want %d", text, got, want)
		}
	}
}
