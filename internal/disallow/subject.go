// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// subject is the device of which diagnostics speak.
type subject struct {
	services *azure.Services
	// id is its registration ID, host the DPS instance.
	id, host string
	// standing says what is true of the block, for an error that ends a look; a run says it when it has ended.
	standing string
}

const nothingWritten = "Nothing was written."

// words are the subject amid a run: what is true of the block is said when the run has ended.
func (r *run) words() subject {
	return subject{services: r.services, id: r.want.registrationID, host: r.reader.DPS().Host()}
}

// told adds to the errors of a run what is true of the block now that it has ended.
func (r *run) told(diags diagnostics) diagnostics {
	standing := standingOf(r.ledger, r.scope.creating, r.f.Enrollment())
	all := make(diagnostics, 0, len(diags))
	for _, d := range diags {
		switch located, ok := d.(diag.DiagnosticWithPath); {
		case d.Severity() != diag.SeverityError || standing == "":
			all = append(all, d)
		case ok:
			all.AddAttributeError(located.Path(), d.Summary(), d.Detail()+"\n\n"+standing)
		default:
			all.AddError(d.Summary(), d.Detail()+"\n\n"+standing)
		}
	}
	return all
}

func standingOf(l ledger, creating bool, enrollment deprovision.Status) string {
	switch {
	case l.unsure:
		return ""
	case !l.touched:
		return nothingWritten
	}
	var lines []string
	switch enrollment {
	case deprovision.Disabled:
		lines = append(lines, "The device stays blocked in DPS: its individual enrollment is disabled.")
	case deprovision.Absent:
		lines = append(lines, "The device has no individual enrollment.")
	default:
		lines = append(lines, "The device's individual enrollment is enabled.")
	}
	lines = append(lines, "The next apply goes on from here.")
	if creating {
		lines = append(lines, "Terraform marks the resource tainted and replaces it, which never lets the device in; "+
			"\"terraform untaint\" lets the next apply finish this same object instead.")
	}
	return strings.Join(lines, " ")
}

func (s subject) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: host, Mode: s.services.Mode(host), Needs: needs, Afterwards: s.standing,
	}
}

// namesake refuses a registration ID of which DPS knows nothing and which is the hub's name of a device that has
// another: its block would shut nobody out. Where more entries than are looked at may have it, it warns.
func (s subject) namesake(
	ctx context.Context, reader *facts.Reader, want wanted, f facts.Evidence,
) diagnostics {
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	entry, complete, err := reader.Namesake(ctx, want.question(memory{}, reading{}), f)
	switch {
	case err != nil:
		a := s.attempt("list", "individual enrollments", "*", s.host, iotdiag.ReadIndividualEnrollment())
		a.Afterwards = fmt.Sprintf("Whether %q is the hub's name of a device with another registration ID is not "+
			"known.", s.id)
		return diagnostics{iotdiag.Warned(a, err)}
	case entry != nil:
		return diagnostics{s.otherRegistrationID(entry.RegistrationID)}
	case !complete:
		return diagnostics{warning("Not every enrollment was looked at", fmt.Sprintf(
			"DPS has no enrollment and no registration record of %q, and more individual enrollments than are looked at: "+
				"whether one of them has it as its device ID is not known. The registration ID is the device's name towards "+
				"DPS, which may differ from its device ID in the hub.", s.id))}
	}
	return nil
}

// unheardOf warns of a registration ID that nothing knows: it may be mistyped, and then the block shuts nobody out.
func (s subject) unheardOf(f facts.Evidence, evidence deprovision.Evidence) diagnostics {
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	for _, identity := range f.Identities {
		if identity.Device != nil {
			return nil
		}
	}
	for _, path := range evidence.Paths {
		if path.Match != deprovision.MatchPossible {
			return nil // The certificate that was given ties the device to a group.
		}
	}
	return diagnostics{warning("Device is not known", fmt.Sprintf(
		"Neither DPS nor a hub has heard of %q: there is no enrollment, no registration record and no identity of that "+
			"name. Check the spelling. If it is right, the device is blocked before it ever registers.", s.id))}
}
