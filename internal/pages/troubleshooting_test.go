// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// troubleshooting meets what the guide shows: a blocked device, an owner without a data role, a log, a stale plan, and
// a tainted block.
func troubleshooting(s *story) {
	w := s.in()
	w.AddGroup("plant-thale", w.Intermediate)
	device := w.NewDevice("sensor-thl-002")
	device.MustBeIn("hub1")
	s.file("why.tf", `data "azureiot_dps_device_access" "it"`)
	s.WriteFile("block.tf", `resource "azureiot_dps_device_disallow" "stolen" { registration_id = "sensor-thl-002" }`)

	stale := s.shows("Error: The plan is stale")
	s.Apply().Must(0)
	w.SetEntryStatus("sensor-thl-002", "enabled")
	s.Plan().Must(2)
	w.SetIdentityStatus("hub1", "sensor-thl-002", "enabled")
	if run := s.Run("apply", "-no-color", "plan.out").Must(1); !strings.Contains(run.Output, strings.TrimSpace(stale)) {
		s.t.Errorf("the page shows %q, but this was printed:\n%s", stale, run.Output)
	}
	s.Run("taint", "azureiot_dps_device_disallow.stolen").Must(0)
	s.does("terraform untaint", "terraform apply", "terraform apply -auto-approve").Must(0)
	device.MustBeOut("hub1")
	s.Apply().Must(0).Says("why = [")

	logged := w.NewBinaryCLI(`data "azureiot_dps_enrollment_groups" "all" {}`, acctest.BuildProvider(s.t))
	logged.Script(s.shows("TF_LOG_PROVIDER=DEBUG terraform plan")).Must(0).Says("status=200", "request_id=")
	s.isOwner()
}

// isOwner signs in as an owner, who may not read an enrollment.
func (s *story) isOwner() {
	s.t.Helper()
	w := s.world
	w.Emulator.AddApplication("owner", "for tests")
	if err := w.Emulator.GrantRole("owner", "Owner"); err != nil {
		s.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AZUREIOT_DPS_CONNECTION_STRING": "", "AZUREIOT_DPS_HOSTNAME": w.Emulator.DPSHostname(),
		"AZURE_AUTHORITY_HOST": w.Emulator.AuthorityURL(), "ARM_TENANT_ID": "emulator",
		"ARM_CLIENT_ID": "owner", "ARM_CLIENT_SECRET": "for tests",
	} {
		w.Setenv(name, value)
	}
	s.prints("The call needs the data action", s.Plan().Must(1).Output)
}

// explained is one row of the table of error codes.
type explained struct {
	codes         []string
	name, meaning string
}

// explanations are the rows of the table of error codes.
func explanations(t *testing.T) []explained {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| (`[0-9]{6}`(?:, `[0-9]{6}`)*) \\| (?:`([A-Za-z]+)`)? ?\\| (.+?) \\| .+ \\|$")
	var all []explained
	for _, match := range row.FindAllStringSubmatch(pages(t)["guides/troubleshooting.md"], -1) {
		codes := strings.Split(strings.ReplaceAll(match[1], "`", ""), ", ")
		all = append(all, explained{codes, match[2], match[3]})
	}
	return all
}

// knownCodes are the codes of the services that stand in the clients, in what users are told, in the emulator and in
// the documents that were recorded.
func knownCodes(t *testing.T) []string {
	t.Helper()
	code := regexp.MustCompile(`\b[1-5][0-9]{5}\b`)
	var found []string
	for _, pattern := range []string{
		"internal/aziothub/*.go", "internal/azdps/*.go", "internal/framework/iotdiag/*.go", "internal/device/*.go",
		"internal/emulator/hub/problem.go", "internal/emulator/dps/problem.go", "internal/wiretest/corpus/*/faults/*.json",
	} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s are no files: %v", pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, code.FindAllString(string(text), -1)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestTroubleshooting_explainsTheCodesThatAreKnown(t *testing.T) {
	t.Parallel()
	var told []string
	for _, row := range explanations(t) {
		told = append(told, row.codes...)
	}
	known := knownCodes(t)
	for _, code := range known {
		if !slices.Contains(told, code) {
			t.Errorf("the table of error codes does not have %s", code)
		}
	}
	for _, code := range told {
		if !slices.Contains(known, code) {
			t.Errorf("the table of error codes has %s, which nothing here knows", code)
		}
	}
}

// What the table says of waiting and of absence is what the clients do when a service answers with the code once.
func TestTroubleshooting_saysWhatIsWaitedForAndWhatIsAbsent(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	w.AddIdentity("hub1", "dev", nil)
	w.AddGroup("dev", w.Intermediate)
	waiting := regexp.MustCompile("waited for|tried again")
	ofHub := func() error { _, err := w.Hub("hub1").GetDevice(w.Context(), "dev"); return err }
	ofDPS := func() error { _, err := w.DPS.GetEnrollmentGroup(w.Context(), "dev"); return err }
	for _, row := range explanations(t) {
		call, name := ofHub, row.name
		if name == "" {
			call = ofDPS
		}
		for _, code := range row.codes {
			status, err := strconv.Atoi(code[:3])
			if err != nil {
				t.Fatal(err)
			}
			body := fmt.Sprintf(`{"errorCode":%s,"message":"no"}`, code)
			if name != "" {
				body = fmt.Sprintf(`{"Message":"ErrorCode:%s;no"}`, name)
			}
			fault := acctest.AnswerJSON("GET", "", body, acctest.Times(1))
			fault.Status = status
			w.Emulator.AddFault(fault)
			err = call()
			if waits := waiting.MatchString(row.meaning); waits != (err == nil) {
				t.Errorf("%s: the table says %q, and a client says %v", code, row.meaning, err)
			}
			if absent := strings.Contains(row.meaning, "there is no such"); absent != azrest.IsNotFound(err) {
				t.Errorf("%s: the table says %q, and a client takes it for absent: %v", code, row.meaning, !absent)
			}
		}
	}
}
