// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

const testKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestParseConnectionString_readsPartsInAnyForm(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"usual":              "HostName=h.example;SharedAccessKeyName=p;SharedAccessKey=" + testKey,
		"other order":        "SharedAccessKey=" + testKey + ";HostName=h.example;SharedAccessKeyName=p",
		"other case":         "hostname=h.example;SHAREDACCESSKEYNAME=p;sharedAccessKey=" + testKey,
		"trailing semicolon": "HostName=h.example;SharedAccessKeyName=p;SharedAccessKey=" + testKey + ";",
		"spaces":             " HostName = h.example ; SharedAccessKeyName = p ; SharedAccessKey = " + testKey + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := sas.ParseConnectionString(text)
			if err != nil {
				t.Fatal(err)
			}
			if c.HostName != "h.example" || c.SharedAccessKeyName != "p" {
				t.Errorf("read %v", c)
			}
		})
	}
}

func TestParseConnectionString_keepsPortAndSpellingOfHost(t *testing.T) {
	t.Parallel()
	c, err := sas.ParseConnectionString("HostName=My-Hub.Example:8443;SharedAccessKeyName=p;SharedAccessKey=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	if c.HostName != "My-Hub.Example:8443" {
		t.Errorf("host name is %q", c.HostName)
	}
}

func TestParseConnectionString_namesThePartAtFault(t *testing.T) {
	t.Parallel()
	const rest = ";SharedAccessKeyName=p;SharedAccessKey=" + testKey
	for text, want := range map[string]string{
		"":                                      "is empty",
		" \n":                                   "is empty",
		rest:                                    "has no HostName",
		"HostName=" + rest:                      "has no HostName",
		"HostName=h;SharedAccessKey=" + testKey: "has no SharedAccessKeyName",
		"HostName=h;SharedAccessKeyName=p":      "has no SharedAccessKey",
		"HostName=https://h" + rest:             "HostName is not usable: it has a scheme",
		"HostName=h;HostName=g" + rest:          "more than one HostName",
		"HostName=h;DeviceId=d;SharedAccessKey=" + testKey:                  "device's connection string",
		"HostName=h;DeviceId=d;x509=true":                                   "device's connection string",
		"Endpoint=sb://h/" + rest + ";EntityPath=e":                         "Event Hubs connection string",
		"HostName=h;SharedAccessSignature=SharedAccessSignature sr=h":       "only strings with a key",
		"HostName=h;SharedAccessKeyName=p;SharedAccessKey=not base64":       "SharedAccessKey is not base64",
		"HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + testKey[1:]:   "SharedAccessKey is not base64",
		"HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + testKey + "=": "SharedAccessKey is not base64",
		"HostName=h" + rest + ";Surprise=1":                                 "part 4 of the connection string has an",
		"HostName=h;nothing" + rest:                                         "part 2 of the connection string is not",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := sas.ParseConnectionString(text)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v, want one with %q", err, want)
			}
		})
	}
}

func TestParseConnectionString_neverRepeatsAKey(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		testKey, // a bare key: its name is the key
		"HostName=h;" + testKey,
		"HostName=h;SharedAccessKeyName=p;SharedAccessKey=!" + testKey,
		"HostName=https://" + testKey + ";SharedAccessKeyName=p;SharedAccessKey=" + testKey,
		"SharedAccessKey=" + testKey + ";SharedAccessKey=" + testKey,
	} {
		_, err := sas.ParseConnectionString(text)
		if err == nil || strings.Contains(err.Error(), strings.TrimRight(testKey, "=")) {
			t.Errorf("error of %q is %v", text, err)
		}
	}
}

func TestConnectionString_isRedactedHoweverItIsPrinted(t *testing.T) {
	t.Parallel()
	c, err := sas.ParseConnectionString("HostName=h;SharedAccessKeyName=p;SharedAccessKey=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := base64.StdEncoding.DecodeString(testKey)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct{ C sas.ConnectionString }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{c, &c, holder{c}, []sas.ConnectionString{c}} {
			text := fmt.Sprintf(verb, value)
			if strings.Contains(text, testKey) || strings.Contains(text, string(decoded)) ||
				strings.Contains(text, fmt.Sprintf("%x", decoded)) || !strings.Contains(text, "[redacted]") {
				t.Errorf("%s prints %s", verb, text)
			}
		}
	}
}

func FuzzParseConnectionString(f *testing.F) {
	f.Add("HostName=h.example:443;SharedAccessKeyName=p;SharedAccessKey=" + testKey)
	f.Add("HostName=h;DeviceId=d;SharedAccessKey=" + testKey)
	f.Add("SharedAccessKey==;HostName=;;")
	f.Add(testKey)
	f.Add("HostName=[::1]:1;SharedAccessKeyName=%;SharedAccessKey=AA==")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := sas.ParseConnectionString(text)
		if err != nil {
			if c != (sas.ConnectionString{}) {
				t.Error("an error comes with a value")
			}
			return
		}
		if cloud.CheckHost(c.HostName) != nil || c.SharedAccessKeyName == "" {
			t.Errorf("accepted %v", c)
		}
		again := "SharedAccessKeyName=" + c.SharedAccessKeyName + ";HostName=" + c.HostName +
			";SharedAccessKey=" + testKey
		if _, err := sas.ParseConnectionString(again); err != nil {
			t.Errorf("the parts of an accepted string are refused: %v", err)
		}
	})
}
