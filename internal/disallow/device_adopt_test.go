// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// furnished gives an entry everything that an entry may have, with the twin keys that typed clients stumble over.
func furnished(f *fleet) func(*azdps.IndividualEnrollment) {
	return func(entry *azdps.IndividualEnrollment) {
		deviceID, policy := "Pump-7", azdps.AllocationStatic
		entry.DeviceID, entry.AllocationPolicy = &deviceID, &policy
		entry.IoTHubs = []string{f.Hostname("south")}
		entry.OptionalDeviceInformation = json.RawMessage(`{"serial":"00017","nested":{"list":[1,2.50,null]}}`)
		entry.Capabilities = &azdps.Capabilities{IoTEdge: true}
		entry.ReprovisionPolicy = &azdps.ReprovisionPolicy{UpdateHubAssignment: false, MigrateDeviceData: false}
		entry.InitialTwin = &azdps.InitialTwin{
			Tags:    json.RawMessage(`{"version":"v1","count":3,"metadata":{"owner":"thl"},"site":"Thale"}`),
			Desired: json.RawMessage(`{"version":2,"interval":10.0,"list":["a",{"b":[true,false]}],"empty":{}}`),
		}
		entry.Extra = map[string]json.RawMessage{
			"credentialPolicyName": json.RawMessage(`"default"`), "futureMember": json.RawMessage(`{"a":[1,{"b":null}]}`),
		}
	}
}

// contents are the members of an entry as DPS sends them, without those that only the service writes and the status.
func (f fleet) contents() map[string]string {
	f.T.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(f.DPSRaw(http.MethodGet, "/enrollments/"+stolenID, "", "")), &members); err != nil {
		f.T.Fatal(err)
	}
	contents := map[string]string{}
	for name, value := range members {
		contents[name] = string(value)
	}
	for _, name := range []string{"provisioningStatus", "etag", "lastUpdatedDateTimeUtc", "registrationState"} {
		delete(contents, name)
	}
	return contents
}

func (f fleet) keptContents(before map[string]string) {
	f.T.Helper()
	after := f.contents()
	for name, value := range before {
		if after[name] != value {
			f.T.Errorf("%s became %s, it was %s", name, after[name], value)
		}
	}
	if len(after) != len(before) {
		f.T.Errorf("the entry has %d members, it had %d", len(after), len(before))
	}
}

func TestDeviceDisallow_adoptedEntryKeepsEverythingButItsStatus(t *testing.T) {
	t.Parallel()
	for _, attestation := range attestations() {
		t.Run(attestation, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t, acctest.Emulate(func(o *emulator.Options) { o.Choices.KeepUnknownMembers = true }))
			f.enrol(attestation, furnished(&f))
			f = f.registered()
			before := f.contents()
			keys := f.DPSRaw(http.MethodPost, "/enrollments/"+stolenID+"/attestationmechanism", "", "")
			o, config := f.bare()
			o.MustApply(config)
			acctest.MustRead(t, o.State, map[string]string{
				"access": "blocked", "enrollment_origin": "adopted", "enrollment_status": "disabled", "reversible": "true",
			})
			f.outOf("south", "Pump-7")
			f.keptContents(before)
			if now := f.DPSRaw(http.MethodPost, "/enrollments/"+stolenID+"/attestationmechanism", "", ""); now != keys {
				t.Error("how the device proves itself has changed")
			}
			o.MustSettle(config)
			// And back.
			o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"}))
			f.keptContents(before)
			f.device.MustRegister()
			f.MustHaveIdentity("south", "Pump-7", "enabled")
		})
	}
}

// outOf fails the test unless DPS refuses the device and its identity in a hub, under its name there, is shut.
func (f fleet) outOf(hub, deviceID string) {
	f.T.Helper()
	f.device.MustBeRefused()
	if connection, err := f.device.Connect(f.Context(), f.Hostname(hub), deviceID); err != nil || connection.Accepted {
		f.T.Errorf("the device should not be able to connect to %s: %s, %v", hub, connection, err)
	}
}

// Some SDKs send the status as null, which DPS keeps and takes for enabled; others leave it out.
func TestDeviceDisallow_entryWithoutAStatusIsTakenForEnabled(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]string{"null": `,"provisioningStatus":null`, "left out": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := unregisteredFleet(t, acctest.Emulate(func(o *emulator.Options) {
				o.Choices.OmittedStatusStaysAbsent = true
			}))
			f.enrol(azdps.AttestationSymmetricKey, nil)
			f.DPSRaw(http.MethodPut, "/enrollments/"+stolenID, "*", `{"registrationId":"`+stolenID+`",
				"attestation":`+f.DPSRaw(http.MethodPost, "/enrollments/"+stolenID+"/attestationmechanism", "", "")+status+`}`)
			f = f.registered()
			before := f.contents()
			o, config := f.bare()
			planned := o.MustApply(config)
			if got := planned.Effects()[0]; !strings.HasSuffix(got, "enabled->disabled disable") {
				t.Errorf("the entry should be planned to be disabled, not %s", got)
			}
			f.device.MustBeOut(f.hub)
			f.keptContents(before)
			o.MustSettle(config)
			o.MustApply(o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"}))
			f.keptContents(before)
			f.device.MustBeIn(f.hub)
		})
	}
}

func TestDeviceDisallow_keysThatCannotBeReadStopTheApplyBeforeAnyWrite(t *testing.T) {
	t.Parallel()
	f := enrolledFleet(t, azdps.AttestationSymmetricKey, nil)
	o, config := f.bare()
	planned := o.MustPlan(config)
	f.Fail(f.Emulator.DPSHostname(), "", "/attestationmechanism$", http.StatusUnauthorized, 0)
	f.Emulator.ClearJournal()
	applied := o.Apply(planned)
	acctest.MustSay(t, applied.Errors(), "Cannot read the keys of individual enrollment", "Nothing was written",
		"Microsoft.Devices/provisioningServices/attestationmechanism/details/action")
	f.MustNotHaveWritten()
	if !o.State.IsNull() {
		t.Errorf("there should be no state: %s", o.State)
	}
	f.device.MustBeIn(f.hub)
	f.Emulator.ClearFaults()
	o.MustApply(config)
	f.device.MustBeOut(f.hub)

	// Letting the device back in needs them as well, and then the hub is not written either.
	f.Fail(f.Emulator.DPSHostname(), "", "/attestationmechanism$", http.StatusUnauthorized, 0)
	back := o.Config(map[string]any{"registration_id": stolenID, "desired_access": "restored"})
	f.Emulator.ClearJournal()
	acctest.MustSay(t, o.Apply(o.MustPlan(back)).Errors(),
		"Cannot read the keys of individual enrollment", "Nothing was written")
	f.MustNotHaveWritten()
	f.Emulator.ClearFaults()
	o.MustApply(back)
	f.device.MustBeIn(f.hub)
}
