// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const (
	individualsType   = "azureiot_dps_individual_enrollments"
	groupsType        = "azureiot_dps_enrollment_groups"
	registrationsType = "azureiot_dps_registrations"
)

// found are the IDs of the elements of a list that a data source shows.
func (b bench) found(typeName, list, id string, given attributes) string {
	b.T.Helper()
	var ids []string
	for _, element := range acctest.Elements(b.T, b.MustReadDataSource(typeName, given), list) {
		ids = append(ids, acctest.At(b.T, element, id))
	}
	return strings.Join(ids, " ")
}

// certificateEnding is a certificate for a device that ends so many days from now.
func (b bench) certificateEnding(id string, days int) string {
	now := b.Clock.Now()
	return b.deviceCertificate(id, devicesim.Valid(now.AddDate(-1, 0, 0), now.Add(time.Duration(days)*24*time.Hour))).PEM()
}

func TestIndividualsDataSource_filters(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType, acctest.Emulate(smallPages))
	hub := []string{b.Hostname("hub1")}
	for _, config := range []attributes{
		with(individualX509("ended", b.certificateEnding("ended", -1)), attributes{"device_id": "one"}),
		with(individualX509("ending", b.certificateEnding("ending", 10)), attributes{
			"allocation_policy": "static", "iothub_hostnames": hub,
		}),
		{"registration_id": "rolled", "attestation": x509("client_certificates",
			b.certificateEnding("rolled", 400), b.certificateEnding("rolled", 25))},
		with(individualKey("keyed", attributes{}), attributes{"provisioning_status": "disabled"}),
		{"registration_id": "chip", "attestation": attributes{"tpm": attributes{"endorsement_key": base64Of(9)}}},
	} {
		b.MustApply(b.Config(config))
		b.Forget()
	}
	for _, test := range []struct {
		given attributes
		want  string
	}{
		{attributes{}, "chip ended ending keyed rolled"},
		{attributes{"provisioning_status": "disabled"}, "keyed"},
		{attributes{"attestation": "x509"}, "ended ending rolled"},
		{attributes{"attestation": "tpm"}, "chip"},
		{attributes{"allocation_policy": "static"}, "ending"},
		{attributes{"iothub_hostname": strings.ToUpper(b.Hostname("hub1"))}, "ending"},
		{attributes{"iothub_hostname": "other.azure-devices.net"}, ""},
		{attributes{"certificate_expires_within_days": 0}, "ended"},
		{attributes{"certificate_expires_within_days": 10}, "ended ending"},
		{attributes{"certificate_expires_within_days": 30}, "ended ending rolled"},
		{attributes{"device_id": "one"}, "ended"},
		{attributes{"device_id": "ended"}, ""},
		{attributes{"device_id": "Keyed"}, "keyed"},
		{attributes{"attestation": "x509", "provisioning_status": "disabled"}, ""},
	} {
		b.Emulator.ClearJournal()
		if got := b.found(individualsType, "individual_enrollments", "registration_id", test.given); got != test.want {
			t.Errorf("%v: there should be %q, not %q", test.given, test.want, got)
		}
		if calls := b.Emulator.Journal(); len(calls) != 3 {
			t.Errorf("%v: three pages should cost three calls, not %v", test.given, calls)
		}
	}
	b.Clock.Advance(20 * 24 * time.Hour)
	if got := b.found(individualsType, "individual_enrollments", "registration_id",
		attributes{"certificate_expires_within_days": 0}); got != "ended ending" {
		t.Errorf("20 days later there should be \"ended ending\", not %q", got)
	}
}

func TestGroupsDataSource_filters(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Emulate(smallPages))
	b.AddGroup("factory", b.Intermediate)
	b.AddGroup("placed", b.Root)
	b.SetGroup("placed", func(g *azdps.EnrollmentGroup) { g.IoTHubs = []string{b.Hostname("hub1")} })
	b.MustApply(b.Config(attributes{"enrollment_group_id": "keyed", "attestation": attributes{
		"symmetric_key": attributes{},
	}}))
	const never, always = 0, 365 * 200
	for _, test := range []struct {
		given attributes
		want  string
	}{
		{attributes{"attestation": "symmetricKey"}, "keyed"},
		{attributes{"iothub_hostname": b.Hostname("hub1")}, "placed"},
		{attributes{"certificate_expires_within_days": never}, ""},
		{attributes{"certificate_expires_within_days": always}, "factory placed"},
	} {
		if got := b.found(groupsType, "enrollment_groups", "enrollment_group_id", test.given); got != test.want {
			t.Errorf("%v: there should be %q, not %q", test.given, test.want, got)
		}
	}
	_, step := b.ReadDataSource(groupsType, attributes{"attestation": "tpm"})
	step.MustFail(t, "attestation")
}

func TestRegistrationsDataSource_countsAllAndShowsSome(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType, acctest.Hubs("hub1", "hub2"), acctest.Emulate(smallPages))
	b.AddGroup("factory", b.Intermediate)
	hubs := map[string]int{}
	gone := "" // The hub of the device whose record a refused try overwrites.
	for _, id := range []string{"e", "A", "b", "c", "d"} {
		gone = b.NewDevice(id).MustRegister().AssignedHub
		hubs[gone]++
	}
	b.SetGroup("factory", func(g *azdps.EnrollmentGroup) {
		disabled := azdps.StatusDisabled
		g.ProvisioningStatus = &disabled
	})
	b.NewDevice("d").MustBeRefused()
	for _, test := range []struct {
		given attributes
		want  string
	}{
		{attributes{}, "A b c d e"},
		{attributes{"limit": 2}, "A b"},
		{attributes{"limit": 0}, ""},
		{attributes{"status": "disabled"}, "d"},
		{attributes{"status": "assigned", "limit": 3}, "A b c"},
	} {
		test.given["enrollment_group_id"] = "factory"
		b.Emulator.ClearJournal()
		if got := b.found(registrationsType, "registrations", "registration_id", test.given); got != test.want {
			t.Errorf("%v: there should be %q, not %q", test.given, test.want, got)
		}
		if calls := b.Emulator.Journal(); len(calls) != 3 {
			t.Errorf("%v: three pages should cost three calls, not %v", test.given, calls)
		}
	}
	told := b.MustReadDataSource(registrationsType, attributes{
		"enrollment_group_id": "factory", "iothub_hostname": gone, "limit": 0,
	})
	acctest.MustRead(t, told, map[string]string{
		"count_by_status.assigned": "4", "count_by_status.disabled": "1",
	})
	for hub, assigned := range hubs {
		if hub == gone {
			assigned--
		}
		counted := fmt.Sprintf("%q:tftypes.Number<\"%d\">", hub, assigned)
		if got := acctest.At(t, told, "count_by_iothub"); !strings.Contains(got, counted) {
			t.Errorf("%s should be counted: %s", counted, got)
		}
		if shown := b.found(registrationsType, "registrations", "registration_id", attributes{
			"enrollment_group_id": "factory", "iothub_hostname": hub,
		}); len(strings.Fields(shown)) != assigned {
			t.Errorf("%d devices should be shown of %s: %s", assigned, hub, shown)
		}
	}
}
