// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package composite

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// Reader is who asks the services; dpsHostname is empty for the provider block's instance.
func Reader(services *azure.Services, dpsHostname string) (*facts.Reader, diag.Diagnostics) {
	reader, err := facts.NewReader(services, dpsHostname)
	if err != nil {
		return nil, diag.Diagnostics{iotdiag.NotConfigured(path.Root(hostnameName), err)}
	}
	return reader, nil
}

// Attempt is a call to host as diagnostics speak of it.
func Attempt(services *azure.Services, verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{Verb: verb, Noun: noun, ID: id, Host: host, Mode: services.Mode(host), Needs: needs}
}

// LookUpFailed is a call to DPS without whose answer nothing can be said; attempt is a call as diagnostics speak of it.
func LookUpFailed(
	err error, attempt func(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt,
) diag.Diagnostic {
	failed, ok := errors.AsType[*facts.Error](err)
	if !ok {
		return diag.NewErrorDiagnostic("Cannot look up what is to be blocked", iotdiag.Sentence(err))
	}
	verb, noun, needs := "read", "individual enrollment", iotdiag.ReadIndividualEnrollment()
	switch failed.Call {
	case facts.ReadEntry:
	case facts.ListEntries:
		verb, noun = "list", "individual enrollments"
	case facts.ReadRegistration:
		noun, needs = "registration record", iotdiag.ReadRegistration()
	case facts.ListRegistrations:
		verb, noun, needs = "list", "registration records of enrollment group", iotdiag.ReadRegistration()
	case facts.ReadGroup:
		noun, needs = "enrollment group", iotdiag.ReadEnrollmentGroup()
	case facts.ListGroups:
		verb, noun, needs = "list", "enrollment groups", iotdiag.ReadEnrollmentGroup()
	}
	return iotdiag.Failed(attempt(verb, noun, failed.ID, failed.Host, needs), failed)
}
