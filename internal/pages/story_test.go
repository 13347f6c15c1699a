// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// story is a page that is being done as it says.
type story struct {
	*acctest.CLI

	t      testing.TB
	world  *acctest.World
	blocks []*block
}

// stories have one for each page that shows a block.
var stories = map[string]func(*story){
	"README.md":                               readme,
	"guides/adopt-a-fleet.md":                 adopt,
	"guides/deprovision-a-group.md":           deprovisionAGroup,
	"guides/disallow-a-device.md":             disallowADevice,
	"guides/drift.md":                         drift,
	"guides/first-steps.md":                   firstSteps,
	"guides/incident-runbook.md":              incidentRunbook,
	"guides/maturity.md":                      maturity,
	"guides/plan-policies.md":                 planPolicies,
	"guides/roll-certificates.md":             rollCertificates,
	"guides/rotate-keys.md":                   rotateKeys,
	"guides/signing-in-azure-cli.md":          signingInWithTheAzureCLI,
	"guides/signing-in-azure-devops.md":       signingInFromDevOps,
	"guides/signing-in-client-certificate.md": signingInWithACertificate,
	"guides/signing-in-client-secret.md":      signingInWithASecret,
	"guides/signing-in-connection-strings.md": signingInWithStrings,
	"guides/signing-in-github-actions.md":     signingInFromGitHub,
	"guides/signing-in-managed-identity.md":   signingInAsAMachine,
	"guides/signing-in-token.md":              signingInWithAToken,
	"guides/signing-in-workload-identity.md":  signingInFromAPod,
	"guides/signing-in.md":                    signingIn,
	"guides/testing-with-the-emulator.md":     testingWithTheEmulator,
	"guides/troubleshooting.md":               troubleshooting,
	"guides/upgrading.md":                     upgrading,
	"resources/dps_device_disallow.md":        disallowPage,
}

func TestPages_areTrue(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for name := range maps.Keys(stories) {
		if _, ok := all[name]; !ok {
			t.Errorf("there is a story of %s, which is no page", name)
		}
	}
	for name, text := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &story{t: t, blocks: blocks(t, text)}
			if tell := stories[name]; tell != nil {
				tell(s)
			}
			for _, b := range s.blocks {
				if !b.used {
					t.Errorf("%s shows what no test does: tell it in a story, or say in one why it cannot be run\n%s", name, b.text)
				}
			}
		})
	}
}

// in starts the world in which the page is done, with an empty working directory.
func (s *story) in(options ...acctest.Option) *acctest.World {
	s.t.Helper()
	w := acctest.NewWorld(s.t, options...)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("hub1"))
	return s.into(w)
}

// into has the page done in a world that is there already.
func (s *story) into(w *acctest.World) *acctest.World {
	s.t.Helper()
	s.world, s.CLI = w, w.NewCLI("")
	if err := os.Remove(filepath.Join(s.Dir(), "main.tf")); err != nil {
		s.t.Fatal(err)
	}
	if !slices.ContainsFunc(s.blocks, func(b *block) bool { return strings.Contains(b.text, "required_providers") }) {
		s.WriteFile("versions.tf", required)
	}
	return w
}

// required is what a page leaves out that shows one resource only.
const required = "terraform {\n  required_providers {\n    azureiot = { source = \"azureiot/azureiot\" }\n  }\n}\n"

// shows is the text of the first unused block, or else of the first, that has words in it; it is used now.
func (s *story) shows(words string) string {
	s.t.Helper()
	var found *block
	for _, b := range s.blocks {
		if strings.Contains(b.text, words) && (found == nil || found.used && !b.used) {
			found = b
		}
	}
	if found == nil {
		s.t.Fatalf("no block has %q", words)
	}
	found.used = true
	return found.text
}

// file writes the block that has words into a file of the working directory, with what the reader has to replace.
func (s *story) file(name, words string, replace ...string) {
	s.t.Helper()
	s.WriteFile(name, s.replaced(words, replace))
}

// does runs the block that has words in a shell, with what the reader has to replace.
func (s *story) does(words string, replace ...string) acctest.Run {
	s.t.Helper()
	return s.Script(s.replaced(words, replace))
}

func (s *story) replaced(words string, replace []string) string {
	s.t.Helper()
	text := s.shows(words)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			s.t.Fatalf("the block with %q does not have %q", words, replace[i])
		}
	}
	return strings.NewReplacer(replace...).Replace(text)
}

// cannotRun names a block that cannot be run here, and why.
func (s *story) cannotRun(words, reason string) {
	s.t.Helper()
	s.t.Logf("not run, since %s:\n%s", reason, s.shows(words))
}

// prints holds the block that has words against what was printed: line by line, but for what is left out, a line of
// dots, and for names that are of this world.
func (s *story) prints(words, printed string, replace ...string) {
	s.t.Helper()
	flat := acctest.Flatten(printed)
	for line := range strings.Lines(s.replaced(words, replace)) {
		line = acctest.Flatten(line)
		for part := range strings.SplitSeq(line, "…") {
			if part = strings.TrimSpace(part); part != "" && part != "..." && !strings.Contains(flat, part) {
				s.t.Errorf("the page shows %q, but this was printed:\n%s", part, printed)
			}
		}
	}
}
