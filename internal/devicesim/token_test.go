// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"encoding/base64"
	"testing"
	"time"
)

// The key of the article about registering over HTTPS; its printed signature does not belong to it, so the
// expected one was computed apart from this code.
func TestToken_forDPSNamesTheRegistrationPolicy(t *testing.T) {
	t.Parallel()
	const key = "18RQk/hOPJR9EbsJlk2j8WA6vWaj/yi+oaYg7zmxfQNdOyMSu+SJ8O7TSlZhDJCYmn4rzEiVKIzNiVAWjLxrGA=="
	k, err := decodeKey(key)
	if err != nil {
		t.Fatal(err)
	}
	got := token(k, "0ne00111111/registrations/my-symkey-device", registrationKeyName, time.Unix(1663952627, 0))
	want := "SharedAccessSignature sr=0ne00111111%2Fregistrations%2Fmy-symkey-device" +
		"&sig=8VPprb8BiTkuVE0hBqHm%2FSVrzVpdD8VZcXugntdbhuU%3D&se=1663952627&skn=registration"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestToken_forAHubNamesNoPolicy(t *testing.T) {
	t.Parallel()
	k, err := decodeKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	if err != nil {
		t.Fatal(err)
	}
	got := token(k, "myhub.azure-devices.net/devices/dev1", "", time.Unix(1767225600, 0))
	want := "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1" +
		"&sig=v3cEShKGdwuRnUyQS3LODuW9%2B9Pt6pMJ3nmWt%2F5tP1U%3D&se=1767225600"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The vector of the article about symmetric-key attestation.
func TestDerivedKey_isTheGroupKeyAppliedToTheRegistrationID(t *testing.T) {
	t.Parallel()
	c := DerivedKey("8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==",
		"sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6")
	if c.err != nil {
		t.Fatal(c.err)
	}
	const want = "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc="
	if got := base64.StdEncoding.EncodeToString(c.key); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
