// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

func TestDeviceToken_isSignedLikeAVectorMadeElsewhere(t *testing.T) {
	t.Parallel()
	token, err := sas.DeviceToken("myhub.azure-devices.net", "dev1", testKey, time.Unix(1767225600, 0))
	if err != nil {
		t.Fatal(err)
	}
	const want = "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1&" +
		"sig=v3cEShKGdwuRnUyQS3LODuW9%2B9Pt6pMJ3nmWt%2F5tP1U%3D&se=1767225600"
	if token != want {
		t.Errorf("token is\n%s, want\n%s", token, want)
	}
}

func TestDeviceToken_escapesTheResourceOnce(t *testing.T) {
	t.Parallel()
	token, err := sas.DeviceToken("localhost:8443", "pump#1%;'", testKey, time.Unix(1767225600, 0))
	if err != nil {
		t.Fatal(err)
	}
	if want := "sr=localhost%3A8443%2Fdevices%2Fpump%231%25%3B%27&"; !strings.Contains(token, want) {
		t.Errorf("token has no %s: %s", want, token)
	}
}

func TestDeviceToken_refusesAKeyWithoutShowingIt(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "!" + testKey, "no base64"} {
		token, err := sas.DeviceToken("h.example", "dev1", key, time.Unix(0, 0))
		if err == nil || token != "" || key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("key %q gives %q, %v", key, token, err)
		}
	}
}

func TestDeviceConnectionString_isWhatDevicesTake(t *testing.T) {
	t.Parallel()
	const want = "HostName=h.example;DeviceId=dev1;SharedAccessKey=" + testKey
	if got := sas.DeviceConnectionString("h.example", "dev1", testKey); got != want {
		t.Errorf("it is %s", got)
	}
	if got := sas.DeviceConnectionStringX509("h.example", "dev1"); got != "HostName=h.example;DeviceId=dev1;x509=true" {
		t.Errorf("it is %s", got)
	}
}
