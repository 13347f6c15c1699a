// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const accessType = "azureiot_dps_device_access"

// access is the device as the data source tells of it.
func (f fleet) access(names map[string]any) (tftypes.Value, acctest.Step) {
	f.T.Helper()
	return f.ReadDataSource(accessType, names)
}

func (f fleet) mustAccess(names map[string]any) tftypes.Value {
	f.T.Helper()
	return f.MustReadDataSource(accessType, names)
}

// textsOf are the elements of a list or a set of texts.
func textsOf(t testing.TB, value tftypes.Value, name string) []string {
	t.Helper()
	texts := []string{}
	for _, element := range acctest.Elements(t, value, name) {
		var text string
		if err := element.As(&text); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func (f fleet) hasReasons(looked tftypes.Value, wanted ...string) {
	f.T.Helper()
	if said := textsOf(f.T, looked, "reasons"); !slices.Equal(said, wanted) {
		f.T.Errorf("the reasons should be\n%s\nand are\n%s", strings.Join(wanted, "\n"), strings.Join(said, "\n"))
	}
}

// namesOf are the ways in which somebody may name the device of a fleet.
func (f fleet) namesOf(deviceID string) map[string]map[string]any {
	certificate, chain := f.device.Certificate.PEM(), f.device.Certificate.ChainPEM()
	return map[string]map[string]any{
		"registration ID":             {"registration_id": stolenID},
		"another letter case":         {"registration_id": strings.ToUpper(stolenID)},
		"device ID":                   {"device_id": deviceID},
		"device ID and its hub":       {"device_id": deviceID, "additional_iothub_hostnames": []string{f.Hostname(f.hub)}},
		"certificate":                 {"certificate_pem": certificate},
		"certificate and chain":       {"certificate_pem": certificate, "certificate_chain_pem": chain},
		"registration ID, and a name": {"registration_id": stolenID, "device_id": deviceID, "certificate_pem": certificate},
	}
}

func TestDeviceAccess_ofADeviceThatAGroupLetsIn(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for name, names := range f.namesOf(stolenID) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := f.For(t)
			looked := f.mustAccess(names)
			acctest.MustRead(t, looked, map[string]string{
				"access": "allowed", "complete": "true", "dps_hostname": f.Emulator.DPSHostname(),
				"registration.status": "assigned", "registration.assigned_hub": f.Hostname(f.hub),
				"registration.device_id": stolenID,
			})
			if got := acctest.At(t, looked, "registration_id"); !strings.EqualFold(got, stolenID) {
				t.Errorf("the registration ID should be %s, not %s", stolenID, got)
			}
			hasIdentities(t, looked, map[string]string{f.identityObject(): "enabled"})
			if ids := textsOf(t, looked, "device_ids"); !slices.Equal(ids, []string{stolenID}) {
				t.Errorf("the device is called %q", ids)
			}
		})
	}
	f.device.MustBeIn(f.hub)
}

func TestDeviceAccess_saysWhichGroupGovernsAndHowCertainlyOthersMatch(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.AddGroup("root", f.Root)
	f.disableGroup("root")
	looked := f.mustAccess(f.namesOf(stolenID)["certificate and chain"])
	acctest.MustRead(t, looked, map[string]string{
		"governing.kind": "group", "governing.id": "factory", "governing.status": "enabled", "governing.match": "thumbprint",
	})
	covering := map[string]string{}
	for _, group := range acctest.Elements(t, looked, "groups") {
		covering[acctest.At(t, group, "enrollment_group_id")] =
			acctest.At(t, group, "status") + " " + acctest.At(t, group, "match")
	}
	if len(covering) != 2 || covering["factory"] != "enabled thumbprint" || covering["root"] != "disabled issuer" {
		t.Errorf("the groups are %v", covering)
	}
	f.hasReasons(looked,
		`There is no individual enrollment, and the group "factory" decides, which is enabled: its certificate is in the `+
			`device's chain.`,
		`The enabled group "factory" could let the device in: its certificate is in the device's chain.`,
		f.Hostname(f.hub)+` lets the device in: its identity "sensor-thl-002" is enabled.`,
		"Its registration record says that it was assigned to "+f.Hostname(f.hub)+".")
}

