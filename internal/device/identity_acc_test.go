// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// newSite is a world for the Terraform command, whose provider block names the hub north.
func newSite(t *testing.T) *acctest.World {
	t.Helper()
	w := acctest.NewWorld(t, acctest.Hubs("north", "south"))
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("north"))
	return w
}

func at(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

func TestAccDeviceIdentity_fromCreateToDestroy(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	sameGeneration := statecheck.CompareValue(compare.ValuesSame())
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Providers(),
		CheckDestroy: func(*terraform.State) error {
			if status := w.IdentityStatus("north", deviceID); status != "absent" {
				return fmt.Errorf("the identity is %s", status)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config: hcl(`  authentication = { type = "sas" }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(address, at("status"), knownvalue.StringExact("enabled")),
					plancheck.ExpectKnownValue(address, at("iothub_hostname"), knownvalue.StringExact(w.Hostname("north"))),
					plancheck.ExpectUnknownValue(address, at("generation_id")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, at("device_scope"), knownvalue.Null()),
					sameGeneration.AddStateValue(address, at("generation_id")),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateId:                        w.Hostname("north") + "/" + deviceID,
				ImportStateVerifyIdentifierAttribute: "device_id",
			},
			{
				Config: hcl(`  status = "disabled"
  status_reason = "moved"
  edge_enabled = true
  authentication = {
    type = "selfSigned"
    primary_thumbprint = "` + print1 + `"
  }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					plancheck.ExpectUnknownValue(address, at("device_scope")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, at("device_scope"), knownvalue.NotNull()),
					sameGeneration.AddStateValue(address, at("generation_id")),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: deviceID,
			},
		},
	})
}

// The plan that a person reads, the plan that a policy reads, and what becomes of the device.
func TestAccDeviceIdentity_plansSayWhatHappensToTheDevice(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	c := w.NewCLI(hcl(`  authentication = { type = "sas" }`))
	c.Apply().Must(0)
	w.SetIdentityStatus("north", deviceID, "disabled")
	c.Plan().Must(0).Says("No changes")

	c.Write(hcl("  status = \"enabled\"\n  authentication = { type = \"certificateAuthority\" }"))
	c.Plan().Must(2).Says(
		`~ status = "disabled" -> "enabled"`, `~ type = "sas" -> "certificateAuthority"`,
		"0 to add, 1 to change, 0 to destroy", "Warning: Device identity is enabled again",
		"Warning: Device keys are destroyed", `The device identity "pump-1" in `)
	change := c.Change(address).Change
	before, after := change.Before.(map[string]any), change.After.(map[string]any)
	if before["status"] != "disabled" || after["status"] != "enabled" || !change.Actions.Update() {
		t.Errorf("a policy reads %v, %v, %v", change.Actions, before, after)
	}
	c.Apply().Must(0)

	c.Write("")
	c.Plan().Must(2).Says("will be destroyed", "Warning: Device identity is deleted", "DPS makes it a new identity")
	gone := c.Change(address).Change
	if before := gone.Before.(map[string]any); before["on_destroy"] != "delete" || !gone.Actions.Delete() {
		t.Errorf("a policy reads %v, %v", gone.Actions, before)
	}
}

// Keys are rotated without a moment in which the device has no good one: first the secondary, then the device moves,
// then the primary. Present keys come from the ephemeral resource, new ones from outside; none is ever stored.
func TestAccDeviceIdentity_keysRotateWhileTheDeviceStaysConnected(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	const recipe = `
variable "new_key" {
  type      = string
  ephemeral = true
}

ephemeral "azureiot_iothub_device_credentials" "present" {
  device_id = "pump-1"
}
`
	rotation := func(primary, secondary string, version int) string {
		return recipe + hcl(fmt.Sprintf(`  authentication = {
    type             = "sas"
    primary_key_wo   = %s
    secondary_key_wo = %s
    keys_wo_version  = %d
  }`, primary, secondary, version))
	}
	const present = "ephemeral.azureiot_iothub_device_credentials.present."
	c := w.NewCLI(hcl(`  authentication = { type = "sas" }`))
	c.Apply().Must(0)
	stored := w.Identity("north", deviceID).Authentication.SymmetricKey
	primary, secondary := *stored.PrimaryKey, *stored.SecondaryKey
	device := func(key string) bool { return w.DeviceBy(deviceID, devicesim.SymmetricKey(key)).Connects("north") }

	c.Write(rotation(present+"primary_key", "var.new_key", 1))
	c.Plan("-var=new_key=" + key1).Must(2).Says("Device keys are replaced")
	said := c.Apply("-var=new_key=" + key1).Must(0).Output
	if !device(primary) || !device(key1) || device(secondary) {
		t.Fatal("after the first step the present primary key and the new secondary key should be good")
	}
	c.Write(rotation("var.new_key", present+"secondary_key", 2))
	said += c.Apply("-var=new_key=" + key2).Must(0).Output
	if !device(key1) || !device(key2) || device(primary) {
		t.Fatal("after the second step the two new keys should be good")
	}
	c.Plan("-var=new_key=" + key2).Must(0)
	said += c.State() + c.StateBackup() + c.Run("show", "-json", "plan.out").Must(0).Output
	for _, key := range []string{primary, secondary, key1, key2} {
		if strings.Contains(said, key) {
			t.Error("a key is told or kept")
		}
	}
}

