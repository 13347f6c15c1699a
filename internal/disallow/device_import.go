// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// ImportState takes "registration-id", or "dps-host/registration-id" for another instance than the provider block's.
func (r *deviceResource) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	host, id, found := strings.Cut(req.ID, "/")
	if !found {
		host, id = "", req.ID
	}
	problem := importProblem(host, id)
	if found && host == "" {
		problem = "The host name before the slash is missing."
	}
	if problem != "" {
		resp.Diagnostics.AddError("Invalid import ID", problem+" It reads \"registration-id\" or "+
			"\"dps-host/registration-id\".")
		return
	}
	resp.Diagnostics.Append(configure.Import(ctx, &resp.State, map[string]string{
		"registration_id": id, "dps_hostname": r.Services.DPSHost(host),
	})...)
}

func importProblem(host, id string) string {
	if problem := iotvalidator.RegistrationIDProblem(id); problem != "" {
		return problem
	}
	if host != "" {
		return iotvalidator.HostnameProblem(host)
	}
	return ""
}

// completeImport reads what only a first read after an import can tell: who made the entry, where the device stood
// before, and the settings that the entry and the identities show.
func (r *deviceResource) completeImport(ctx context.Context, m deviceModel) (deviceModel, outcome, diagnostics) {
	want, diags := m.asked.expand(ctx)
	if diags.HasError() {
		return m, outcome{}, diags
	}
	a, reader, diags := r.arriveImported(ctx, want)
	if diags.HasError() {
		return m, outcome{}, diags
	}
	words := subject{services: r.Services, id: want.registrationID, host: reader.DPS().Host(), standing: nothingWritten}
	if a.f.Entry == nil {
		diags.AddAttributeError(path.Root("registration_id"), "Cannot import: no individual enrollment",
			"The DPS instance "+reader.DPS().Host()+" has no individual enrollment \""+want.registrationID+
				"\", so that nothing blocks the device there. Create the resource instead.")
		return m, outcome{}, diags
	}
	if a.f.Mark != nil && a.f.Entry.DeviceID != nil {
		m.DeviceID = types.StringValue(*a.f.Entry.DeviceID)
	}
	if reason := reasonShown(a.f); reason != "" {
		m.Reason = types.StringValue(reason)
	}
	if thumbprint := thumbprintOf(a.f.Entry); thumbprint != "" {
		m.CertificatePEM = iottype.CertificatePEM().Value(certificate.ThumbprintPrefix + thumbprint)
	}
	now := reading{
		state: a.evidence.State(), access: a.evidence.Access(), created: a.f.Mark != nil, previous: a.decision.Previous,
		effects: []deprovision.Effect{}, paths: a.evidence.Paths,
	}
	out := outcome{reading: now, memory: a.before.memory.after(a.f, a.evidence)}
	return m, out, append(diags, words.standingWarnings(a.f, a.evidence, want)...)
}

func (r *deviceResource) arriveImported(ctx context.Context, want wanted) (arrival, *facts.Reader, diagnostics) {
	want.enrollment = deprovision.Disabling // Whatever is wanted later, nothing is deleted by an import.
	return r.arrive(ctx, want, handover{}, false)
}

// reasonShown is the reason that the mark keeps, or else the one that the disabled identities agree on.
func reasonShown(f facts.Evidence) string {
	if f.Mark != nil && f.Mark.Reason != "" {
		return f.Mark.Reason
	}
	reason := ""
	for _, identity := range f.Identities {
		if identity.Status != deprovision.Disabled || !identity.Any() || identity.Device.StatusReason == nil {
			continue
		}
		if reason != "" && reason != *identity.Device.StatusReason {
			return ""
		}
		reason = *identity.Device.StatusReason
	}
	return reason
}

func thumbprintOf(entry *azdps.IndividualEnrollment) string {
	x509 := entry.Attestation.X509
	if x509 == nil || x509.ClientCertificates == nil || x509.ClientCertificates.Primary == nil ||
		x509.ClientCertificates.Primary.Info == nil {
		return ""
	}
	return x509.ClientCertificates.Primary.Info.SHA256Thumbprint
}
