// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// messageOf returns what becomes of a service's message on its way into an error.
func messageOf(t *testing.T, text string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"code": "c", "message": text})
	if err != nil {
		t.Fatal(err)
	}
	p, _, _ := pipeline(t, reply{status: 400, body: string(body)})
	_, err = azrest.Do[thing](t.Context(), p, getThing())
	e, ok := azrest.AsError(err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	return e.Message
}

func TestMessage_losesEverythingThatLooksLikeACredential(t *testing.T) {
	t.Parallel()
	key := func(n int) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Zk9\xfb\xff\x01", 11)[:n]))
	}
	for text, want := range map[string]string{
		"Invalid key " + key(16) + ".":                         "Invalid key [redacted].",
		`{"primaryKey":"` + key(64) + `"}`:                     `{"primaryKey":"[redacted]"}`,
		"primaryKey=" + key(32) + ",x":                         "primaryKey=[redacted],x",
		"unpadded " + key(48):                                  "unpadded [redacted]",
		"HostName=h;SharedAccessKey=k":                         "HostName=h;SharedAccessKey=[redacted]",
		"SharedAccessSignature sr=h&sig=a%2Bb%3D&se=1&skn=p":   "SharedAccessSignature sr=h&sig=[redacted]&se=1&skn=p",
		"webhook https://f.example/api?code=abc-_d&x=1 failed": "webhook https://f.example/api?code=[redacted]&x=1 failed",
		"https://f.example/api?x=1&code=abc":                   "https://f.example/api?x=1&code=[redacted]",
		"a?sig=1;sharedaccesskey=2":                            "a?sig=[redacted];sharedaccesskey=[redacted]",
	} {
		if got := messageOf(t, text); got != want {
			t.Errorf("%q became\n%q, want\n%q", text, got, want)
		}
	}
}

func TestMessage_keepsWhatIdentifiesThings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Custom allocation failed with status code: 400",
		"A device with ID 'tf-dev-01' is already registered.",
		"errorcode=5 encode=utf8",
		"f40da7ba-8c91-4796-8fc3-89e1dfbdbe05",
		"28F7C9FD8821474CAC76FDD9FC6AFE77",                                 // a tracking ID
		"aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899", // a thumbprint
		"Principal user@example.com is not authorized for GET on /twins/John due to no assigned permissions",
		"Größe: 1 µs",
	} {
		if got := messageOf(t, text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestMessage_isOneBoundedPrintableLine(t *testing.T) {
	t.Parallel()
	got := messageOf(t, "a\r\n\tb\x1b[31m\x00c\u202e  d "+strings.Repeat("é ", 600))
	if !strings.HasPrefix(got, "a b [31m c d é é") || utf8.RuneCountInString(got) != 500 ||
		!strings.HasSuffix(got, "…") {
		t.Errorf("message is %q", got)
	}
}

func FuzzMessage(f *testing.F) {
	f.Add("SharedAccessKey=abc&sig=;code=")
	f.Add("=====" + strings.Repeat("A1b", 32))
	f.Add("\xff\xfe ")
	f.Fuzz(func(t *testing.T, text string) {
		got := messageOf(t, text)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 500 || strings.ContainsAny(got, "\n\r\x00\x1b") {
			t.Errorf("message is %q", got)
		}
	})
}
