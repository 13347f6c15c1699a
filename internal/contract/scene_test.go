// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const (
	recordings = "../../examples/policies/plans"
	// writeVariable is set by "make plans".
	writeVariable = "PLANS_WRITE"
)

// recorder keeps the names of the scenes that were played.
type recorder struct {
	mu    sync.Mutex
	names []string
}

func (r *recorder) note(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names = append(r.names, name)
}

// stage is a world with a Terraform directory, in which one scene after the other is played.
type stage struct {
	*acctest.World

	*recorder

	cli *acctest.CLI
}

// preamble is what every configuration has: the variable that a ticket is given in.
const preamble = "variable \"ticket\" {\n  type    = string\n  default = \"\"\n}\n\n"

func (r *recorder) stage(t *testing.T) *stage {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.AddGroup("plant", w.Intermediate)
	return &stage{World: w, recorder: r, cli: w.NewCLI("")}
}

// apply makes a configuration so.
func (s *stage) apply(config string, arguments ...string) {
	s.T.Helper()
	s.cli.Write(preamble + config)
	s.cli.Apply(arguments...).Must(0)
}

// scene makes a plan for a configuration and holds it against its recording.
func (s *stage) scene(name, config string, arguments ...string) {
	s.T.Helper()
	s.note(name)
	s.cli.Write(preamble + config)
	if plan := s.cli.Plan(arguments...); plan.Code == 1 {
		s.T.Fatalf("%s: %s", name, plan.Output)
	}
	got := s.tidy(s.cli.Run("show", "-json", "plan.out").Must(0).Output)
	file := filepath.Join(recordings, name+".json")
	if os.Getenv(writeVariable) == "1" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			s.T.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, line := range differences(want, got) {
		s.T.Errorf("%s: %s", name, line)
	}
}

// ticketed plays a scene twice: without, and with a ticket.
func (s *stage) ticketed(name, config string, arguments ...string) {
	s.T.Helper()
	s.scene(name, config, arguments...)
	s.scene(name+"-with-ticket", config, append(arguments, "-var=ticket=OPS-4711")...)
}

// differences are the lines that only one of two texts has.
func differences(want, got []byte) []string {
	if bytes.Equal(want, got) {
		return nil
	}
	recorded, planned := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	var lines []string
	for _, line := range planned {
		if !slices.Contains(recorded, line) {
			lines = append(lines, "the plan has "+strings.TrimSpace(line))
		}
	}
	for _, line := range recorded {
		if !slices.Contains(planned, line) {
			lines = append(lines, "the recording has "+strings.TrimSpace(line))
		}
	}
	return append(lines, "if that is meant, run make plans, and say in the contract and the changelog what changed")
}

func TestPlans_areAsRecorded(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	t.Run("played", func(t *testing.T) {
		for name, play := range map[string]func(*stage){
			"block": playBlock, "ways out": playWaysOut, "others": playOtherBlocks, "end of life": playEndOfLife,
			"unknown": playUnknown, "import": playImport, "entry": playEntry, "group": playGroup, "identity": playIdentity,
			"outside": playOutside, "group block": playGroupBlock, "group block left": playGroupBlockLeft,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				play(r.stage(t))
			})
		}
	})
	for _, name := range recorded(t) {
		if !slices.Contains(r.names, name) {
			t.Errorf("no scene plays %s", name)
		}
	}
}

// recorded are the names of the recordings.
func recorded(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no recordings: %v", err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return files
}

// read is a recording.
func read(t *testing.T, name string) (plan document) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(recordings, name+".json"))
	if err == nil {
		err = json.Unmarshal(raw, &plan)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plan
}
