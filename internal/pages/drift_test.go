// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// managed is what Terraform has in hand while somebody does what the guide's table says.
const managed = `
resource "azureiot_dps_device_disallow" "blocked" {
  for_each        = toset(["entry-enabled", "identity-enabled", "entry-deleted", "moved"])
  registration_id = each.key
}

resource "azureiot_dps_enrollment_group" "gone" {
  enrollment_group_id = "gone-group"
  attestation         = { symmetric_key = {} }
}

resource "azureiot_dps_individual_enrollment" "gone" {
  registration_id = "gone-entry"
  attestation     = { symmetric_key = {} }
}

resource "azureiot_dps_individual_enrollment" "rolled" {
  registration_id = "rolled"
  attestation     = { x509 = { client_certificates = { primary = file("rolled.pem") } } }
}

resource "azureiot_dps_individual_enrollment" "left" {
  registration_id = "left-to-operations"
  attestation     = { symmetric_key = {} }
}

resource "azureiot_iothub_device_identity" "identities" {
  for_each  = toset(["gone-identity", "made-anew"])
  device_id = each.key
}
`

// drift has somebody do each row of the guide's table, and then runs the script of the guide.
func drift(s *story) {
	w := s.in(acctest.Hubs("hub1", "hub2"))
	w.AddGroup("plant", w.Intermediate)
	w.SetGroup("plant", func(group *azdps.EnrollmentGroup) { group.IoTHubs = []string{w.Hostname("hub1")} })
	moving := w.NewDevice("moved")
	for _, device := range []*acctest.Device{
		w.NewDevice("entry-enabled"), w.NewDevice("identity-enabled"), w.NewDevice("entry-deleted"), moving,
	} {
		device.MustBeIn("hub1")
	}
	s.WriteFile("rolled.pem", w.NewDevice("rolled").Certificate.PEM())
	s.WriteFile("main.tf", managed)
	s.Apply().Must(0)
	program := filepath.Join(s.t.TempDir(), "plansummary")
	s.Script("cd " + s.checkout() + " && go build -o " + program + " ./tools/plansummary").Must(0)
	script := s.shows("review/drift.md")
	s.Script(script, "PLANSUMMARY="+program).Must(0)

	s.somebodyChanges(moving)
	s.Script(script, "PLANSUMMARY="+program).Must(2)
	raw, err := os.ReadFile(filepath.Join(s.Dir(), "review", "drift.md"))
	if err != nil {
		s.t.Fatal(err)
	}
	for object, said := range map[string]string{
		"entry-enabled": "entry **re-enabled**", "identity-enabled": "**re-enabled**", "entry-deleted": "entry **deleted**",
		"moved": "**moved** to `" + w.Hostname("hub2") + "`", "gone-group": "group **deleted**",
		"gone-entry": "entry **deleted**", "gone-identity": "identity **deleted**", "made-anew": "identity **made anew**",
		"rolled": "certificate **rolled**", "left-to-operations": "entry disabled",
	} {
		row := regexp.MustCompile("(?m)^\\| `" + object + "` \\| .*" + regexp.QuoteMeta(said))
		if !row.Match(raw) {
			s.t.Errorf("of %s there should be said %q:\n%s", object, said, raw)
		}
	}
	s.undoes(moving)
}

// undoes applies, which leaves alone only what the table says that it does.
func (s *story) undoes(moving *acctest.Device) {
	s.t.Helper()
	w := s.world
	s.Apply().Must(0)
	for id, want := range map[string]string{
		"entry-enabled": "disabled", "entry-deleted": "disabled", "moved": "disabled", "gone-entry": "enabled",
		"left-to-operations": "disabled",
	} {
		if got := w.EntryStatus(id); got != want {
			s.t.Errorf("after the apply the entry %s is %s, not %s", id, got, want)
		}
	}
	if got := w.IdentityStatus("hub1", "identity-enabled"); got != "disabled" {
		s.t.Errorf("after the apply the identity is %s", got)
	}
	moving.MustBeOut("hub2")
	s.Plan().Must(0)
}

// somebodyChanges does what the rows of the table say, each to an object of its own.
func (s *story) somebodyChanges(moving *acctest.Device) {
	s.t.Helper()
	w := s.world
	w.SetEntryStatus("entry-enabled", "enabled")
	w.SetIdentityStatus("hub1", "identity-enabled", "enabled")
	w.DeleteEntry("entry-deleted")
	w.SetEntry("moved", func(e *azdps.IndividualEnrollment) {
		status := azdps.StatusEnabled
		e.ProvisioningStatus, e.Attestation, e.IoTHubs = &status, certified(moving.Certificate), []string{w.Hostname("hub2")}
	})
	moving.MustRegister()
	w.SetIdentityStatus("hub2", "moved", "enabled") // It was disabled before, and went along so.
	moving.MustBeIn("hub2")
	w.SetEntryStatus("moved", "disabled")
	w.DeleteEntry("gone-entry")
	if err := w.DPS.DeleteEnrollmentGroup(w.Context(), "gone-group", nil); err != nil {
		s.t.Fatal(err)
	}
	w.DeleteIdentity("hub1", "gone-identity")
	w.DeleteIdentity("hub1", "made-anew")
	w.AddIdentity("hub1", "made-anew", func(*aziothub.Device) {})
	other := certified(w.NewDevice("rolled").Certificate)
	w.SetEntry("rolled", func(e *azdps.IndividualEnrollment) { e.Attestation = other })
	w.SetEntryStatus("left-to-operations", "disabled")
}
