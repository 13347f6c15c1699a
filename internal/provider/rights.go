// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// Need is a right that an object takes.
type Need struct {
	iotdiag.Right

	// When says for what, where that is not everything; in words for a table.
	When string
	// Warns says that without the right a plan or an apply goes on, and says what it cannot tell.
	Warns bool
}

// Object is one resource, data source, ephemeral resource, list resource or action, with the rights that it takes: to
// plan (refresh included), and besides to apply. What is read only is opened or read by a plan or a query already; an
// action is only invoked.
type Object struct {
	// Type is the object's name; Kind is "resource", "data source", "ephemeral resource", "list resource" or "action".
	Type, Kind  string
	Plan, Apply []Need
}

func always(rights ...iotdiag.Right) []Need {
	var needs []Need
	for _, right := range rights {
		needs = append(needs, Need{Right: right})
	}
	return needs
}

func when(condition string, right iotdiag.Right) Need { return Need{Right: right, When: condition} }

func tells(what string, right iotdiag.Right) Need { return Need{Right: right, When: what, Warns: true} }

// Rights are the objects of the provider with what each takes. The documentation is made of it, and tests take every
// right away in turn.
func Rights() []Object { return slices.Concat(managedRights(), readingRights(), invokedRights()) }

// managedRights are those of resources.
func managedRights() []Object {
	const keys = "to change one with symmetric keys, which go along with every write"
	return []Object{
		{
			Type: individual, Kind: "resource",
			Plan: append(always(iotdiag.ReadIndividualEnrollment()),
				tells("to say in which hub a device that is disabled still is", iotdiag.ReadRegistration()),
				tells("to say who could let the device in after a destroy", iotdiag.ReadEnrollmentGroup())),
			Apply: append(always(iotdiag.WriteIndividualEnrollment()),
				when("to destroy", iotdiag.DeleteIndividualEnrollment()), when(keys, iotdiag.ReadKeys())),
		},
		{
			Type: group, Kind: "resource",
			Plan: append(always(iotdiag.ReadEnrollmentGroup()),
				tells("to say whose devices a destroy leaves in their hubs", iotdiag.ReadRegistration())),
			Apply: append(always(iotdiag.WriteEnrollmentGroup()),
				when("to destroy", iotdiag.DeleteEnrollmentGroup()), when(keys, iotdiag.ReadKeys()),
				when("with `delete_registrations_on_destroy`", iotdiag.ReadRegistration()),
				when("with `delete_registrations_on_destroy`", iotdiag.DeleteRegistration())),
		},
		{
			Type: identity, Kind: "resource", Plan: always(iotdiag.ReadDeviceIdentity()),
			Apply: append(always(iotdiag.WriteDeviceIdentity()), when("to destroy", iotdiag.DeleteDeviceIdentity())),
		},
		{
			Type: "azureiot_dps_device_disallow", Kind: "resource",
			Plan: append(always(iotdiag.ReadIndividualEnrollment(), iotdiag.ReadRegistration(),
				iotdiag.ReadEnrollmentGroup(), iotdiag.ReadDeviceIdentity()),
				tells("to count the devices behind an IoT Edge gateway", iotdiag.QueryTwins())),
			Apply: append(always(iotdiag.WriteIndividualEnrollment(), iotdiag.WriteDeviceIdentity()),
				when("to restore a device that had no entry before, or with `enrollment_action = \"delete\"`",
					iotdiag.DeleteIndividualEnrollment()),
				when("to disable an entry with symmetric keys, which go along with every write", iotdiag.ReadKeys()),
				when("with `hub_identity_action = \"delete\"`", iotdiag.DeleteDeviceIdentity()),
				when("with `delete_registration`", iotdiag.DeleteRegistration())),
		},
		{
			Type: "azureiot_dps_enrollment_group_disallow", Kind: "resource",
			Plan: append(always(iotdiag.ReadEnrollmentGroup(), iotdiag.ReadRegistration(),
				iotdiag.ReadIndividualEnrollment(), iotdiag.ReadDeviceIdentity()),
				tells("to find devices that were enabled again; without it their hub counts as unreachable",
					iotdiag.QueryTwins())),
			Apply: append(always(iotdiag.WriteEnrollmentGroup(), iotdiag.WriteDeviceIdentity(),
				iotdiag.DeleteDeviceIdentity()),
				when("to disable a group with symmetric keys, which go along with every write", iotdiag.ReadKeys()),
				when("with `delete_registrations`", iotdiag.DeleteRegistration())),
		},
	}
}

