// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/tools/emulator"
)

const plant = "testdata/plant.yaml"

// devices asks a hub without a credential, which is enough to see who answers.
func devices(t *testing.T, e *emulator.Emulator, hub string) int {
	t.Helper()
	r, err := e.Client().Get("https://" + e.HubHostname(hub) + "/devices?api-version=2021-04-12")
	if err != nil {
		return 0
	}
	defer func() { _ = r.Body.Close() }()
	return r.StatusCode
}

func TestStart_servesWhatItIsTold(t *testing.T) {
	t.Parallel()
	e := emulator.Start(t, emulator.Options{
		Hubs: []string{"plant", "other"}, SeedFile: plant, Choices: []string{"FillDefaults"},
	})
	if status := devices(t, e, "other"); status != http.StatusUnauthorized {
		t.Errorf("a hub answers %d", status)
	}
	want := []emulator.Exchange{{Host: e.HubHostname("other"), Method: "GET", Path: "/devices", Status: 401}}
	if got := e.Journal(); !slices.Equal(got, want) {
		t.Errorf("the journal is %v", got)
	}
	env := e.Env()
	for name, value := range map[string]string{
		"AZUREIOT_DPS_HOSTNAME": e.DPSHostname(), "AZUREIOT_DPS_CONNECTION_STRING": e.DPSConnectionString(),
		"AZUREIOT_DPS_ID_SCOPE": e.IDScope(), "AZUREIOT_CA_CERTIFICATE_FILE": e.CAFile(),
		"AZUREIOT_IOTHUB_CONNECTION_STRINGS": e.HubConnectionString("plant") + "," + e.HubConnectionString("other"),
	} {
		if env[name] != value {
			t.Errorf("%s is %q, want %q", name, env[name], value)
		}
	}
	if text, err := os.ReadFile(e.CAFile()); err != nil || !strings.HasPrefix(string(text), "-----BEGIN CERTIFICATE") {
		t.Errorf("%v: %s", err, text)
	}
	if r, err := http.Get(e.AdminURL()); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("the admin listener: %v", err)
	}
}

func TestSend_leavesAMessageForTheDevice(t *testing.T) {
	t.Parallel()
	e := emulator.Start(t, emulator.Options{SeedFile: plant})
	e.Send("plant", "thale-2", "open the valve")
	r, err := http.Get(e.AdminURL() + "/?still")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	page, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(page), "<td>1</td><td>Disconnected</td>") {
		t.Errorf("%v: the page does not show the message:\n%s", err, page)
	}
}

func TestFail_endsWithReset(t *testing.T) {
	t.Parallel()
	e := emulator.Start(t, emulator.Options{SeedFile: plant})
	e.Fail(emulator.Fault{Path: "^/devices", Status: http.StatusServiceUnavailable, Times: 1})
	e.Fail(emulator.Fault{Method: http.MethodGet})
	if got := []int{devices(t, e, "plant"), devices(t, e, "plant")}; got[0] != 503 || got[1] != 0 {
		t.Errorf("the answers are %v", got)
	}
	e.Reset()
	if got := devices(t, e, "plant"); got != 401 || len(e.Journal()) != 1 {
		t.Errorf("after a reset the answer is %d, the journal %v", got, e.Journal())
	}
	var world struct {
		Hubs []struct {
			Devices []struct{ DeviceID string }
		}
	}
	if err := json.Unmarshal(e.Dump(), &world); err != nil || world.Hubs[0].Devices[0].DeviceID != "thale-2" {
		t.Errorf("the world is %+v: %v", world, err)
	}
}

func TestSetenv_isForProgramsUnderTest(t *testing.T) { //nolint:paralleltest // it sets variables
	e := emulator.Start(t, emulator.Options{Throttles: true})
	e.Setenv()
	if got := os.Getenv("AZUREIOT_DPS_HOSTNAME"); got != e.DPSHostname() {
		t.Errorf("the variable is %q", got)
	}
}

// A module of somebody else starts it in a test of its own, from what Go has downloaded already.
func TestStart_worksInAnotherModule(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/azureiot/terraform-provider-azureiot"
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/sensor\n\ngo 1.26\n\nrequire " + module + " v0.0.0\n\n" +
			"replace " + module + " => " + root + "\n",
		"go.sum": string(sums),
		"sensor_test.go": `package sensor

import (
	"testing"

	"` + module + `/tools/emulator"
)

func TestSensor(t *testing.T) {
	e := emulator.Start(t, emulator.Options{Hubs: []string{"plant"}})
	r, err := e.Client().Get("https://" + e.HubHostname("plant") + "/devices/a?api-version=2021-04-12")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var journal []emulator.Exchange = e.Journal()
	if r.StatusCode != 401 || journal[0].Status != 401 {
		t.Error(r.Status, journal)
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "./...")
	command.Dir, command.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "ok ") {
		t.Errorf("%v\n%s", err, out)
	}
}