// A refresh-only plan finds nothing in an idle hub or in a busy one, however often it is made.
func TestAccDeviceIdentity_refreshOnlyFindsNothing(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	c := w.NewCLI(hcl(fmt.Sprintf(`  authentication = {
    type             = "sas"
    primary_key_wo   = %q
    secondary_key_wo = %q
    keys_wo_version  = 1
  }`, key1, key2)))
	c.Apply().Must(0)
	for range 4 {
		c.Run("plan", "-no-color", "-refresh-only", "-detailed-exitcode").Must(0)
		if !w.DeviceBy(deviceID, devicesim.SymmetricKey(key1)).Connects("north") {
			t.Fatal("the device cannot connect")
		}
	}
}

// A gateway, its child and the child's child are made in one apply, and gone in one destroy.
func TestAccDeviceIdentity_familyInOneApply(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	const family = `
resource "terraform_data" "hub" {
  input = %q
}

resource "azureiot_iothub_device_identity" "top" {
  device_id       = "top"
  iothub_hostname = terraform_data.hub.output
  edge_enabled    = true
}

resource "azureiot_iothub_device_identity" "line" {
  device_id       = "line"
  iothub_hostname = terraform_data.hub.output
  edge_enabled    = true
  parent_scope    = azureiot_iothub_device_identity.top.device_scope
}

resource "azureiot_iothub_device_identity" "pump" {
  device_id       = "pump-1"
  iothub_hostname = terraform_data.hub.output
  parent_scope    = azureiot_iothub_device_identity.line.device_scope
}
`
	c := w.NewCLI(fmt.Sprintf(family, w.Hostname("south")))
	c.Plan().Must(2).Says("+ iothub_hostname = (known after apply)", "+ parent_scope = (known after apply)")
	c.Apply().Must(0)
	c.Plan().Must(0)
	top, line := w.Identity("south", "top"), w.Identity("south", "line")
	if line.ParentScopes[0] != *top.DeviceScope || *w.Identity("south", deviceID).DeviceScope != *line.DeviceScope {
		t.Error("the family is not one")
	}
	c.Destroy().Must(0)
}

// What was marked tainted is replaced, and with on_destroy = "keep" nothing of it is lost.
func TestAccDeviceIdentity_taintedAndKeptIsTakenOver(t *testing.T) {
	t.Parallel()
	w := newSite(t)
	c := w.NewCLI(hcl("  on_destroy = \"keep\"\n  authentication = { type = \"sas\" }"))
	c.Apply().Must(0)
	before := w.Identity("north", deviceID)
	c.Run("taint", address).Must(0)
	c.Apply().Must(0)
	c.Apply("-replace=" + address).Must(0)
	if after := w.Identity("north", deviceID); after.GenerationID != before.GenerationID ||
		*after.Authentication.SymmetricKey.PrimaryKey != *before.Authentication.SymmetricKey.PrimaryKey {
		t.Error("the identity is another one")
	}
	c.Plan().Must(0)
}

// The provider runs as users run it, with everything logged. No key is in what is logged, printed, planned or kept.
func TestAccDeviceIdentity_secretsStayOut(t *testing.T) {
	t.Parallel()
	binary := acctest.BuildProvider(t)
	w := newSite(t)
	log := filepath.Join(t.TempDir(), "trace.log")
	config := `
ephemeral "azureiot_iothub_device_credentials" "pump" {
  device_id     = azureiot_iothub_device_identity.pump.device_id
  generation_id = azureiot_iothub_device_identity.pump.generation_id
}

variable "key" {
  type      = string
  ephemeral = true
}

` + hcl(`  authentication = {
    type             = "sas"
    primary_key_wo   = var.key
    secondary_key_wo = var.key
    keys_wo_version  = 1
  }`) + `
resource "azureiot_iothub_device_identity" "spare" {
  device_id = "spare"
  authentication = {
    type             = "sas"
    primary_key_wo   = ephemeral.azureiot_iothub_device_credentials.pump.primary_key
    secondary_key_wo = ephemeral.azureiot_iothub_device_credentials.pump.secondary_key
    keys_wo_version  = 1
  }
}
`
	c := w.NewBinaryCLI(config, binary, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_key="+key1)
	said := c.Plan().Must(2).Output + c.Run("show", "-json", "plan.out").Must(0).Output
	said += c.Apply().Must(0).Output + c.State()
	said += c.Run("import", "-no-color", "-input=false", address, deviceID).Output
	said += c.Destroy().Must(0).Output
	traced, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(traced), "Azure IoT service call") {
		t.Fatal("the trace has no call of the provider: this test proves nothing")
	}
	for _, secret := range []string{key1, "SharedAccessSignature", "SharedAccessKey="} {
		if strings.Contains(said+string(traced), secret) {
			t.Errorf("%.16s… is told", secret)
		}
	}
}
