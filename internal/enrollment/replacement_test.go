// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// disable has operations disable the entry.
func (b bench) disable(id string) {
	b.T.Helper()
	if !b.isGroup() {
		b.SetEntryStatus(id, azdps.StatusDisabled)
		return
	}
	b.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
}

// status is what the service says of the entry.
func (b bench) status(id string) string {
	b.T.Helper()
	if !b.isGroup() {
		return b.EntryStatus(id)
	}
	switch g := b.group(id); {
	case g == nil:
		return "absent"
	case g.Disabled():
		return "disabled"
	}
	return "enabled"
}

// A replacement plans the status that it finds, whatever it does with the old entry, and makes it so. Only a status
// that is written out changes it.
func TestReplacement_ofADisabledEntryKeepsItDisabled(t *testing.T) {
	t.Parallel()
	for typeName, config := range map[string]attributes{
		individualType: individualX509("sensor-1", ""), groupType: groupX509("sensor-1", ""),
	} {
		for _, onDestroy := range []string{"delete", "disable", "keep"} {
			for _, configured := range []any{nil, "enabled", "disabled"} {
				t.Run(fmt.Sprint(typeName, onDestroy, configured), func(t *testing.T) {
					t.Parallel()
					b := newBench(t, typeName)
					pem := b.deviceCertificate("sensor-1").PEM()
					if b.isGroup() {
						pem = b.Intermediate.PEM()
					}
					slots := "client_certificates"
					if b.isGroup() {
						slots = "signing_certificates"
					}
					config := with(config, attributes{"attestation": x509(slots, pem, nil), "on_destroy": onDestroy})
					b.MustApply(b.Config(config))
					b.disable("sensor-1")
					b.MustRefresh()
					want := "disabled"
					if configured == "enabled" {
						want = "enabled"
					}
					wanted := b.Config(with(config, attributes{"provisioning_status": configured}))
					planned := b.PlanReplacement(wanted)
					acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": want})
					if configured == nil {
						acctest.MustSay(t, planned.Warnings(), "stays disabled", "was found disabled", `only "enabled", written out`)
					} else {
						acctest.MustNotSay(t, planned.Warnings(), "stays disabled")
					}
					b.ApplyReplacement(planned, false).MustSucceed(t)
					if got := b.status("sensor-1"); got != want {
						t.Errorf("the entry should be %s, not %s", want, got)
					}
				})
			}
		}
	}
}

// The plan shows what becomes of an entry that is enabled; one that is disabled by then is not touched, and the next
// plan shows that it stays so.
func TestReplacement_ofAnEntryDisabledAfterThePlanWritesNothing(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		b := newBench(t, individualType)
		config := b.Config(with(individualKey("sensor-1", attributes{}), attributes{"on_destroy": onDestroy}))
		b.MustApply(b.Config(with(individualKey("sensor-1", attributes{}), attributes{"on_destroy": onDestroy})))
		planned := b.PlanReplacement(config)
		b.disable("sensor-1")
		b.Emulator.ClearJournal()
		b.ApplyReplacement(planned, false).MustFail(t, "The plan is stale", "was disabled after the plan was made",
			"Nothing was written; plan again.")
		b.MustNotHaveWritten()
		b.MustRefresh()
		b.Replace(config, false).MustSucceed(t)
		if got := b.status("sensor-1"); got != "disabled" {
			t.Errorf("%s: the entry should be disabled, not %s", onDestroy, got)
		}
	}
}

// Somebody who enables it in between is not followed: what was planned is made.
func TestReplacement_ofAnEntryEnabledAfterThePlanMakesWhatWasPlanned(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.disable("sensor-1")
	planned := b.PlanReplacement(b.Config(config))
	b.SetEntryStatus("sensor-1", azdps.StatusEnabled)
	if replaced := b.ApplyReplacement(planned, false); replaced.Failed() || b.status("sensor-1") != "disabled" {
		t.Errorf("the entry is %s: %s", b.status("sensor-1"), replaced.Errors())
	}
}

func TestReplacement_thatCannotMakeTheEntryAgainSaysThatItWasDisabled(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.disable("sensor-1")
	planned := b.PlanReplacement(b.Config(config))
	b.Fail("", http.MethodPut, "sensor-1", http.StatusForbidden, 0)
	b.ApplyReplacement(planned, false).MustFail(t, "Cannot create individual enrollment",
		"was disabled, and is deleted by now", `write provisioning_status = "disabled" out first`)
}

// Neither Terraform nor the provider knows at that moment that the old entry is to be deleted.
func TestReplacement_ofADisabledEntryCreatedFirstEnablesNothing(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.disable("sensor-1")
	b.Replace(b.Config(config), true).MustFail(t, "Individual enrollment exists already")
	if got := b.status("sensor-1"); got != "disabled" {
		t.Errorf("the entry should be disabled, not %s", got)
	}
}

// An entry that moves to another instance is a new one there, of the same device.
func TestReplacement_byAnotherInstanceKeepsADisabledEntryDisabled(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.disable("sensor-1")
	b.MustRefresh()
	config = with(config, attributes{"dps_hostname": "other.azure-devices-provisioning.net"})
	moved := b.MustPlan(b.Config(config))
	acctest.MustSay(t, moved.Warnings(), "stays disabled")
	b.Keep(moved)
	planned := b.PlanReplacement(b.Config(config))
	acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "disabled"})
	acctest.MustSay(t, planned.Warnings(), "stays disabled")
}

