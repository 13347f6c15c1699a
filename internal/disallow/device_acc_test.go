// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func TestAccDeviceDisallow_basic(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	host := f.Hostname(f.hub)
	config := f.hcl("")
	identity := func(status string) knownvalue.Check {
		return knownvalue.MapExact(map[string]knownvalue.Check{host: knownvalue.ObjectExact(map[string]knownvalue.Check{
			"device_id": knownvalue.StringExact(stolenID), "status": knownvalue.StringExact(status),
		})})
	}
	at := func(name string) tfjsonpath.Path { return tfjsonpath.New(name) }
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: f.Providers(),
		Steps: []resource.TestStep{{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(stolen, plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(stolen, at("access"), knownvalue.StringExact("blocked")),
					plancheck.ExpectKnownValue(stolen, at("enrollment_status"), knownvalue.StringExact("disabled")),
					plancheck.ExpectKnownValue(stolen, at("enrollment_origin"), knownvalue.StringExact("created")),
					plancheck.ExpectKnownValue(stolen, at("reversible"), knownvalue.Bool(true)),
					plancheck.ExpectKnownValue(stolen, at("hub_identities"), identity("disabled")),
					plancheck.ExpectUnknownValue(stolen, at("previous")),
					plancheck.ExpectUnknownValue(stolen, at("reenroll_paths")),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(stolen, at("access"), knownvalue.StringExact("blocked")),
				statecheck.ExpectKnownValue(stolen, at("hub_identities"), identity("disabled")),
				statecheck.ExpectKnownValue(stolen, at("previous").AtMapKey("enrollment_status"), knownvalue.StringExact("absent")),
				statecheck.ExpectKnownValue(stolen, at("previous").AtMapKey("hub_identities"), identity("enabled")),
				statecheck.ExpectKnownValue(stolen, at("reenroll_paths"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"enrollment_group_id": knownvalue.StringExact("factory"), "match": knownvalue.StringExact("thumbprint"),
					}),
				})),
			},
		}},
	})
	// The test case has destroyed the resource: the device stays blocked.
	f.device.MustBeOut(f.hub)
	if got := f.EntryStatus(stolenID); got != "disabled" {
		t.Errorf("the entry should be disabled, not %s", got)
	}
}

func TestAccDeviceDisallow_planNamesGoalAndEffects(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	other := f.NewDevice("sensor-thl-001")
	other.MustRegister()
	c := f.NewCLI(f.hcl(""))
	object := f.Hostname(f.hub) + "/" + stolenID
	c.Plan().Must(2).Says(
		`+ action = "create_disabled" + from = "absent" + object = "sensor-thl-002" `+
			`+ target = "dps_individual_enrollment" + to = "disabled"`,
		`+ action = "disable" + from = "enabled" + object = "`+object+`" `+
			`+ target = "iothub_device_identity" + to = "disabled"`,
		`+ enrollment_status = "disabled"`, `+ access = "blocked"`,
		"dps_individual_enrollment sensor-thl-002: absent -> disabled (create_disabled)",
		"iothub_device_identity "+object+": enabled -> disabled (disable)",
		"these enabled groups would let the device in again: factory (thumbprint)",
	)
	after, err := json.Marshal(c.Change(stolen).Change.After)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`{"action":"create_disabled","from":"absent","object":"sensor-thl-002",` +
			`"target":"dps_individual_enrollment","to":"disabled"}`,
		`{"action":"disable","from":"enabled","object":"` + object + `","target":"iothub_device_identity","to":"disabled"}`,
	} {
		if !strings.Contains(string(after), part) {
			t.Errorf("the plan's JSON should have %s:\n%s", part, after)
		}
	}
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(0)
	f.device.MustBeOut(f.hub)
	other.MustBeIn(f.hubOf(other))
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+stolenID)
}

// hubOf is the hub of another device.
func (f fleet) hubOf(d interface{ RegistrationID() string }) string {
	for _, hub := range f.Emulator.Hubs() {
		if f.Identity(hub.Name(), d.RegistrationID()) != nil {
			return hub.Name()
		}
	}
	f.T.Fatalf("no hub has %s", d.RegistrationID())
	return ""
}

// wroteInOrder fails the test unless exactly these paths were written, in this order; registrations of devices do not
// count.
func (f fleet) wroteInOrder(paths ...string) {
	f.T.Helper()
	var written []string
	for _, exchange := range f.Writes() {
		if !strings.Contains(exchange.Path, "/registrations/") && !strings.Contains(exchange.Path, "/messages/") {
			written = append(written, exchange.Path)
		}
	}
	if !slices.Equal(written, paths) {
		f.T.Errorf("should have written %v, not %v", paths, written)
	}
}

