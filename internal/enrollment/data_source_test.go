// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestIndividualDataSource_tellsEverythingButKeys(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	c := b.deviceCertificate("sensor-1")
	b.MustApply(b.Config(with(individualX509("sensor-1", c.PEM()), attributes{
		"device_id": "one", "allocation_policy": "static", "iothub_hostnames": []string{b.Hostname("hub1")},
		"initial_twin": attributes{"tags": `{"a":1}`}, "optional_device_information": `{"b": 2}`, "edge_enabled": true,
	})))
	read := func() tftypes.Value {
		return b.MustReadDataSource(individualType, attributes{"registration_id": "SENSOR-1"})
	}
	acctest.MustRead(t, read(), map[string]string{
		"registration_id": "SENSOR-1", "dps_hostname": b.Emulator.DPSHostname(), "device_id": "one",
		"provisioning_status": "enabled", "attestation.type": "x509", "attestation.tpm": "null",
		"certificates.primary.subject_common_name": "sensor-1", "certificates.secondary": "null",
		"allocation_policy": "static", "initial_twin.tags": `{"a":1}`, "initial_twin.desired_properties": "null",
		"optional_device_information": `{"b":2}`, "edge_enabled": "true", "custom_allocation": "null",
		"reprovision_policy.update_hub_assignment": "true",
		"registration.status":                      "unassigned", "registration.assigned_hub": "null",
	})
	b.DeviceWith("sensor-1", c).MustRegister()
	acctest.MustRead(t, read(), map[string]string{
		"registration.status": "assigned", "registration.assigned_hub": b.Hostname("hub1"),
		"registration.device_id": "one", "registration.substatus": "initialAssignment",
		"registration.error_code": "null",
	})
	if created := acctest.At(t, read(), "created_date_time_utc"); created == "null" {
		t.Error("the moment of creation should be told")
	}
}

func TestIndividualDataSource_tellsOfEachAttestation(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	b.MustApply(b.Config(individualKey("sensor-1", given(someKey('a'), someKey('b'), 1))))
	told := b.MustReadDataSource(individualType, attributes{"registration_id": "sensor-1"})
	acctest.MustRead(t, told, map[string]string{"attestation.type": "symmetricKey", "certificates": "null"})
	acctest.MustNotSay(t, told.String(), someKey('a'), someKey('b'))
	b.MustApply(b.Config(attributes{"registration_id": "sensor-1", "attestation": attributes{
		"tpm": attributes{"endorsement_key": base64Of(9)},
	}}))
	acctest.MustRead(t, b.MustReadDataSource(individualType, attributes{"registration_id": "sensor-1"}), map[string]string{
		"attestation.type": "tpm", "attestation.tpm.endorsement_key": base64Of(9),
	})
}

func TestDataSources_ofWhatIsNotThereOrNotReadableAreErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	for typeName, test := range map[string]struct {
		given attributes
		says  []string
	}{
		individualType: {attributes{"registration_id": "nobody"},
			[]string{`No such individual enrollment`, `"nobody"`}},
		groupType:                   {attributes{"enrollment_group_id": "nobody"}, []string{`No such enrollment group`}},
		"azureiot_dps_registration": {attributes{"registration_id": "nobody"}, []string{`No such registration record`}},
	} {
		_, step := b.ReadDataSource(typeName, test.given)
		step.MustFail(t, append(test.says, b.Emulator.DPSHostname())...)
	}
	b.Fail("", "", "", http.StatusForbidden, 0)
	for typeName, test := range map[string]struct {
		given attributes
		says  string
	}{
		individualType:                        {attributes{"registration_id": "x"}, "Cannot read individual enrollment"},
		groupType:                             {attributes{"enrollment_group_id": "x"}, "Cannot read enrollment group"},
		"azureiot_dps_registration":           {attributes{"registration_id": "x"}, "Cannot read registration record"},
		"azureiot_dps_individual_enrollments": {attributes{}, "Cannot list individual enrollments"},
		"azureiot_dps_enrollment_groups":      {attributes{}, "Cannot list enrollment groups"},
		"azureiot_dps_registrations": {attributes{"enrollment_group_id": "x"},
			"Cannot list registration records of enrollment group"},
	} {
		_, step := b.ReadDataSource(typeName, test.given)
		step.MustFail(t, test.says, "403", "The call needs the data action Microsoft.Devices/provisioningServices/")
	}
}