// The data source and the block say the same at every stage of a block, and the device bears it out.
func TestDeviceAccess_agreesWithTheBlock(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	o, _ := f.blocked(nil)
	f.device.MustBeOut(f.hub)
	for _, happens := range []func(){
		func() {},
		func() { f.device.MustBeRefused() },
		func() { f.SetIdentityStatus(f.hub, stolenID, "enabled") },
		func() { f.SetEntryStatus(stolenID, "enabled") },
	} {
		happens()
		o.MustRefresh()
		looked := f.mustAccess(map[string]any{"registration_id": stolenID})
		acctest.MustRead(t, looked, map[string]string{
			"access": o.Attribute("access"), "governing.kind": "individual",
			"governing.status": f.EntryStatus(stolenID),
		})
	}
	f.device.MustBeIn(f.hub)
}

func TestDeviceAccess_ofABlockedDevice(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	f.device.MustBeOut(f.hub)
	looked := f.mustAccess(map[string]any{"registration_id": stolenID})
	acctest.MustRead(t, looked, map[string]string{"access": "blocked", "complete": "true", "governing.kind": "individual"})
	f.hasReasons(looked,
		"DPS refuses the device: its individual enrollment is disabled, which counts before any group.",
		f.Hostname(f.hub)+` refuses the device: its identity "sensor-thl-002" is disabled.`,
		"Where the device can have an identity is known.")
}

func TestDeviceAccess_findsADeviceByItsOtherNameOrItsCertificate(t *testing.T) {
	t.Parallel()
	pump := "Pump#7" // No registration ID can be called so.
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &pump })
	info := f.Entry(stolenID).Attestation.X509.ClientCertificates.Primary.Info
	all := f.namesOf(pump)
	all["SHA-1"] = map[string]any{"thumbprint": strings.ToLower(info.SHA1Thumbprint)}
	all["SHA-256"] = map[string]any{"thumbprint": info.SHA256Thumbprint}
	all["stand-in"] = map[string]any{"certificate_pem": "sha256:" + info.SHA256Thumbprint}
	for name, names := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			looked := f.mustAccess(names)
			acctest.MustRead(t, looked, map[string]string{
				"access": "allowed", "governing.kind": "individual", "registration.device_id": pump, "complete": "true",
			})
			if got := acctest.At(t, looked, "registration_id"); !strings.EqualFold(got, stolenID) {
				t.Errorf("the registration ID should be %s, not %s", stolenID, got)
			}
			if ids := textsOf(t, looked, "device_ids"); !slices.Equal(ids, []string{pump}) {
				t.Errorf("the device is called %q", ids)
			}
			hasIdentities(t, looked, map[string]string{f.identity(f.hub, pump): "enabled"})
		})
	}
}

// One device's registration ID is another one's name in its hub: an alarm of the hub means the other one.
func TestDeviceAccess_deviceIDThatIsAnotherDevicesRegistrationID(t *testing.T) {
	t.Parallel()
	name, elsewhere := "press-1", "press-9"
	f := enrolledFleet(t, azdps.AttestationX509, func(e *azdps.IndividualEnrollment) { e.DeviceID = &name })
	entry := azdps.IndividualEnrollment{RegistrationID: name, DeviceID: &elsewhere}
	entry.Attestation = acctest.Keyed()
	f.put(entry)
	looked := f.mustAccess(map[string]any{"device_id": name})
	acctest.MustRead(t, looked, map[string]string{"registration_id": stolenID, "registration.device_id": name})
}

// An identity in a hub of which DPS knows nothing shows a certificate that an entry holds under another name.
func TestDeviceAccess_findsADeviceByTheCertificateThatItsIdentityShows(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationX509, nil)
	f.AddIdentity("south", "press-1", selfSigned(f.Entry(stolenID).Attestation.X509.ClientCertificates.Primary.Info.
		SHA1Thumbprint))
	looked := f.mustAccess(map[string]any{"device_id": "press-1"})
	acctest.MustRead(t, looked, map[string]string{"registration_id": stolenID, "access": "allowed"})
	if ids := textsOf(t, looked, "device_ids"); !slices.Equal(ids, []string{"press-1", stolenID}) {
		t.Errorf("the device is called %q", ids)
	}
}