// Whether it is the same device is known only when the entry is made.
func TestReplacement_ofADisabledEntryByAnUnknownOneIsNotPlannedEnabled(t *testing.T) {
	t.Parallel()
	b, config := newManaged(t)
	b.disable("sensor-1")
	b.MustRefresh()
	unknownID := b.Config(with(config, attributes{"registration_id": acctest.Unknown{}}))
	first := b.Plan(unknownID)
	b.Keep(first)
	planned := b.PlanReplacement(unknownID)
	acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "unknown"})
	b.Emulator.ClearJournal()
	b.State = b.Nothing()
	again := b.Plan(b.Config(config)) // As if the old entry stood in no state: only the service knows.
	acctest.MustRead(t, again.Planned, map[string]string{"provisioning_status": "disabled"})
}

// A name that comes from another resource, which is replaced as well, is not known to the plan, and turns out the same.
func TestAccReplacement_byAnUnknownNameThatTurnsOutTheSameLetsNobodyIn(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	device := w.NewDevice("sensor-1")
	config := func(round int) string {
		return fmt.Sprintf(`resource "terraform_data" "name" {
  input            = "sensor-1"
  triggers_replace = %d
}
resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = terraform_data.name.output
  attestation     = { x509 = { client_certificates = { primary = %s } } }
}
`, round, acctest.HCL(device.Certificate.PEM()))
	}
	cli := w.NewCLI(config(1))
	cli.Apply().Must(0)
	w.SetEntryStatus("sensor-1", azdps.StatusDisabled)
	cli.Write(config(2))
	cli.Plan().Must(2).Says(`~ provisioning_status = "disabled" -> (known after apply)`)
	cli.Run("apply", "-no-color", "plan.out").Must(0)
	device.MustBeRefused()
	w.MustHaveEntry("sensor-1", "disabled")
}

// An instance that the same apply makes is waited for once.
func TestCreate_atAnInstanceThatDoesNotAnswerLooksOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.Emulator.AddFault(emulator.Fault{Method: http.MethodGet, Cut: emulator.CutBefore})
	b.Reconfigure()
	acctest.MustSay(t, b.MustPlan(b.Config(individualKey("sensor-1", attributes{}))).Warnings(), "no answer",
		"is not known to this plan")
	b.Emulator.ClearJournal()
	said := b.Another().MustPlan(b.Config(individualKey("sensor-2", attributes{}))).Warnings()
	if said != "" || len(b.calls()) > 0 {
		t.Errorf("once is enough: %v, %s", b.calls(), said)
	}
}

// A replacement by an entry of another name destroys this one, and says as much.
func TestReplacement_byAnotherNameWarnsAsADestroyDoes(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.AddGroup("factory", b.Intermediate)
	device := b.NewDevice("sensor-1")
	b.MustApply(b.Config(individualX509("sensor-1", device.Certificate.PEM())))
	device.MustRegister()
	planned := b.MustPlan(b.Config(individualX509("sensor-2", b.deviceCertificate("sensor-2").PEM())))
	acctest.MustSay(t, planned.Warnings(), "Devices could come back", `"factory" (issuer)`, "Device keeps its hub access",
		b.Hostname("hub1"))
}

func TestCreate_whenItCannotLookForADisabledEntrySaysSo(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	config := individualKey("sensor-1", attributes{})
	b.Fail("", http.MethodGet, "sensor-1", http.StatusForbidden, 0)
	planned := b.MustPlan(b.Config(config))
	acctest.MustRead(t, planned.Planned, map[string]string{"provisioning_status": "enabled"})
	acctest.MustSay(t, planned.Warnings(), "Cannot read individual enrollment", "is not known to this plan")
}

// The plan of a fleet that exists nowhere yet reads pages, not entry by entry.
func TestAccCreate_ofAFleetLooksForItInPages(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorld(t)
	cli := w.NewCLI(`resource "azureiot_dps_individual_enrollment" "fleet" {
  count           = 40
  registration_id = "sensor-${count.index}"
  attestation     = { symmetric_key = {} }
}
`)
	cli.Plan().Must(2)
	if calls := len(w.Emulator.Journal()); calls > 6 {
		t.Errorf("the plan of 40 new entries takes %d calls", calls)
	}
}

func TestAccReplacement_ofADisabledEntryLetsNobodyIn(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []string{"delete", "disable", "keep"} {
		t.Run(onDestroy, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			own, member := w.NewDevice("sensor-1"), w.NewDevice("sensor-2")
			cli := w.NewCLI(fmt.Sprintf(`resource "azureiot_dps_individual_enrollment" "sensor" {
  registration_id = "sensor-1"
  attestation     = { x509 = { client_certificates = { primary = %s } } }
  on_destroy      = %q
}
resource "azureiot_dps_enrollment_group" "plant" {
  enrollment_group_id = "plant"
  attestation         = { x509 = { signing_certificates = { primary = %s } } }
  on_destroy          = %q
}
`, acctest.HCL(own.Certificate.PEM()), onDestroy, acctest.HCL(w.Intermediate.PEM()), onDestroy))
			cli.Apply().Must(0)
			own.MustRegister()
			member.MustRegister()
			w.SetEntryStatus("sensor-1", azdps.StatusDisabled)
			w.SetGroup("plant", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = new(azdps.StatusDisabled) })
			for _, address := range []string{
				"azureiot_dps_individual_enrollment.sensor", "azureiot_dps_enrollment_group.plant",
			} {
				for name, replace := range cli.Replacing(address, "provisioning_status") {
					replace()
					if status := cli.Values(address)["provisioning_status"]; status != "disabled" {
						t.Errorf("%s of %s: the state says %v", name, address, status)
					}
					own.MustBeRefused()
					member.MustBeRefused()
				}
			}
			cli.Plan().Must(0)
		})
	}
}
