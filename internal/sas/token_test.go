// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

func parse(t *testing.T, text string) sas.ConnectionString {
	t.Helper()
	c, err := sas.ParseConnectionString(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The first two signatures were computed independently of this package; the third is one of a community Go library's.
// The last signs a resource with a path, whose escaping is part of what is signed.
func TestToken_hasTheSignatureOfIndependentImplementations(t *testing.T) {
	t.Parallel()
	const deviceKey = "18RQk/hOPJR9EbsJlk2j8WA6vWaj/yi+oaYg7zmxfQNdOyMSu+SJ8O7TSlZhDJCYmn4rzEiVKIzNiVAWjLxrGA=="
	for name, v := range map[string]struct {
		connection, resource string
		expiry               int64
		want                 string
	}{
		"host": {
			"HostName=myhub.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=" + testKey,
			"myhub.azure-devices.net", 1767225600,
			"SharedAccessSignature sr=myhub.azure-devices.net&sig=rny7eWZSBNZ9YeCNiuTjnwBzU9k6y3yqorNu3ifboBQ%3D" +
				"&se=1767225600&skn=iothubowner",
		},
		"device path": {
			"HostName=myhub.azure-devices.net;SharedAccessKeyName=p;SharedAccessKey=" + testKey,
			"myhub.azure-devices.net/devices/dev1", 1767225600,
			"SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1" +
				"&sig=v3cEShKGdwuRnUyQS3LODuW9%2B9Pt6pMJ3nmWt%2F5tP1U%3D&se=1767225600&skn=p",
		},
		"short key": {
			"HostName=test.azure-devices.net;SharedAccessKeyName=owner;SharedAccessKey=c2VjcmV0",
			"test.azure-devices.net", 1546308061,
			"SharedAccessSignature sr=test.azure-devices.net&sig=uux4PSAK1s9efNcBHin0pm7O5oENedTWkhqGp8JAyFY%3D" +
				"&se=1546308061&skn=owner",
		},
		"registration path": {
			"HostName=global.example;SharedAccessKeyName=registration;SharedAccessKey=" + deviceKey,
			"0ne00111111/registrations/my-symkey-device", 1663952627,
			"SharedAccessSignature sr=0ne00111111%2Fregistrations%2Fmy-symkey-device" +
				"&sig=8VPprb8BiTkuVE0hBqHm%2FSVrzVpdD8VZcXugntdbhuU%3D&se=1663952627&skn=registration",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parse(t, v.connection).Token(v.resource, time.Unix(v.expiry, 999)); got != v.want {
				t.Errorf("token is\n%s, want\n%s", got, v.want)
			}
		})
	}
}

func TestToken_escapesPort(t *testing.T) {
	t.Parallel()
	c := parse(t, "HostName=localhost:8443;SharedAccessKeyName=p;SharedAccessKey="+testKey)
	if got := c.Token("localhost:8443", time.Unix(0, 0)); !strings.Contains(got, "sr=localhost%3A8443&") {
		t.Errorf("token is %s", got)
	}
}

// The vector stands in Microsoft's article on symmetric key attestation.
func TestDeriveDeviceKey_isHMACOfRegistrationID(t *testing.T) {
	t.Parallel()
	got, err := sas.DeriveDeviceKey(
		"8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
		"sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6")
	if want := "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="; err != nil || got != want {
		t.Errorf("derived %q, %v, want %q", got, err, want)
	}
}

func TestDeriveDeviceKey_refusesUnusableInputWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	for _, input := range [][2]string{{"not base64 secret", "dev"}, {"", "dev"}, {testKey, ""}} {
		got, err := sas.DeriveDeviceKey(input[0], input[1])
		if err == nil || got != "" || strings.Contains(err.Error(), "secret") {
			t.Errorf("of %q: %q, %v", input, got, err)
		}
	}
}
