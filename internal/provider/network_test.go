// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// tunnel is a proxy that leads every host to one address, as private endpoints do: host names stay. It notes who was
// asked for.
type tunnel struct {
	to string

	mu    sync.Mutex
	asked []string
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		http.Error(w, "tunnels only", http.StatusMethodNotAllowed)
		return
	}
	far, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", p.to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		defer func() { _ = far.Close() }()
		_, _ = io.Copy(far, near)
	}()
	defer func() { _ = near.Close() }()
	_, _ = io.Copy(near, far)
}

// Requests go through the proxy of the environment, to the name that is configured, and trust the CA of the file.
func TestProvider_goesThroughAProxy(t *testing.T) {
	t.Parallel()
	const name = "contoso.azure-devices-provisioning.net"
	for title, test := range map[string]struct {
		host, asked string
		env         map[string]string
		refused     string
	}{
		"by name":          {name, "CONNECT " + name + ":443", nil, ""},
		"by name and port": {name + ":8443", "CONNECT " + name + ":8443", nil, ""},
		"not trusted": {
			name, "CONNECT " + name + ":443", map[string]string{"AZUREIOT_CA_CERTIFICATE_FILE": ""}, "ca_certificate_file",
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			w := signInWorld(t, acctest.Emulate(func(o *emulator.Options) { o.ServerNames = []string{name} }))
			w.Emulator.Authority().AddIdentity(pipeline)
			proxy := &tunnel{to: w.Emulator.DPSHostname()}
			server := httptest.NewServer(proxy)
			t.Cleanup(server.Close)
			env := map[string]string{
				"ARM_USE_MSI": "true", "ARM_MSI_ENDPOINT": w.Emulator.MachineURL() + "/metadata/identity/oauth2/token",
				"HTTPS_PROXY": server.URL, "HTTP_PROXY": server.URL, "AZUREIOT_DPS_HOSTNAME": test.host,
			}
			for variable, value := range test.env {
				env[variable] = value
			}
			wantSaid(t, w, readInProcess(t, w, env), test.refused)
			proxy.mu.Lock()
			defer proxy.mu.Unlock()
			others := func(asked string) bool { return asked != test.asked }
			if len(proxy.asked) == 0 || slices.ContainsFunc(proxy.asked, others) {
				t.Errorf("the proxy was asked for %v, want %s", proxy.asked, test.asked)
			}
		})
	}
}
