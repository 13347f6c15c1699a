// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/world"
)

func TestStart_refusesWhatOthersCouldReach(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]emulator.Options{
		"any address": {DPSAddr: "0.0.0.0:0"}, "no port": {DPSAddr: "127.0.0.1"},
		"hub":   {Hubs: []emulator.HubOptions{{Name: "a", Addr: "192.0.2.1:0"}}},
		"admin": {AdminAddr: "example.com:0"},
	} {
		if e, err := emulator.Start(o); err == nil {
			t.Errorf("%s: started at %s", name, e.DPSHostname())
			_ = e.Close()
		}
	}
}

// Told to listen to others, it does so under the name and with the certificate that they need; a page in a browser
// still cannot reach the admin listener through a name of its own.
func TestStart_servesOthersOnlyWhenTold(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{
		Listen: "0.0.0.0", PublicHost: "emulator.test", ServerNames: []string{"other.test"}, AdminAddr: ":0",
	})
	host, port, _ := net.SplitHostPort(w.DPSHostname())
	if host != "emulator.test" || !strings.Contains(w.DPSConnectionString(), "HostName=emulator.test:"+port+";") {
		t.Errorf("the provisioning service is %s", w.DPSConnectionString())
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(w.CACertificatePEM())
	for _, name := range []string{"emulator.test", "other.test", "localhost"} {
		c, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: name, RootCAs: roots})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = c.Close()
	}
	_, port, _ = net.SplitHostPort(w.AdminAddress())
	for name, want := range map[string]int{
		"emulator.test": 200, "other.test": 200, "localhost": 200, "192.0.2.9": 200, "evil.example": 403,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+port+"/journal", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = net.JoinHostPort(name, port)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("as %s the admin listener answers %d", name, answer.StatusCode)
		}
	}
	if machine := w.MachineURL(); !strings.HasPrefix(machine, "http://127.0.0.1:") {
		t.Errorf("the machine's identities are at %s", machine)
	}
	all := world.Start(t, emulator.Options{Listen: "0.0.0.0", DPSAddr: "127.0.0.1:0"})
	if !strings.HasPrefix(all.Hubs()[0].Hostname(), "localhost:") {
		t.Errorf("without a name a hub is %s", all.Hubs()[0].Hostname())
	}
}

func TestStart_refusesOptionsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]emulator.Options{
		"hub twice":       {Hubs: []emulator.HubOptions{{Name: "a"}, {Name: "A"}}},
		"hub without":     {Hubs: []emulator.HubOptions{{}}},
		"no certificate":  {CACertificates: map[string][]byte{"x": []byte("rubbish")}},
		"another's port":  {DPSAddr: "127.0.0.1:" + taken(t)},
		"another's admin": {AdminAddr: "127.0.0.1:" + taken(t)},
	} {
		if e, err := emulator.Start(o); err == nil {
			t.Errorf("%s: started", name)
			_ = e.Close()
		}
	}
}

// taken is a port that is in use during the test.
func taken(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func TestStart_serverCertificateIsGoodForEveryLoopbackName(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{})
	_, port, _ := net.SplitHostPort(w.DPSHostname())
	for _, host := range []string{"localhost", "127.0.0.1"} {
		c := w.ServiceCall("GET", "/enrollments/a", "")
		c.Host = net.JoinHostPort(host, port)
		world.WantStatus(t, w.Do(c), 404)
	}
	if _, err := tls.Dial("tcp", w.DPSHostname(), &tls.Config{ServerName: "localhost"}); err == nil {
		t.Error("a client trusts the emulator without its CA")
	}
}

func TestStart_hubsHaveNamesAndHostNames(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs()})
	if h := w.Hub("SOUTH"); h == nil || h.Name() != "south" || !strings.HasPrefix(h.Hostname(), "localhost:") {
		t.Errorf("hub %v", h)
	}
	if w.Hub("east") != nil || len(w.Hubs()) != 3 || w.Hubs()[0].Name() != "north" {
		t.Error("the hubs are not those of the options")
	}
	if !regexp.MustCompile("^0ne[0-9A-F]{8}$").MatchString(w.IDScope()) {
		t.Errorf("ID scope %s", w.IDScope())
	}
	other := world.Start(t, emulator.Options{})
	if other.DPSConnectionString() == w.DPSConnectionString() || other.IDScope() == w.IDScope() {
		t.Error("two emulators share their keys")
	}
	if world.Start(t, emulator.Options{}).Hubs()[0].Name() != "hub1" {
		t.Error("the default hub is not hub1")
	}
}

func TestEnvFile_canBeSourced(t *testing.T) {
	t.Parallel()
	w := world.Start(t, emulator.Options{Hubs: world.ThreeHubs(), AdminAddr: "127.0.0.1:0"})
	dir := filepath.Join(t.TempDir(), "it's here")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "env")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if caFile, err := w.WriteEnvFile(path); err != nil || caFile != path+".ca.pem" {
		t.Fatal(caFile, err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ca := path + ".ca.pem"
	connections := []string{}
	for _, h := range w.Hubs() {
		connections = append(connections, h.ConnectionString())
	}
	want := "AZUREIOT_DPS_HOSTNAME='" + w.DPSHostname() + "'\n" +
		"AZUREIOT_DPS_CONNECTION_STRING='" + w.DPSConnectionString() + "'\n" +
		"AZUREIOT_DPS_ID_SCOPE='" + w.IDScope() + "'\n" +
		"AZUREIOT_DPS_DEVICE_HOSTNAME='" + w.DPSHostname() + "'\n" +
		"AZUREIOT_IOTHUB_HOSTNAME='" + w.Hub("north").Hostname() + "'\n" +
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS='" + strings.Join(connections, ",") + "'\n" +
		"AZUREIOT_CA_CERTIFICATE_FILE='" + strings.ReplaceAll(ca, "'", `'\''`) + "'\n" +
		"AZURE_AUTHORITY_HOST='" + w.AuthorityURL() + "'\n" +
		"AZUREIOT_EMULATOR_ADMIN='" + w.AdminAddress() + "'\n"
	if string(content) != want {
		t.Errorf("file\n%s, want\n%s", content, want)
	}
	if text, err := os.ReadFile(ca); err != nil || string(text) != string(w.CACertificatePEM()) {
		t.Errorf("CA file %q, %v", text, err)
	}
	for _, name := range []string{path, ca} {
		if s, err := os.Stat(name); err != nil || s.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, s.Mode(), err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if _, err := w.WriteEnvFile(filepath.Join(dir, "missing", "env")); err == nil {
		t.Error("written into a folder that does not exist")
	}
}