// Nothing that is not found is an error, and nothing that is not known is called blocked.
func TestDeviceAccess_ofADeviceThatNobodyKnows(t *testing.T) {
	t.Parallel()
	const thumbprint = "AB12AB12AB12AB12AB12AB12AB12AB12AB12AB12"
	f := newFleet(t)
	for name, test := range map[string]struct {
		names  map[string]any
		wanted map[string]string
		reason string
	}{
		"registration ID": {
			map[string]any{"registration_id": "nobody"}, map[string]string{
				"access": "allowed", "registration": "null", "governing.kind": "possible", "complete": "true",
			}, "which group decides is not known: factory, or none.",
		},
		"device ID": {
			map[string]any{"device_id": "nobody"}, map[string]string{
				"access": "allowed", "registration_id": "nobody", "registration": "null", "complete": "true",
			}, "which group decides is not known: factory, or none.",
		},
		"device ID that is no registration ID": {
			map[string]any{"device_id": "no#body"}, map[string]string{
				"access": "null", "registration_id": "null", "governing.kind": "possible", "complete": "true",
			}, `No individual enrollment has the device ID "no#body"`,
		},
		"thumbprint": {
			map[string]any{"thumbprint": thumbprint}, map[string]string{
				"access": "null", "registration_id": "null", "governing.kind": "possible", "complete": "true",
			}, "No individual enrollment holds the certificate " + thumbprint,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			looked := f.For(t).mustAccess(test.names)
			acctest.MustRead(t, looked, test.wanted)
			acctest.MustSay(t, strings.Join(textsOf(t, looked, "reasons"), "\n"), test.reason)
		})
	}
}

// Entries that nobody looked at may be the device's: then neither its name nor its access is claimed.
func TestDeviceAccess_claimsNothingWhereNotEveryEntryWasLookedAt(t *testing.T) {
	t.Parallel()
	for name, names := range map[string]map[string]any{
		"device ID":  {"device_id": "press-1"},
		"other name": {"device_id": "press#1"},
		"thumbprint": {"thumbprint": strings.Repeat("AB", 32)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t)
			f.disableGroup("factory")
			f.manyEntries(10)
			looked := f.mustAccess(names)
			acctest.MustRead(t, looked, map[string]string{"access": "null", "registration_id": "null", "complete": "false"})
			acctest.MustSay(t, textsOf(t, looked, "reasons")[0], "None of the first 1000 individual enrollments")
		})
	}
}

// manyEntries has the list of entries go on behind so many pages.
func (f fleet) manyEntries(pages int) {
	for i := range pages {
		f.Emulator.AddFault(emulator.Fault{
			Host: f.Emulator.DPSHostname(), Method: http.MethodPost, Path: regexp.MustCompile("^/enrollments/query$"),
			Status: http.StatusOK, Headers: map[string]string{"x-ms-continuation": fmt.Sprintf("page %d", i)}, Body: "[]",
			Times: 1,
		})
	}
}

func TestDeviceAccess_contradictionsAreErrors(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	other := f.NewDevice("sensor-thl-001").Certificate
	registration := func(more string, value any) map[string]any {
		return map[string]any{"registration_id": stolenID, more: value}
	}
	for said, names := range map[string]map[string]any{
		"Device is not named":           {},
		"Certificate of another device": registration("certificate_pem", other.PEM()),
		"Certificate chain out of order": {
			"certificate_pem": f.device.Certificate.PEM(), "certificate_chain_pem": f.Root.PEM(),
		},
		"Certificate chain without a certificate": registration("certificate_chain_pem", f.Root.PEM()),
		"Device is named twice":                   registration("thumbprint", strings.Repeat("AB", 20)),
		"Invalid thumbprint":                      {"thumbprint": "AB:CD"},
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			_, read := f.For(t).access(names)
			read.MustFail(t, said)
		})
	}
}

func TestDeviceAccess_hubThatCannotBeReadIsNoBlock(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	f.Emulator.AddFault(emulator.Fault{Host: f.Hostname(f.hub), Status: http.StatusUnauthorized})
	looked, read := f.access(map[string]any{"registration_id": stolenID})
	read.MustSucceed(t)
	acctest.MustSay(t, read.Warnings(), "Cannot read device identity", "RegistryRead")
	acctest.MustRead(t, looked, map[string]string{"access": "partially_blocked", "complete": "false"})
	hasIdentities(t, looked, map[string]string{f.identityObject(): "unreachable"})
}

