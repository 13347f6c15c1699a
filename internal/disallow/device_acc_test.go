// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
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
		return knownvalue.MapExact(map[string]knownvalue.Check{host + "/" + stolenID: knownvalue.StringExact(status)})
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
				statecheck.ExpectKnownValue(stolen, at("reenroll_paths"), knownvalue.SetExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"enrollment_group_id": knownvalue.StringExact("factory"), "match": knownvalue.StringExact("thumbprint"),
					}),
				})),
			},
		}},
	})
	// The test case has destroyed the resource: the device stays blocked.
	f.device.MustBeOut(f.hub)
	f.MustHaveEntry(stolenID, "disabled")
}

func TestAccDeviceDisallow_staysQuietWhileTheDeviceKeepsTrying(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
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

// The block holds whatever groups come: a group that is added is no drift, and the plan that destroys the block tells
// it.
func TestAccDeviceDisallow_groupThatIsAddedIsToldWhenTheBlockIsDestroyed(t *testing.T) {
	t.Parallel()
	f, c := appliedFleet(t, "")
	f.AddGroup("everything", f.Root)
	c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(0)
	c.Plan().Must(0)
	c.Plan("-destroy").Must(2).Says("these enabled groups could then let the device in again", "everything (issuer)")
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
		": stays disabled")
	f.wroteInOrder()
}
