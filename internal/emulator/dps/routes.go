// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Permissions of a shared access policy.
const (
	enrollmentRead    = "EnrollmentRead"
	enrollmentWrite   = "EnrollmentWrite"
	registrationRead  = "RegistrationStatusRead"
	registrationWrite = "RegistrationStatusWrite"
	serviceConfig     = "ServiceConfig"
)

// The calls of the service that are limited separately.
const (
	BucketOperations    wire.Bucket = "operations"
	BucketRegistrations wire.Bucket = "registrations"
	// BucketPolls is one of each device, which its proof opens.
	BucketPolls wire.Bucket = "polls"

	unlimited wire.Bucket = ""
)

type (
	serviceHandler = func(*Service, serviceRequest) (*wire.Reply, *wire.Problem)
	deviceHandler  = func(*Service, deviceRequest) (*wire.Reply, *wire.Problem)
)

// serviceRoutes are the service API. Only POST is special on ".../query": other methods address an entry of that ID.
func serviceRoutes() wire.Routes[serviceHandler] {
	const mechanism = "attestationmechanism/details/action"
	on := func(call, permission string, run serviceHandler, action string) wire.Route[serviceHandler] {
		return wire.On(call, permission, BucketOperations, run, action)
	}
	all := wire.Routes[serviceHandler]{
		{Pattern: "registrations"},
		on("GET registrations/*", registrationRead, alone((*Service).getRegistration), "registrationStates/read"),
		on("DELETE registrations/*", registrationWrite, alone((*Service).deleteRegistration), "registrationStates/delete"),
		on("POST registrations/*/query", registrationRead, alone((*Service).queryRegistrations), "registrationStates/read"),
	}
	for _, entries := range []string{"enrollments", "enrollmentGroups"} {
		all = append(all,
			on("POST "+entries, enrollmentWrite, reading((*Service).readBulk, (*Service).bulk), entries+"/write"),
			on("POST "+entries+"/query", enrollmentRead, alone((*Service).queryEntries), entries+"/read"),
			on("GET "+entries+"/*", enrollmentRead, alone((*Service).getEntry), entries+"/read"),
			on("PUT "+entries+"/*", enrollmentWrite, reading((*Service).readEntry, (*Service).putEntry), entries+"/write"),
			on("DELETE "+entries+"/*", enrollmentWrite, alone((*Service).deleteEntry), entries+"/delete"),
			on("POST "+entries+"/*/attestationmechanism", enrollmentWrite, alone((*Service).attestationMechanism), mechanism),
		)
	}
	return all
}

// deviceRoutes are the device API, whose paths begin with an ID scope. Devices prove themselves.
func deviceRoutes() wire.Routes[deviceHandler] {
	return wire.Routes[deviceHandler]{
		wire.On("POST */registrations/*", "", unlimited, (*Service).lookUp),
		wire.On("PUT */registrations/*/register", "", BucketRegistrations, (*Service).register),
		wire.On("GET */registrations/*/operations/*", "", unlimited, (*Service).poll),
	}
}

// sessionRoutes are those of devices that are connected.
func sessionRoutes() wire.Routes[deviceHandler] {
	return append(deviceRoutes(), wire.On("CONNECT */registrations/*", "", unlimited, (*Service).openSession))
}

// kindOf is what the first part of a path of the service API names.
func kindOf(segment string) (k kind, known bool) {
	switch strings.ToLower(segment) {
	case "enrollments":
		return kindIndividual, true
	case "enrollmentgroups":
		return kindGroup, true
	case "registrations":
		return kindRegistration, true
	}
	return 0, false
}

// newPolicies makes the default policy with all permissions, and one policy per
// permission so that tests can show what a missing one does.
func newPolicies() caller.Policies {
	all := []string{
		serviceConfig, enrollmentRead, enrollmentWrite,
		registrationRead, registrationWrite,
	}
	policies := caller.Policies{{Name: "provisioningserviceowner", Permissions: all}}
	for _, p := range all {
		name := strings.ToLower(strings.Replace(p, "Status", "", 1))
		policies = append(policies, caller.Policy{Name: name, Permissions: []string{p}})
	}
	return policies
}
