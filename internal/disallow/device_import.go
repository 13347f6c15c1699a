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
	m := importedModel(id)
	if host != "" && r.Services != nil && !strings.EqualFold(host, r.Services.DPSHost("")) {
		m.DPSHostname = iottype.Hostname().Value(host)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
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

// importedModel has the defaults of all settings, so that the same configuration plans nothing afterwards.
func importedModel(id string) deviceModel {
	return deviceModel{
		RegistrationID: iottype.RegistrationID().Value(id), DPSHostname: iottype.Hostname().Null(),
		CertificatePEM: iottype.CertificatePEM().Null(), CertificateChainPEM: iottype.CertificateChainPEM().Null(),
		DeviceID: types.StringNull(), AdditionalIoTHubHostnames: types.SetNull(types.StringType), Reason: types.StringNull(),
		DesiredAccess: types.StringValue(wantBlocked), EnrollmentAction: types.StringValue(actionDisable),
		HubIdentityAction: types.StringValue(actionDisable), DeleteRegistration: types.BoolValue(false),
		OnDestroy:        types.StringValue(destroyKeep),
		EnrollmentStatus: types.StringNull(), HubIdentities: types.MapNull(identityType()), Access: types.StringNull(),
		EnrollmentOrigin: types.StringNull(), Previous: types.ObjectNull(previousType().AttrTypes),
		Reversible: types.BoolNull(), Effects: types.ListNull(effectType()), ReenrollPaths: types.ListNull(pathType()),
	}
}

// completeImport fills what only a first read after an import can tell: who made the entry, where the device stood
// before, and the settings that the entry and the identity show.
func (e *enforcement) completeImport(m deviceModel) (deviceModel, diagnostics) {
	if e.entry == nil {
		var diags diagnostics
		diags.AddAttributeError(path.Root("registration_id"), "Cannot import: no individual enrollment",
			"The DPS instance "+e.asker.DPS().Host()+" has no individual enrollment \""+e.want.registrationID+
				"\", so that nothing blocks the device there. Create the resource instead.")
		return m, diags
	}
	e.begin(handover{})
	e.now.reversible, e.now.effects = true, []deprovision.Effect{}
	marked, ours := markOf(e.entry)
	if ours && e.entry.DeviceID != nil {
		m.DeviceID = types.StringValue(*e.entry.DeviceID)
	}
	if reason := e.reasonShown(marked); reason != "" {
		m.Reason = types.StringValue(reason)
	}
	if thumbprint := thumbprintOf(e.entry); thumbprint != "" {
		m.CertificatePEM = iottype.CertificatePEM().Value(certificate.ThumbprintPrefix + thumbprint)
	}
	return m, nil
}

// reasonShown is the reason that the mark keeps, or else the one that the disabled identities agree on.
func (e *enforcement) reasonShown(marked mark) string {
	if marked.Reason != "" {
		return marked.Reason
	}
	reason := ""
	for _, identity := range e.found {
		if identity.Status != deprovision.Disabled || identity.Device.StatusReason == nil {
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
