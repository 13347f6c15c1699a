// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// keyOf makes a base64 key of n bytes.
func keyOf(n int) string { return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", n))) }

func withKeys(primary, secondary string) string {
	return fmt.Sprintf(`{"deviceId":"dev1","authentication":{"type":"sas","symmetricKey":`+
		`{"primaryKey":%q,"secondaryKey":%q}}}`, primary, secondary)
}

func withThumbprints(primary, secondary string) string {
	return fmt.Sprintf(`{"deviceId":"dev1","authentication":{"type":"selfSigned","x509Thumbprint":`+
		`{"primaryThumbprint":%q,"secondaryThumbprint":%q}}}`, primary, secondary)
}

func TestDeviceKeys_areEchoedByteForByte(t *testing.T) {
	t.Parallel()
	for _, size := range []int{16, 32, 64} {
		h := newTestHub(t, Choices{})
		primary, secondary := keyOf(size), keyOf(size)
		a := h.create("dev1", withKeys(primary, secondary))
		if a.field("authentication", "symmetricKey", "primaryKey") != primary ||
			a.field("authentication", "symmetricKey", "secondaryKey") != secondary {
			t.Errorf("%d bytes: %s", size, a.field("authentication"))
		}
	}
}

func TestDevicePut_refusesWrongAuthentication(t *testing.T) {
	t.Parallel()
	good, hex40 := keyOf(32), strings.Repeat("aB", 20)
	cases := map[string]struct{ body, text string }{
		"shortKey":          {withKeys(keyOf(15), good), "Invalid device key length"},
		"longKey":           {withKeys(good, keyOf(65)), "Invalid device key length"},
		"notBase64":         {withKeys("***", good), "Invalid device key length"},
		"primaryOnly":       {withKeys(good, ""), "Either no keys or both keys can be set"},
		"secondaryOnly":     {withKeys("", good), "Either no keys or both keys can be set"},
		"shortThumbprint":   {withThumbprints(hex40[:38], ""), "StringIsNotThumbprint"},
		"colonsInHex":       {withThumbprints("aa:"+hex40[:37], ""), "StringIsNotThumbprint"},
		"secondNotHex":      {withThumbprints(hex40, strings.Repeat("zz", 20)), "StringIsNotThumbprint"},
		"oddLength":         {withThumbprints(hex40+"a", ""), "StringIsNotThumbprint"},
		"none":              {`{"deviceId":"dev1","authentication":{"type":"none"}}`, "DeviceAuthenticationTypeIsMissing"},
		"unknownType":       {`{"deviceId":"dev1","authentication":{"type":"password"}}`, "BadRequest"},
		"authenticationAny": {`{"deviceId":"dev1","authentication":"sas"}`, "BadRequest"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, Choices{})
			a := h.send(http.MethodPut, "/devices/dev1", "", c.body).wantCode(400, "ArgumentInvalid").wantText(c.text)
			if strings.Contains(a.body, good) {
				t.Error("the error names a key")
			}
			h.get("/devices/dev1").want(404)
		})
	}
}

func TestDeviceThumbprints_areStoredInTheCaseGiven(t *testing.T) {
	t.Parallel()
	for _, size := range []int{20, 32} {
		h := newTestHub(t, Choices{})
		thumbprint := strings.Repeat("aB", size)
		a := h.create("dev1", withThumbprints(thumbprint, ""))
		want := `{"symmetricKey":{"primaryKey":null,"secondaryKey":null},"x509Thumbprint":{"primaryThumbprint":"` +
			thumbprint + `","secondaryThumbprint":null},"type":"selfSigned"}`
		if got := a.field("authentication"); got != want {
			t.Errorf("%d bytes: %s, want %s", size, got, want)
		}
	}
}

func TestDeviceSelfSigned_needsNoThumbprint(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", `{"deviceId":"dev1","authentication":{"type":"selfSigned"}}`)
}

