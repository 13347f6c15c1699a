// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Permissions of a shared access policy of the provisioning service.
const (
	permissionEnrollmentRead    = "EnrollmentRead"
	permissionEnrollmentWrite   = "EnrollmentWrite"
	permissionRegistrationRead  = "RegistrationStatusRead"
	permissionRegistrationWrite = "RegistrationStatusWrite"
	permissionServiceConfig     = "ServiceConfig"
)

// newPolicies makes the default policy with all permissions, and one policy per
// permission so that tests can show what a missing one does.
func newPolicies(random wire.Random) caller.Policies {
	all := []string{
		permissionServiceConfig, permissionEnrollmentRead, permissionEnrollmentWrite,
		permissionRegistrationRead, permissionRegistrationWrite,
	}
	policies := caller.Policies{{Name: "provisioningserviceowner", Permissions: all}}
	for _, p := range all {
		name := strings.ToLower(strings.Replace(p, "Status", "", 1))
		policies = append(policies, caller.Policy{Name: name, Permissions: []string{p}})
	}
	for i := range policies {
		policies[i].Keys = [2]string{random.Key(64), random.Key(64)}
	}
	return policies
}

// isServiceRoute tells the service API from the device API, whose paths begin with an
// ID scope.
func isServiceRoute(segment string) bool {
	switch strings.ToLower(segment) {
	case "enrollments", "enrollmentgroups", "registrations":
		return true
	}
	return false
}

// route finds what a service-side path means. Route names are compared without case.
// Only POST is special on ".../query": other methods address an entry of that ID.
func (d *Service) route(method string, segments []string) (route, *wire.Problem) {
	k, actions := kindIndividual, "enrollments"
	switch strings.ToLower(segments[0]) {
	case "enrollments":
	case "enrollmentgroups":
		k, actions = kindGroup, "enrollmentGroups"
	case "registrations":
		return d.registrationRoute(method, segments)
	default:
		return route{}, notModelled("this path")
	}
	read := route{permission: permissionEnrollmentRead, action: actions + "/read"}
	write := route{permission: permissionEnrollmentWrite, action: actions + "/write"}
	switch {
	case len(segments) == 1 && method == http.MethodPost:
		return write.to("", d.bulk(k)), nil
	case len(segments) == 2 && method == http.MethodPost && strings.EqualFold(segments[1], "query"):
		return read.to("", d.queryEntries(k)), nil
	case len(segments) == 2 && method == http.MethodGet:
		return read.to(segments[1], d.getEntry(k)), nil
	case len(segments) == 2 && method == http.MethodPut:
		return write.to(segments[1], d.putEntry(k)), nil
	case len(segments) == 2 && method == http.MethodDelete:
		write.action = actions + "/delete"
		return write.to(segments[1], d.deleteEntry(k)), nil
	case len(segments) == 3 && strings.EqualFold(segments[2], "attestationmechanism"):
		if method != http.MethodPost {
			return route{}, methodNotAllowed()
		}
		write.action = "attestationmechanism/details/action"
		return write.to(segments[1], d.attestationMechanism(k)), nil
	case len(segments) <= 2:
		return route{}, methodNotAllowed()
	}
	return route{}, notModelled("this path")
}

func (d *Service) registrationRoute(method string, segments []string) (route, *wire.Problem) {
	read := route{permission: permissionRegistrationRead, action: "registrationStates/read"}
	write := route{permission: permissionRegistrationWrite, action: "registrationStates/delete"}
	switch {
	case len(segments) == 2 && method == http.MethodGet:
		return read.to(segments[1], d.getRegistration), nil
	case len(segments) == 2 && method == http.MethodDelete:
		return write.to(segments[1], d.deleteRegistration), nil
	case len(segments) == 3 && strings.EqualFold(segments[2], "query"):
		if method != http.MethodPost {
			return route{}, methodNotAllowed()
		}
		return read.to(segments[1], d.queryRegistrations), nil
	case len(segments) <= 2:
		return route{}, methodNotAllowed()
	}
	return route{}, notModelled("this path")
}

func (r route) to(id string, serve func(serviceRequest) (*wire.Reply, *wire.Problem)) route {
	r.id, r.serve = id, serve
	return r
}
