// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// Vectors of the services' documentation and of published clients, recomputed.
func TestVerifySAS_acceptsKnownTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ token, resource, keyName, key string }{
		"hub policy": {
			"SharedAccessSignature sr=myhub.azure-devices.net&sig=rny7eWZSBNZ9YeCNiuTjnwBzU9k6y3yqorNu3ifboBQ%3D&" +
				"se=1767225600&skn=iothubowner",
			"myhub.azure-devices.net/devices/x", "iothubowner", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		},
		"hub device": {
			"SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1&" +
				"sig=v3cEShKGdwuRnUyQS3LODuW9%2B9Pt6pMJ3nmWt%2F5tP1U%3D&se=1767225600",
			"myhub.azure-devices.net/devices/dev1", "", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		},
		"provisioning device": {
			"SharedAccessSignature sr=0ne00111111%2Fregistrations%2Fmy-symkey-device&" +
				"sig=8VPprb8BiTkuVE0hBqHm%2FSVrzVpdD8VZcXugntdbhuU%3D&se=1663952627&skn=registration",
			"0ne00111111/registrations/my-symkey-device", "registration",
			"18RQk/hOPJR9EbsJlk2j8WA6vWaj/yi+oaYg7zmxfQNdOyMSu+SJ8O7TSlZhDJCYmn4rzEiVKIzNiVAWjLxrGA==",
		},
		"parameters in another order": {
			"SharedAccessSignature skn=owner&se=1546308061&sig=uux4PSAK1s9efNcBHin0pm7O5oENedTWkhqGp8JAyFY%3D&" +
				"sr=test.azure-devices.net",
			"test.azure-devices.net", "owner", "c2VjcmV0",
		},
	} {
		for _, slot := range []int{0, 1} {
			keys := [2]string{"b3RoZXI=", "b3RoZXI="}
			keys[slot] = c.key
			got, err := VerifySAS(c.token, c.resource, func(n string) ([2]string, bool) {
				return keys, n == c.keyName
			}, time.Unix(1546308000, 0))
			if err != nil || got != c.keyName {
				t.Errorf("%s, key %d: %q, %v", name, slot, got, err)
			}
		}
	}
}

func TestVerifySAS_refusals(t *testing.T) {
	t.Parallel()
	const good = "SharedAccessSignature sr=test.azure-devices.net&" +
		"sig=uux4PSAK1s9efNcBHin0pm7O5oENedTWkhqGp8JAyFY%3D&se=1546308061&skn=owner"
	before, expiry := time.Unix(1546308060, 0), time.Unix(1546308061, 0)
	for name, c := range map[string]struct {
		token, resource string
		now             time.Time
		want            error
	}{
		"good":          {good, "test.azure-devices.net", before, nil},
		"expired":       {good, "test.azure-devices.net", expiry, errSASExpired},
		"another host":  {good, "other.azure-devices.net", before, errSASResource},
		"a longer host": {good, "test.azure-devices.net.evil", before, errSASResource},
		"empty":         {"", "test.azure-devices.net", before, errSASMalformed},
		"bearer":        {"Bearer abc", "test.azure-devices.net", before, errSASMalformed},
		"without parts": {"SharedAccessSignature rubbish", "test.azure-devices.net", before, errSASMalformed},
		"without sr": {strings.Replace(good, "sr=test.azure-devices.net&", "", 1), "test.azure-devices.net",
			before, errSASMalformed},
		"expiry no number": {strings.Replace(good, "1546308061", "soon", 1), "test.azure-devices.net", before,
			errSASMalformed},
		"expiry changed": {strings.Replace(good, "1546308061", "1999999999", 1), "test.azure-devices.net", before,
			errSASKey},
		"signature changed": {strings.Replace(good, "uux4", "uuy4", 1), "test.azure-devices.net", before, errSASKey},
		"unknown policy":    {strings.Replace(good, "owner", "nobody", 1), "test.azure-devices.net", before, errSASKey},
		"bad escape":        {strings.Replace(good, "%3D", "%zz", 1), "test.azure-devices.net", before, errSASMalformed},
	} {
		_, err := VerifySAS(c.token, c.resource, func(n string) ([2]string, bool) {
			return [2]string{"c2VjcmV0", ""}, n == "owner"
		}, c.now)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCoversResource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		granted, wanted string
		want            bool
	}{
		{"localhost:8443", "localhost:8443/devices/x", true},
		{"localhost", "localhost:8443/devices/x", true},
		{"LOCALHOST:8443/", "localhost:8443", true},
		{"localhost:8444", "localhost:8443", false},
		{"localhost:8443/devices/x", "localhost:8443/devices/X", true},
		{"localhost/devices/x", "localhost:8443/devices/x", true},
		{"localhost:8443/devices/x", "localhost:8443/devices/xy", false},
		{"localhost:8443/devices/x", "localhost:8443/devices", false},
		{"0ne1/registrations/a", "0ne1/registrations/a", true},
		{"0ne1/registrations/a", "0ne2/registrations/a", false},
	} {
		if got := coversResource(c.granted, c.wanted); got != c.want {
			t.Errorf("%s for %s: %v", c.granted, c.wanted, got)
		}
	}
}

func TestDeriveKey_fitsTheDocumentedVector(t *testing.T) {
	t.Parallel()
	group := "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw=="
	want := "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="
	if got := DeriveKey(group, "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6"); got != want {
		t.Errorf("derived %s", got)
	}
	if DeriveKey("", "a") != "" || DeriveKey("no base64!", "a") != "" {
		t.Error("a key was derived from nothing")
	}
}

func TestMatchesAction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, action string
		want            bool
	}{
		{"*", "devices/read", true}, {"*/read", "devices/read", true}, {"*/read", "devices/write", false},
		{"devices/*", "devices/write", true}, {"devices/*", "twins/write", false}, {"devices/read", "Devices/Read", true},
		{"*/read", "read", false},
	} {
		if got := matchesAction(c.pattern, c.action); got != c.want {
			t.Errorf("%s for %s: %v", c.pattern, c.action, got)
		}
	}
}
