// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// silentLine leads to a device that takes everything and answers nothing.
type silentLine struct{ asked chan string }

func (silentLine) Desired([]byte, int64)        {}
func (silentLine) Message(Message, func()) bool { return true }
func (silentLine) HangUp()                      {}

func (l silentLine) Invoke(id, _ string, _ []byte) bool {
	l.asked <- id
	return true
}

// join connects a device with its own key.
func (h *testHub) join(id, key string, line Line) {
	h.t.Helper()
	r := newRequest(http.MethodConnect, "/", "")
	r.URL.Path, r.URL.RawQuery = "/devices/"+id, "api-version=2021-04-12"
	r.Header.Set("Authorization", deviceToken("localhost:8443/devices/"+id, key, "", testBirth().Add(time.Hour)))
	answer := httptest.NewRecorder()
	h.Session().ServeHTTP(answer, r.WithContext(WithLine(r.Context(), line)))
	if answer.Code != http.StatusNoContent {
		h.t.Fatalf("CONNECT is %d: %s", answer.Code, answer.Body)
	}
}

// What was proved must still be so when the device is let in: its keys may have changed, or itself, meanwhile.
func TestConnect_letsNobodyIn_whoseCredentialChangedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(h *testHub){
		"other keys": func(h *testHub) { h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1"}`).want(200) },
		"another device": func(h *testHub) {
			h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204)
			h.createMinimal("dev1")
		},
		"disabled": func(h *testHub) {
			h.send(http.MethodPut, "/devices/dev1", "*", `{"deviceId":"dev1","status":"disabled"}`).want(200)
		},
		"deleted": func(h *testHub) { h.send(http.MethodDelete, "/devices/dev1", "*", "").want(204) },
	} {
		h := newTestHub(t, Choices{})
		key := h.createMinimal("dev1").field("authentication", "symmetricKey", "primaryKey")
		token := deviceToken("localhost:8443/devices/dev1", key, "", testBirth().Add(time.Hour))
		changed := false
		h.now = func() time.Time { // The hub looks at the clock when it has found the device, and compares its keys.
			if !changed {
				changed = true
				change(h)
			}
			return h.clock.Now()
		}
		h.connectAs("dev1", token).want(401)
		if !changed {
			t.Errorf("%s: nothing has changed", name)
		}
	}
}

func TestInvoke_waitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	a := h.createMinimal("dev1")
	var waited []time.Duration
	h.calls.after = func(d time.Duration) <-chan time.Time {
		waited = append(waited, d)
		over := make(chan time.Time, 1)
		over <- time.Time{}
		return over
	}
	const path = "/twins/dev1/methods"
	h.sendAs(h.sas("service"), http.MethodPost, path, "", `{"methodName":"m","connectTimeoutInSeconds":7}`).
		wantCode(404, "DeviceNotOnline")
	h.join("dev1", a.field("authentication", "symmetricKey", "primaryKey"), silentLine{make(chan string, 2)})
	for _, body := range []string{`{"methodName":"m"}`, `{"methodName":"m","responseTimeoutInSeconds":5}`} {
		h.sendAs(h.sas("service"), http.MethodPost, path, "", body).wantCode(504, "GatewayTimeout")
	}
	want := []time.Duration{7 * time.Second, 30 * time.Second, 5 * time.Second}
	if len(waited) != len(want) {
		t.Fatalf("waited %v, want %v", waited, want)
	}
	for i := range want {
		if waited[i] != want[i] {
			t.Errorf("waited %v, want %v", waited, want)
		}
	}
	if len(h.calls.waiting) != 0 {
		t.Errorf("%d calls still wait", len(h.calls.waiting))
	}
}

func TestInvoke_refusesWhatNobodyCanCarryOut(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.createMinimal("dev1")
	for _, body := range []string{
		"", "{", "{}", `{"methodName":"m","responseTimeoutInSeconds":4}`,
		`{"methodName":"m","responseTimeoutInSeconds":301}`, `{"methodName":"m","connectTimeoutInSeconds":-1}`,
	} {
		h.sendAs(h.sas("service"), http.MethodPost, "/twins/dev1/methods", "", body).wantCode(400, "ArgumentInvalid")
	}
	h.sendAs(h.sas("service"), http.MethodPost, "/twins/dev1/modules/m/methods", "", `{"methodName":"m"}`).want(404)
	h.sendAs(h.sas("registryRead"), http.MethodPost, "/twins/dev1/methods", "", `{"methodName":"m"}`).want(401)
	h.sendAs(h.entra("twins/write"), http.MethodPost, "/twins/dev1/methods", "", `{"methodName":"m"}`).want(401)
	h.sendAs(h.entra("directMethods/invoke/action"), http.MethodPost, "/twins/dev1/methods", "", `{"methodName":"m"}`).
		wantCode(404, "DeviceNotOnline")
}
