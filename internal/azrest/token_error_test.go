// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// noToken is a credential that fails.
type noToken struct{ err error }

func (c noToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, c.err
}

// withoutToken returns the error of a call for which a credential has no token.
func withoutToken(t *testing.T, cause error) error {
	t.Helper()
	o := &azrest.ClientOptions{Options: *options(&transport{}, newClock())}
	p, err := azrest.ConnectWithCredential(testService(), "h.example", noToken{cause}, o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = azrest.Do[thing](t.Context(), p, getThing())
	return err
}

const ruled = "--------------------------------------------------------------------------------"

// dump is an error text as azidentity makes it of an answer.
func dump(t *testing.T, description string) string {
	t.Helper()
	body, err := json.MarshalIndent(map[string]any{
		"error": "invalid_client", "error_description": description, "error_codes": []int{7000215}, "trace_id": "tr",
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return dumped("401: 401 Unauthorized", string(body))
}

func dumped(status, body string) string {
	return strings.Join([]string{
		"ClientSecretCredential authentication failed. ", "POST https://login.example/tenant/oauth2/v2.0/token",
		ruled, "RESPONSE " + status, ruled, body, ruled,
		"To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#client-secret",
	}, "\n")
}

func TestTokenError_isOneSentence(t *testing.T) {
	t.Parallel()
	const failed = "ClientSecretCredential authentication failed: "
	for name, c := range map[string]struct{ text, want string }{
		"plain": {"no account", "no account"},
		"a refused secret": {
			dump(t, "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: tr\r\nCorrelation ID: co"),
			failed + "AADSTS7000215: Invalid client secret provided.",
		},
		"references on the same line": {
			dump(t, "AADSTS90002: Tenant 'x' not found. Trace ID: tr Correlation ID: co Timestamp: 2026-01-01 00:00:00Z"),
			failed + "AADSTS90002: Tenant 'x' not found.",
		},
		"an answer without a description": {
			dumped("503: 503 Service Unavailable", `{"error":"temporarily_unavailable"}`),
			failed + "the answer was 503 Service Unavailable",
		},
		"an answer without text": {dumped("400: ", "Response contained no body"), failed + "the answer was 400"},
		"a page": {
			dumped("403: 403 Forbidden", "<html>\nsecret\n</html>"), failed + "the answer was 403 Forbidden",
		},
		"an answer without request": {
			strings.Replace(dump(t, "why"), "POST https://login.example/tenant/oauth2/v2.0/token",
				"Request information not available", 1),
			failed + "why",
		},
		"a dump that is cut off": {
			"X authentication failed. \nGET http://169.254.169.254/token\n" + ruled + "\nRESPONSE 400: 400 Bad Request",
			"X authentication failed: the answer was 400 Bad Request",
		},
		"a dump and nothing else": {ruled + "\nRESPONSE 400: 400 Bad Request\n" + ruled + "\n{}\n" + ruled,
			"the answer was 400 Bad Request"},
		"several credentials": {
			"ChainedTokenCredential: failed to acquire a token.\nAttempted credentials:\n\tEnvironmentCredential: missing " +
				"AZURE_TENANT_ID\n\t" + strings.ReplaceAll(dump(t, "why"), "\n", "\n\t\t") + "\n\tAzureCLICredential: no az",
			"ChainedTokenCredential: failed to acquire a token. Attempted credentials: EnvironmentCredential: missing " +
				"AZURE_TENANT_ID " + failed + "why AzureCLICredential: no az",
		},
		"a command's error": {
			"AzureCLICredential: ERROR: AADSTS70043: The refresh token has expired.\r\nTrace ID: tr\r\nTimestamp: now\r\n" +
				"Run az login. To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#azure-cli",
			"AzureCLICredential: ERROR: AADSTS70043: The refresh token has expired. Run az login.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cause := errors.New(c.text)
			err := withoutToken(t, cause)
			if !azrest.IsUnsent(err) || !errors.Is(err, cause) {
				t.Fatalf("error is %#v", err)
			}
			if want := "Test h.example: GET /things/a was not sent: no token: " + c.want; err.Error() != want {
				t.Errorf("error is\n%s, want\n%s", err, want)
			}
		})
	}
}

// azidentity does not promise what its errors look like: this test is where a new form of them shows.
func TestTokenError_ofTheSDKsOwnCredentialIsOneSentence(t *testing.T) {
	t.Parallel()
	authority := transportFunc(func(req *http.Request) (*http.Response, error) {
		const tenant = "https://login.microsoftonline.com/tenant/"
		r := ok(`{"issuer":"` + tenant + `v2.0","authorization_endpoint":"` + tenant + `authorize",` +
			`"token_endpoint":"` + tenant + `oauth2/v2.0/token"}`)
		if req.Method == http.MethodPost {
			r = reply{status: http.StatusUnauthorized, body: `{"error":"invalid_client","error_description":` +
				`"AADSTS7000215: Invalid client secret provided. Trace ID: tr Correlation ID: co Timestamp: ts"}`}
		}
		return (&transport{replies: []reply{r}}).Do(req)
	})
	cred, err := azidentity.NewClientSecretCredential("tenant", "client", "topsecret",
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: policy.ClientOptions{Transport: authority}, DisableInstanceDiscovery: true,
		})
	if err != nil {
		t.Fatal(err)
	}
	o := &azrest.ClientOptions{Options: *options(&transport{}, newClock())}
	p, err := azrest.ConnectWithCredential(testService(), "h.example", cred, o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = azrest.Do[thing](t.Context(), p, getThing())
	const want = "Test h.example: GET /things/a was not sent: no token: " +
		"ClientSecretCredential authentication failed: AADSTS7000215: Invalid client secret provided."
	if err == nil || err.Error() != want {
		t.Errorf("error is\n%v, want\n%s", err, want)
	}
	if _, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); !ok {
		t.Errorf("error is %#v", err)
	}
}

func TestTokenError_isBoundedAndHasNoSecret(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJzZWNyZXQifQ.c2VjcmV0"
	for _, text := range []string{
		strings.Repeat("secrets? ", 3) + strings.Repeat("é ", 600),
		dump(t, "refused client_secret=topsecret&x=1"),
		dump(t, "refused client_assertion="+token),
		"refused \"" + token + "\"",
		dumped("401: 401 Unauthorized", `{"access_token":"topsecret"}`),
		dumped("401: 401 Unauthorized", `{"error_description":"cut`+"\ntopsecret"),
	} {
		got := withoutToken(t, errors.New(text)).Error()
		_, reason, _ := strings.Cut(got, "no token: ")
		if strings.Contains(got, "topsecret") || strings.Contains(got, "eyJ") || strings.Contains(got, "\n") ||
			reason == "" || utf8.RuneCountInString(reason) > 300 {
			t.Errorf("%q became %q", text, got)
		}
	}
}