func TestAccDeviceDisallow_staysQuietWhileTheDeviceKeepsTrying(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Apply().Must(0)
	trying := f.device.TryContinuously()
	trying.AwaitTries(3)
	mark := trying.Mark()
	f.Emulator.ClearJournal()
	c.Plan().Must(0)
	c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(0)
	trying.AwaitTries(3)
	c.Plan().Must(0)
	if admitted := trying.AdmittedSince(mark); admitted > 0 {
		t.Errorf("the device got in %d times", admitted)
	}
	trying.Stop()
	f.wroteInOrder()
}

func TestAccDeviceDisallow_refreshOnlyReportsAGroupThatWasAdded(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Apply().Must(0)
	f.AddGroup("everything", f.Root)
	c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(2).
		Says(`"everything"`).DoesNotSay("enrollment_status", "access")
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_driftAndItsRepairAreOneDifference(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Apply().Must(0)
	f.SetEntryStatus(stolenID, "enabled")
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.device.MustBeIn(f.hub)
	c.Plan().Must(2).Says(`~ enrollment_status = "enabled" -> "disabled"`, `~ access = "allowed" -> "blocked"`,
		`~ status = "enabled" -> "disabled"`, "Device will be blocked again").DoesNotSay("must be replaced")
	if actions := c.Change(stolen).Change.Actions; !actions.Update() {
		t.Errorf("the repair should be an update, not %v", actions)
	}
	f.Emulator.ClearJournal()
	c.Apply().Must(0)
	f.wroteInOrder("/enrollments/"+stolenID, "/devices/"+stolenID)
	f.device.MustBeOut(f.hub)
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_entryDeletedOutsideIsMadeAgainInPlace(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Apply().Must(0)
	f.DeleteEntry(stolenID)
	f.device.MustRegister()
	c.Plan().Must(2).Says(`~ enrollment_status = "absent" -> "disabled"`, `~ access = "allowed" -> "blocked"`,
		"absent -> disabled (create_disabled)", "was deleted outside Terraform")
	if actions := c.Change(stolen).Change.Actions; !actions.Update() {
		t.Errorf("the entry should be made again in an update, not %v", actions)
	}
	c.Apply().Must(0)
	f.device.MustBeOut(f.hub)
	c.Plan().Must(0)
}

func TestAccDeviceDisallow_destroyChangesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Apply().Must(0)
	c.Plan("-destroy").Must(2).Says("Device stays blocked", "Destroying changes nothing in Azure",
		"Do not delete the disabled individual enrollment by hand", "factory (thumbprint)")
	before, ok := c.Change(stolen).Change.Before.(map[string]any)
	if !ok || before["on_destroy"] != "keep" || before["access"] != "blocked" || before["reenroll_paths"] == nil {
		t.Errorf("a policy should read on_destroy, access and reenroll_paths before the destroy: %v", before)
	}
	f.Emulator.ClearJournal()
	c.Destroy().Must(0)
	f.wroteInOrder()
	f.device.MustBeOut(f.hub)
}

func TestAccDeviceDisallow_preventIsAnErrorAtPlan(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(`on_destroy = "prevent"`))
	c.Apply().Must(0)
	c.Plan("-destroy").Must(1).Says("Disallow is held by on_destroy", `Set on_destroy = "keep" and apply that first`)
	c.Write("")
	c.Plan().Must(1).Says("Disallow is held by on_destroy", stolenID)
	c.Write(strings.ReplaceAll(f.hclFor("sensor-thl-009", `on_destroy = "prevent"`), "\t", "  "))
	c.Plan().Must(1).Says("Disallow is held by on_destroy", "would replace it")
	c.Write(f.hcl(`on_destroy = "keep"`))
	c.Plan().Must(2).Says(`~ on_destroy = "prevent" -> "keep"`)
	f.Emulator.ClearJournal()
	c.Apply().Must(0)
	f.wroteInOrder()
	c.Destroy().Must(0)
}

// hclFor blocks another device, of which only the name is known.
func (f fleet) hclFor(registrationID, more string) string {
	return "resource \"azureiot_dps_device_disallow\" \"stolen\" {\n  registration_id = \"" + registrationID + "\"\n  " +
		more + "\n}\n"
}

func TestAccDeviceDisallow_deviceThatChangedAfterThePlanStopsTheApply(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(f.hcl(""))
	c.Plan().Must(2)
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	f.Emulator.ClearJournal()
	c.Run("apply", "-no-color", "plan.out").Must(1).Says("inconsistent final plan",
		"the device changed after this plan was made and nothing was written; plan again",
		": disabled -> disabled (none)")
	f.wroteInOrder()
}