func TestDeviceKeys_sentEmpty_areMadeAnew(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	// The Node client always creates like this.
	a := h.create("dev1", withKeys("", ""))
	b := h.send(http.MethodPut, "/devices/dev1", "*", withKeys("", "")).want(200)
	for _, name := range []string{"primaryKey", "secondaryKey"} {
		old, now := a.field("authentication", "symmetricKey", name), b.field("authentication", "symmetricKey", name)
		if len(old) != 44 || len(now) != 44 || old == now {
			t.Errorf("%s went from %d characters to %d, changed: %v", name, len(old), len(now), old != now)
		}
	}
}

func TestDeviceType_changesInPlace_andDropsTheOtherMaterial(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	thumbprint := strings.Repeat("ab", 32)
	a := h.create("dev1", withKeys(keyOf(32), keyOf(32)))
	generation := a.field("generationId")
	for _, step := range []struct{ body, want string }{
		{withThumbprints(thumbprint, ""), `{"symmetricKey":{"primaryKey":null,"secondaryKey":null},"x509Thumbprint":` +
			`{"primaryThumbprint":"` + thumbprint + `","secondaryThumbprint":null},"type":"selfSigned"}`},
		{`{"deviceId":"dev1","authentication":{"type":"certificateAuthority","x509Thumbprint":{"primaryThumbprint":"` +
			thumbprint + `"}}}`, `{"symmetricKey":{"primaryKey":null,"secondaryKey":null},"x509Thumbprint":` +
			`{"primaryThumbprint":null,"secondaryThumbprint":null},"type":"certificateAuthority"}`},
		{withKeys(keyOf(32), keyOf(32)), `{"symmetricKey":{"primaryKey":"` + keyOf(32) + `","secondaryKey":"` + keyOf(32) +
			`"},"x509Thumbprint":{"primaryThumbprint":null,"secondaryThumbprint":null},"type":"sas"}`},
	} {
		a = h.send(http.MethodPut, "/devices/dev1", "*", step.body).want(200)
		if got := a.field("authentication"); got != step.want {
			t.Errorf("authentication %s, want %s", got, step.want)
		}
		if a.field("generationId") != generation {
			t.Error("the change of type made a new generation")
		}
	}
}

func TestDeviceType_isTakenFromTheMaterialWhenMissing_andWithoutCase(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	for body, want := range map[string]string{
		`{"deviceId":"dev1","authentication":{}}`: "sas",
		`{"deviceId":"dev1","authentication":{"x509Thumbprint":{"primaryThumbprint":"` +
			strings.Repeat("ab", 20) + `"}}}`: "selfSigned",
		`{"deviceId":"dev1","authentication":{"type":"CertificateAuthority"}}`: "certificateAuthority",
		`{"deviceId":"dev1","authentication":null}`:                            "sas",
	} {
		h.send(http.MethodDelete, "/devices/dev1", "*", "")
		if got := h.create("dev1", body).field("authentication", "type"); got != want {
			t.Errorf("%s became %s, want %s", body, got, want)
		}
	}
}

func TestDeviceKeys_canBeSwapped(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", withKeys(keyOf(20), keyOf(30)))
	a := h.send(http.MethodPut, "/devices/dev1", "*", withKeys(keyOf(30), keyOf(20))).want(200)
	if a.field("authentication", "symmetricKey", "primaryKey") != keyOf(30) {
		t.Error("the keys were not swapped")
	}
}

func TestAuthentication_neverPrintsKeys(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, Choices{})
	h.create("dev1", withKeys(keyOf(20), keyOf(30)))
	d := h.devices["dev1"]
	printed := fmt.Sprintf("%v %+v %#v %s", d.auth, d.auth, d.auth, d.auth)
	if strings.Contains(printed, keyOf(20)) || strings.Contains(printed, keyOf(30)) {
		t.Errorf("printing shows a key: %s", printed)
	}
}