// readingRights are those of what is only read.
func readingRights() []Object {
	return []Object{
		{Type: individual, Kind: "data source", Plan: always(iotdiag.ReadIndividualEnrollment())},
		{Type: "azureiot_dps_individual_enrollments", Kind: "data source", Plan: always(iotdiag.ReadIndividualEnrollment())},
		{Type: group, Kind: "data source", Plan: always(iotdiag.ReadEnrollmentGroup())},
		{Type: "azureiot_dps_enrollment_groups", Kind: "data source", Plan: always(iotdiag.ReadEnrollmentGroup())},
		{
			Type: "azureiot_dps_device_access", Kind: "data source",
			Plan: append(always(iotdiag.ReadIndividualEnrollment(), iotdiag.ReadRegistration(),
				iotdiag.ReadEnrollmentGroup()),
				tells("to say what the hubs do with the device", iotdiag.ReadDeviceIdentity())),
		},
		{Type: "azureiot_dps_registration", Kind: "data source", Plan: always(iotdiag.ReadRegistration())},
		{Type: "azureiot_dps_registrations", Kind: "data source", Plan: always(iotdiag.ReadRegistration())},
		{Type: identity, Kind: "data source", Plan: always(iotdiag.ReadDeviceIdentity())},
		{Type: "azureiot_iothub_device_identities", Kind: "data source", Plan: always(iotdiag.QueryTwins())},
		{Type: "azureiot_dps_individual_enrollment_keys", Kind: "ephemeral resource", Plan: always(iotdiag.ReadKeys())},
		{Type: "azureiot_dps_enrollment_group_keys", Kind: "ephemeral resource", Plan: always(iotdiag.ReadKeys())},
		{Type: "azureiot_dps_derived_device_key", Kind: "ephemeral resource", Plan: always(iotdiag.ReadKeys())},
		{
			Type: "azureiot_iothub_device_credentials", Kind: "ephemeral resource",
			Plan: always(iotdiag.ReadDeviceIdentity()),
		},
		{Type: individual, Kind: "list resource", Plan: always(iotdiag.ReadIndividualEnrollment())},
		{Type: group, Kind: "list resource", Plan: always(iotdiag.ReadEnrollmentGroup())},
		{Type: identity, Kind: "list resource", Plan: always(iotdiag.QueryTwins())},
	}
}

// invokedRights are those of actions.
func invokedRights() []Object {
	const ofEntry, ofGroup = "for an individual enrollment", "for an enrollment group"
	return []Object{
		{
			Type: "azureiot_dps_delete_registration", Kind: "action",
			Apply: always(iotdiag.ReadRegistration(), iotdiag.DeleteRegistration()),
		},
		{
			Type: "azureiot_dps_purge_registrations", Kind: "action",
			Apply: append([]Need{when("unless `while_enabled` is set", iotdiag.ReadEnrollmentGroup())},
				always(iotdiag.ReadRegistration(), iotdiag.DeleteRegistration())...),
		},
		{
			Type: "azureiot_dps_rotate_keys", Kind: "action",
			Apply: append(always(iotdiag.ReadKeys()),
				when(ofEntry, iotdiag.ReadIndividualEnrollment()), when(ofEntry, iotdiag.WriteIndividualEnrollment()),
				when(ofGroup, iotdiag.ReadEnrollmentGroup()), when(ofGroup, iotdiag.WriteEnrollmentGroup())),
		},
		{
			Type: "azureiot_iothub_rotate_device_keys", Kind: "action",
			Apply: always(iotdiag.ReadDeviceIdentity(), iotdiag.WriteDeviceIdentity()),
		},
	}
}

const (
	individual = "azureiot_dps_individual_enrollment"
	group      = "azureiot_dps_enrollment_group"
	identity   = "azureiot_iothub_device_identity"
)
