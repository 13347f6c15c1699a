// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// reader reads from one DPS instance for data sources and ephemeral resources.
type reader struct {
	services *azure.Services
	dps      *azure.Instance
}

// newReader opens the DPS instance that is configured, or the provider block's.
func newReader(services *azure.Services, configured iottype.TextValue) (*reader, diag.Diagnostics) {
	dps, err := services.DPS(configured.ValueString())
	switch {
	case err != nil && !services.Known():
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("DPS instance is not known yet",
			"It is to be read now, and the provider block gets it or its credential only during the apply. Make the DPS "+
				"instance in an apply of its own first, or give dps_hostname here.")}
	case err != nil:
		return nil, diag.Diagnostics{iotdiag.NotConfigured(path.Root(dpsHostnameName), err)}
	}
	return &reader{services: services, dps: dps}, nil
}

// answer is the object of that type in which what was asked for stands as configuration has it, and the rest as found.
func (r *reader) answer(
	ctx context.Context, of attr.Type, asked types.Object, found values,
) (types.Object, diag.Diagnostics) {
	answer := asked.Attributes()
	if !iottype.IsSet(answer[dpsHostnameName]) {
		answer[dpsHostnameName] = iottype.Hostname().Value(r.dps.Host())
	}
	for name, value := range found {
		if given, ok := answer[name]; !ok || given.IsNull() {
			answer[name] = value
		}
	}
	return configure.Object(ctx, of, answer)
}

// whyAbsent says what to do about something that is not there.
func whyAbsent(noun string) string {
	const check = "Check the ID and the DPS instance."
	switch noun {
	case individualKind().noun:
		return check + " A device that came in through an enrollment group has no entry of its own."
	case registrationNoun:
		return "The device has not tried to register there, or its record was deleted. " + check
	}
	return check
}

// failed is the error of reading one object. That there is none is the attribute's fault.
func (r *reader) failed(verb, noun, attribute, id string, needs iotdiag.Right, err error) diag.Diagnostic {
	if azrest.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root(attribute), "No such "+noun, fmt.Sprintf(
			"There is no %s %q at %s. %s", noun, id, r.dps.Host(), whyAbsent(noun)))
	}
	return iotdiag.FailedOn(path.Root(attribute), r.attempt(verb, noun, id, needs), err)
}

// listFailed is the error of listing the entries of a kind.
func (r *reader) listFailed(k kind, err error) diag.Diagnostic {
	return iotdiag.Failed(r.attempt("list", k.noun+"s", "*", k.reading), err)
}

func (r *reader) attempt(verb, noun, id string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: r.dps.Host(), Mode: r.services.Mode(r.dps.Host()), Needs: needs,
	}
}
