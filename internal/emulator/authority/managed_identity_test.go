// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package authority_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/authority"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

// machine asks an endpoint of managed identities.
func machine(w *world.World, path string, header map[string]string) world.Result {
	w.T.Helper()
	r, err := http.NewRequestWithContext(w.T.Context(), http.MethodGet, w.MachineURL()+path, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.T.Fatal(err)
	}
	return world.Result{Status: response.StatusCode, Header: response.Header, Body: string(body)}
}

func TestMachine_givesTokensOfItsIdentities(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	a := w.Authority()
	const query, own = "?api-version=2018-02-01&resource=https://iothubs.azure.net", "&client_id=second"
	metadata := map[string]string{"Metadata": "true"}
	if r := machine(w, authority.MetadataPath+query, metadata); r.Status != 400 {
		t.Errorf("without an identity: %d", r.Status)
	}
	a.AddIdentity("system")
	a.AddIdentity("second")
	appService := map[string]string{"X-IDENTITY-HEADER": a.IdentityHeader()}
	for name, c := range map[string]struct {
		path   string
		header map[string]string
		status int
		client string
	}{
		"metadata":             {authority.MetadataPath + query, metadata, 200, "system"},
		"metadata, user":       {authority.MetadataPath + query + own, metadata, 200, "second"},
		"metadata, unknown":    {authority.MetadataPath + query + "&client_id=x", metadata, 400, ""},
		"metadata, no header":  {authority.MetadataPath + query, nil, 400, ""},
		"metadata, no version": {authority.MetadataPath + "?resource=https://iothubs.azure.net", metadata, 400, ""},
		"metadata, proxy": {
			authority.MetadataPath + query, map[string]string{"Metadata": "true", "X-Forwarded-For": "10.0.0.1"}, 400, "",
		},
		"App Service":         {authority.AppServicePath + query, appService, 200, "system"},
		"App Service, header": {authority.AppServicePath + query, map[string]string{"X-IDENTITY-HEADER": "x"}, 401, ""},
		"other resource":      {authority.MetadataPath + "?api-version=1&resource=https://x.example", metadata, 400, ""},
		"Arc, not connected":  {authority.ArcPath + query, metadata, 500, ""},
	} {
		r := machine(w, c.path, c.header)
		if r.Status != c.status || c.client != "" && r.Object(t)["client_id"] != c.client {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
}

func TestArc_givesTokensToWhoeverReadsAFile(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	w.Authority().AddIdentity("machine")
	w.Authority().SetArcFolder(t.TempDir())
	const path = authority.ArcPath + "?api-version=2020-06-01&resource=https://iothubs.azure.net"
	r := machine(w, path, map[string]string{"Metadata": "true"})
	file, found := strings.CutPrefix(r.Header.Get("WWW-Authenticate"), "Basic realm=")
	if r.Status != 401 || !found {
		t.Fatalf("answer %d %v", r.Status, r.Header)
	}
	key, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if r := machine(w, path, map[string]string{"Authorization": "Basic " + string(key)}); r.Status != 200 {
		t.Errorf("with the key: %d %s", r.Status, r.Body)
	}
	if r := machine(w, path, map[string]string{"Authorization": "Basic x"}); r.Status != 401 {
		t.Errorf("with another key: %d", r.Status)
	}
}