func TestPluralDataSources_areSortedCompleteAndFiltered(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType, acctest.Emulate(smallPages))
	for _, id := range []string{"c", "A", "b", "e", "D"} {
		b.MustApply(b.Config(individualKey(id, attributes{})))
		b.Forget()
		b.AddGroup("group-"+id, b.Intermediate)
	}
	b.SetEntryStatus("b", azdps.StatusDisabled)
	disabled := azdps.StatusDisabled
	b.SetGroup("group-c", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &disabled })
	ids := func(typeName, list, id string, given attributes) string {
		joined := ""
		for _, element := range acctest.Elements(t, b.MustReadDataSource(typeName, given), list) {
			joined += acctest.At(t, element, id) + " "
		}
		return joined
	}
	const entries, groups = "azureiot_dps_individual_enrollments", "azureiot_dps_enrollment_groups"
	for want, got := range map[string]string{
		"A b c D e ": ids(entries, "individual_enrollments", "registration_id", attributes{}),
		"b ": ids(entries, "individual_enrollments", "registration_id",
			attributes{"provisioning_status": "disabled"}),
		"group-A group-b group-c group-D group-e ": ids(groups, "enrollment_groups", "enrollment_group_id", attributes{}),
		"group-A group-b group-D group-e ": ids(groups, "enrollment_groups", "enrollment_group_id",
			attributes{"provisioning_status": "enabled"}),
	} {
		if got != want {
			t.Errorf("there should be %q, not %q", want, got)
		}
	}
}

func TestRegistrationsDataSource_listsTheDevicesOfAGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Emulate(smallPages))
	b.AddGroup("factory", b.Intermediate)
	b.fleetOf(3)
	disabled := azdps.StatusDisabled
	b.SetGroup("factory", func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus = &disabled })
	b.NewDevice("sensor-1").MustBeRefused()
	const typeName = "azureiot_dps_registrations"
	read := b.MustReadDataSource(typeName, attributes{"enrollment_group_id": "factory"})
	all := acctest.Elements(t, read, "registrations")
	if len(all) != 3 {
		t.Fatalf("there should be 3 records, not %d", len(all))
	}
	acctest.MustRead(t, all[0], map[string]string{
		"registration_id": "sensor-0", "status": "assigned", "assigned_hub": b.Hostname("hub1"),
	})
	acctest.MustRead(t, all[1], map[string]string{"registration_id": "sensor-1", "status": "disabled",
		"assigned_hub": "null"})
	some := acctest.Elements(t, b.MustReadDataSource(typeName,
		attributes{"enrollment_group_id": "factory", "status": "disabled"}), "registrations")
	if len(some) != 1 {
		t.Errorf("one record should be disabled, not %d", len(some))
	}
	one := b.MustReadDataSource("azureiot_dps_registration", attributes{"registration_id": "Sensor-0"})
	acctest.MustRead(t, one, map[string]string{
		"registration_id": "Sensor-0", "status": "assigned", "device_id": "sensor-0",
		"dps_hostname": b.Emulator.DPSHostname(),
	})
}

func TestGroupDataSource_tellsOfReferences(t *testing.T) {
	t.Parallel()
	root, err := devicesim.NewAuthority("Verified Root")
	must(t, err)
	b := newBench(t, groupType, acctest.Emulate(func(o *emulator.Options) {
		o.CACertificates = map[string][]byte{"root-ca": []byte(root.PEM())}
	}))
	b.MustApply(b.Config(attributes{"enrollment_group_id": "factory", "attestation": attributes{"x509": attributes{
		"ca_references": attributes{"secondary": "root-ca"},
	}}}))
	acctest.MustRead(t, b.MustReadDataSource(groupType, attributes{"enrollment_group_id": "factory"}), map[string]string{
		"attestation.type": "x509", "attestation.ca_references.secondary": "root-ca",
		"attestation.ca_references.primary": "null", "certificates": "null",
	})
}
