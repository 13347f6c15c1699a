// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/x509"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// listener hears what clients say of themselves.
type listener struct {
	next   http.RoundTripper
	agents []string
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	l.agents = append(l.agents, r.UserAgent())
	return l.next.RoundTrip(r)
}

func TestProvider_tellsTheServicesItsVersion(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	heard := &listener{}
	made := provider.New("1.2.3", provider.Options{
		Getenv: w.Getenv, Now: w.Clock.Now, Sleep: w.Clock.Sleep,
		HTTPClient: func(roots *x509.CertPool) *http.Client {
			client := azrest.NewHTTPClient(roots)
			t.Cleanup(client.CloseIdleConnections)
			heard.next = client.Transport
			return &http.Client{Transport: heard}
		},
	})
	var said strings.Builder
	if err := readWith(t.Context(), made, &said); err != nil || said.Len() > 0 {
		t.Fatalf("%v, %s", err, said.String())
	}
	if len(heard.agents) == 0 {
		t.Fatal("nobody was asked")
	}
	for _, agent := range heard.agents {
		if !strings.HasPrefix(agent, "terraform-provider-azureiot/1.2.3 azsdk-go-azdps/") {
			t.Errorf("the client calls itself %q", agent)
		}
	}
}