// Each call to DPS that fails is an error that names the object and the right.
func TestDeviceAccess_callsThatFailAreNamed(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for path, test := range map[string]struct{ name, said, permission string }{
		"^/enrollments/[^/]+$":      {"registration_id", "read individual enrollment", "EnrollmentRead"},
		"^/registrations/":          {"registration_id", "read registration record", "RegistrationStatusRead"},
		"^/enrollmentGroups/query$": {"registration_id", "list enrollment groups", "EnrollmentRead"},
		"^/enrollments/query$":      {"device_id", "list individual enrollments", "EnrollmentRead"},
	} {
		f.Emulator.AddFault(emulator.Fault{
			Host: f.Emulator.DPSHostname(), Path: regexp.MustCompile(path), Status: http.StatusUnauthorized,
		})
		_, read := f.access(map[string]any{test.name: "nobody"})
		read.MustFail(t, test.said, test.permission)
		acctest.MustNotSay(t, read.Errors(), "Nothing was written")
		f.Emulator.ClearFaults()
	}
}

// What it costs is told in its description.
func TestDeviceAccess_asksOnceForEachThing(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	for name, test := range map[string]struct {
		names map[string]any
		calls int
	}{
		"registration ID": {map[string]any{"registration_id": stolenID}, 3 + 2},
		"device ID":       {map[string]any{"device_id": stolenID}, 3 + 2},
		"unknown one":     {map[string]any{"device_id": "nobody"}, 3 + 2 + 1},
		"thumbprint":      {map[string]any{"thumbprint": strings.Repeat("AB", 20)}, 2},
	} {
		f.Emulator.ClearJournal()
		f.mustAccess(test.names)
		if calls := f.Emulator.Journal(); len(calls) != test.calls {
			t.Errorf("%s: %d calls, not %d: %v", name, len(calls), test.calls, calls)
		}
	}
}

// Every night a plan looks at a device that is blocked elsewhere. As long as it is, the plan is silent; on the night
// after the portal has enabled it, the check warns, and says why.
func TestAccDeviceAccess_checkWatchesABlockedDeviceEveryNight(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	c := f.NewCLI(fmt.Sprintf("%s\ncheck \"stolen_device_is_out\" {\n%s}\n", watched, asserted))
	c.Apply().Must(0).DoesNotSay("Warning", "not out")
	for range 3 {
		f.device.MustBeOut(f.hub)
		c.Plan().Must(0).DoesNotSay("Warning", "not out")
	}
	f.SetEntryStatus(stolenID, "enabled")
	f.SetIdentityStatus(f.hub, stolenID, "enabled")
	f.device.MustBeIn(f.hub)
	c.Plan().Must(0).Says("Warning: Check block assertion failed", "sensor-thl-002 is not out",
		"DPS lets the device in: its individual enrollment is enabled.",
		f.Hostname(f.hub)+" lets the device in: its identity")
	f.SetEntryStatus(stolenID, "disabled")
	f.SetIdentityStatus(f.hub, stolenID, "disabled")
	f.device.MustBeOut(f.hub)
	c.Plan().Must(0).DoesNotSay("Warning", "not out")
}

// A data source within the check is a warning where the device cannot be looked up, and no error; in return Terraform
// plans to read it once more in the apply.
func TestAccDeviceAccess_checkOfAServiceThatFailsWarns(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.blocked(nil)
	c := f.NewCLI(fmt.Sprintf("check \"stolen_device_is_out\" {\n%s%s}\n", watched, asserted))
	c.Plan().Must(2).DoesNotSay("Warning", "not out").Says("config will be reloaded to verify a check block")
	f.Emulator.AddFault(emulator.Fault{Host: f.Emulator.DPSHostname(), Status: http.StatusUnauthorized})
	c.Plan().Must(2).Says("Warning: Cannot read individual enrollment", "EnrollmentRead")
}

const watched = `data "azureiot_dps_device_access" "stolen" {
  registration_id = "sensor-thl-002"
}
`

const asserted = `  assert {
    condition     = data.azureiot_dps_device_access.stolen.access == "blocked"
    error_message = "sensor-thl-002 is not out. ${join(" ", data.azureiot_dps_device_access.stolen.reasons)}"
  }
`
