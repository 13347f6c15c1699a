// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func maturity(s *story) {
	s.cannotRun("make live", "there is no instance of Azure; without one it lists the questions, which the page has")
}

func planPolicies(s *story) {
	s.cannotRun("conftest test", "tests of examples/policies call both programs' engine")
	s.cannotRun(`import "tfplan/v2"`, "there is no Sentinel where this provider is tested, as the page says")
	s.cannotRun("resource_policy", "terraform policy is in preview, as the page says")
}

func upgrading(s *story) {
	s.in()
	s.cannotRun("terraform-provider-azureiot_v1.2.3 -version", ".release/try asks what goreleaser built")
	s.cannotRun("mirror/registry.terraform.io", ".release/try installs from such a mirror")
	s.cannotRun("filesystem_mirror", ".release/try installs from such a mirror")
}

// testingWithTheEmulator starts the emulator as a program, and does the rest with the one of the test's world.
func testingWithTheEmulator(s *story) {
	w := s.in(acctest.Emulate(func(o *emulator.Options) { o.AdminAddr = "127.0.0.1:0" }))
	const run = "go run github.com/azureiot/terraform-provider-azureiot/tools/iotemulator@latest"
	program := filepath.Join(s.t.TempDir(), "iotemulator")
	s.Script("cd " + s.checkout() + " && go build -o " + program + " ./tools/iotemulator").Must(0)
	s.cannotRun(run+"\n", "it ends with Ctrl-C; the next block starts the same program")
	started := s.replaced("-env-file", []string{run, program})
	s.WriteFile("emulator.env", "AZUREIOT_EMULATOR_ADMIN='of an emulator that was killed'\n")
	s.Script("trap 'kill $!' EXIT\n" + started + "curl -fsS http://$AZUREIOT_EMULATOR_ADMIN/journal").Must(0).Says("[]")

	s.file("main.tf", `variable "plant"`)
	if err := os.Mkdir(filepath.Join(s.Dir(), "tests"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.file("tests/plant.tftest.hcl", "a_new_plant_admits_its_sensors")
	s.does("terraform init && terraform test").Must(0).Says("4 passed, 0 failed.")
	if status := w.EntryStatus("thale-4711"); status != "disabled" {
		s.t.Errorf("after the tests the entry is %s: destroying a block should change nothing", status)
	}

	s.asADevice(w)
	s.goCode()
	s.keptAndShared(program)
	s.goingWrong(w)
	s.cannotRun("sudo iotemulator", "it takes port 443")
	s.cannotRun("actions/checkout", "GitHub runs it; its commands are those above")
}

// goCode has a module of a reader test with the emulator, from what Go has downloaded already.
func (s *story) goCode() {
	s.t.Helper()
	const module = "github.com/azureiot/terraform-provider-azureiot"
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.file("plant.yaml", "provisioning_service:")
	s.file("plant_test.go", "func TestSensor_triesAgain")
	s.WriteFile("sensor.sh", `for try in 1 2; do
  status=$(curl -s -o /dev/null -w '%{http_code}' --cacert "$CA" "https://$HOST/devices?api-version=2021-04-12")
  [ "$status" = 503 ] || exit 0
done
exit 1
`)
	s.WriteFile("go.mod", "module example.com/plant\n\ngo 1.26\n\nrequire "+module+" v0.0.0\n\n"+
		"replace "+module+" => "+s.checkout()+"\n")
	s.WriteFile("go.sum", string(sums))
	tests := s.replaced("go test ./...", []string{"go get " + module + "\n", ""})
	s.Script(tests, "GOFLAGS=-mod=mod", "GOPROXY=off").Must(0).Says("ok  \texample.com/plant")
}

// keptAndShared starts the program as the guide says, and ends it when it is ready.
func (s *story) keptAndShared(program string) {
	s.t.Helper()
	// The shell empties the banner beside what follows, so that the one of the last start has to be gone before.
	const untilReady = " > banner & until grep -qs Ready banner; do sleep 0.1; done; kill $!; wait $!; cat banner\n"
	start := func(words string, replace ...string) acctest.Run {
		started := s.replaced(words, append(replace, "iotemulator ", program+" "))
		return s.Script("rm -f banner\n" + strings.TrimSuffix(started, "\n") + untilReady).Must(0)
	}
	start("-seed plant.yaml").Says("IoT hub", "(plant)", "iotemulator: ended")
	s.Script("cat plant.json").Must(0).Says(`"hall": 2`, `"private_key"`)
	start("-listen 0.0.0.0", ":8443", ":0", ":8444", ":0", ":8445", ":0").
		Says("WARNING", "HostName=emulator.plant.example:")
}

func (s *story) checkout() string {
	s.t.Helper()
	checkout, err := filepath.Abs(root)
	if err != nil {
		s.t.Fatal(err)
	}
	return checkout
}

// emulated are the variables of the emulator of a world for programs that are no provider.
func emulated(w *acctest.World) []string {
	var all []string
	for _, v := range w.Emulator.Env(w.Getenv("AZUREIOT_CA_CERTIFICATE_FILE")) {
		all = append(all, v.Key+"="+v.Value)
	}
	return all
}

func (s *story) asADevice(w *acctest.World) {
	s.t.Helper()
	text := s.shows("openssl req")
	key, rest, found := strings.Cut(text, "device=")
	if !found {
		s.t.Fatal("the block of the device has no device=")
	}
	s.Script(key).Must(0)
	if err := w.Clock.Sleep(w.Context(), time.Hour); err != nil { // The certificate is younger than the world.
		s.t.Fatal(err)
	}
	s.WriteFile("main.tf", required+`resource "azureiot_dps_individual_enrollment" "device" {
  registration_id = "thale-1"
  attestation     = { x509 = { client_certificates = { primary = file("thale-1.pem") } } }
}`)
	s.Apply().Must(0)
	rest = strings.NewReplacer(
		`'{"registrationId":"thale-1"}'`, `'{"registrationId":"thale-1"}' > answer.json`,
		"OPERATION_ID", "$(jq -r .operationId answer.json)", "-d hello", "-w '%{http_code}' -d hello",
	).Replace("device=" + rest)
	s.Script(rest, emulated(w)...).Must(0).Says(`"status":"assigned"`, "204")
}

func (s *story) goingWrong(w *acctest.World) {
	s.t.Helper()
	text := strings.NewReplacer("\ncurl ", "\ncurl -fsS ", "/federated-tokens\"", "/federated-tokens\" -o /dev/null").
		Replace(s.shows("/journal\""))
	s.Script(text, emulated(w)...).Must(0).Says("/registrations/thale-1/register")
	s.Script("curl -fsS -X DELETE http://$AZUREIOT_EMULATOR_ADMIN/faults", emulated(w)...).Must(0)
}

// device disallow: the jq rule of the page passes only when a block is known to end blocked.
func disallowPage(s *story) {
	w := s.in()
	w.AddGroup("factory", w.Intermediate)
	w.NewDevice("known").MustRegister()
	rule := s.shows("terraform show -json tfplan")
	for id, code := range map[string]int{"known": 0, "elsewhere": 1} {
		more := ""
		if code == 1 {
			more = "additional_iothub_hostnames = [terraform_data.late.output]\n hub_identity_action = \"keep\"\n"
		}
		s.WriteFile("main.tf", "resource \"terraform_data\" \"late\" {\n input = \"x.azure-devices.net\"\n}\n"+
			"resource \"azureiot_dps_device_disallow\" \"it\" {\n registration_id = \""+id+"\"\n "+more+"}\n")
		s.Plan("-out=tfplan").Must(2)
		s.Script(rule).Must(code)
	}
}
