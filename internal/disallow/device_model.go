// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Values of the settings.
const (
	wantBlocked    = "blocked"
	wantRestored   = "restored"
	actionDisable  = string(deprovision.Disabling)
	actionDelete   = string(deprovision.Deleting)
	actionKeep     = string(deprovision.Keeping)
	destroyKeep    = "keep"
	destroyPrevent = "prevent"
)

// deviceModel is azureiot_dps_device_disallow in Terraform's types.
type deviceModel struct {
	RegistrationID            iottype.TextValue `tfsdk:"registration_id"`
	DPSHostname               iottype.TextValue `tfsdk:"dps_hostname"`
	CertificatePEM            iottype.TextValue `tfsdk:"certificate_pem"`
	CertificateChainPEM       iottype.TextValue `tfsdk:"certificate_chain_pem"`
	DeviceID                  types.String      `tfsdk:"device_id"`
	AdditionalIoTHubHostnames types.Set         `tfsdk:"additional_iothub_hostnames"`
	Reason                    types.String      `tfsdk:"reason"`
	DesiredAccess             types.String      `tfsdk:"desired_access"`
	EnrollmentAction          types.String      `tfsdk:"enrollment_action"`
	HubIdentityAction         types.String      `tfsdk:"hub_identity_action"`
	DeleteRegistration        types.Bool        `tfsdk:"delete_registration"`
	OnDestroy                 types.String      `tfsdk:"on_destroy"`

	EnrollmentStatus types.String `tfsdk:"enrollment_status"`
	HubIdentities    types.Map    `tfsdk:"hub_identities"`
	Access           types.String `tfsdk:"access"`
	EnrollmentOrigin types.String `tfsdk:"enrollment_origin"`
	Previous         types.Object `tfsdk:"previous"`
	Reversible       types.Bool   `tfsdk:"reversible"`
	Effects          types.List   `tfsdk:"effects"`
	ReenrollPaths    types.List   `tfsdk:"reenroll_paths"`
}

// settings are what configuration asks, in Go's types.
type settings struct {
	registrationID     string
	dpsHostname        string
	leafPEM            string
	leaf               *facts.Leaf
	leafLink           deprovision.Certificate
	above              deprovision.Chain
	deviceID           string
	hubs               []string
	reason             string
	restore            bool
	enrollment         deprovision.Disposal
	identities         deprovision.Disposal
	deleteRegistration bool
	prevent            bool
}

func (s settings) intent() deprovision.Intent {
	return deprovision.Intent{
		RegistrationID: s.registrationID, Enrollment: s.enrollment, Identities: s.identities,
	}
}

// reversible tells whether restoring can undo all that these settings may do.
func (s settings) reversible() bool {
	return s.enrollment != deprovision.Deleting && s.identities != deprovision.Deleting
}

// sameLeaf tells whether two settings give the same certificate.
func (s settings) sameLeaf(other settings) bool {
	if s.leaf == nil || other.leaf == nil {
		return s.leaf == other.leaf
	}
	return strings.EqualFold(s.leaf.ThumbprintSHA256, other.leaf.ThumbprintSHA256)
}

// lower is a host name in the one spelling that is compared and kept.
func lower(host string) string { return strings.ToLower(host) }

// unfinished are the settings of a state m after an update to plan that came to no end: the former ones, so that the
// next plan takes up what is left. What restoring means is known already, and the record is deleted once.
func (m deviceModel) unfinished(plan deviceModel, registrationDeleted types.Bool) deviceModel {
	if plan.DesiredAccess.ValueString() == wantBlocked {
		m.DesiredAccess = plan.DesiredAccess
	}
	if !registrationDeleted.ValueBool() {
		m.DeleteRegistration = registrationDeleted
	}
	return m
}

// imported tells whether this is the state of an import that has not been read yet.
func (m deviceModel) imported() bool { return m.EnrollmentOrigin.IsNull() }

// settingsKnown tells whether every setting that a plan depends on is known.
func (m deviceModel) settingsKnown() bool {
	for _, unknown := range []bool{
		m.RegistrationID.IsUnknown(), m.DPSHostname.IsUnknown(), m.CertificatePEM.IsUnknown(),
		m.CertificateChainPEM.IsUnknown(), m.DeviceID.IsUnknown(), m.AdditionalIoTHubHostnames.IsUnknown(),
		m.Reason.IsUnknown(), m.DesiredAccess.IsUnknown(), m.EnrollmentAction.IsUnknown(),
		m.HubIdentityAction.IsUnknown(), m.DeleteRegistration.IsUnknown(), m.OnDestroy.IsUnknown(),
	} {
		if unknown {
			return false
		}
	}
	for _, host := range m.AdditionalIoTHubHostnames.Elements() {
		if host.IsUnknown() {
			return false
		}
	}
	return true
}

// sameSettings tells whether m and other ask for the same.
func (m deviceModel) sameSettings(other deviceModel) bool {
	return m.RegistrationID.Equal(other.RegistrationID) && m.DPSHostname.Equal(other.DPSHostname) &&
		m.CertificatePEM.Equal(other.CertificatePEM) && m.CertificateChainPEM.Equal(other.CertificateChainPEM) &&
		m.DeviceID.Equal(other.DeviceID) && m.AdditionalIoTHubHostnames.Equal(other.AdditionalIoTHubHostnames) &&
		m.Reason.Equal(other.Reason) && m.DesiredAccess.Equal(other.DesiredAccess) &&
		m.EnrollmentAction.Equal(other.EnrollmentAction) && m.HubIdentityAction.Equal(other.HubIdentityAction) &&
		m.DeleteRegistration.Equal(other.DeleteRegistration) && m.OnDestroy.Equal(other.OnDestroy)
}

// copySettings takes the settings of other and keeps what is computed.
func (m deviceModel) copySettings(other deviceModel) deviceModel {
	other.EnrollmentStatus, other.HubIdentities, other.Access = m.EnrollmentStatus, m.HubIdentities, m.Access
	other.EnrollmentOrigin, other.Previous, other.Reversible = m.EnrollmentOrigin, m.Previous, m.Reversible
	other.Effects, other.ReenrollPaths = m.Effects, m.ReenrollPaths
	return other
}

// settings decodes known settings; the validators have checked each by itself.
func (m deviceModel) settings(ctx context.Context) (settings, diag.Diagnostics) {
	s := settings{
		registrationID:     m.RegistrationID.ValueString(),
		dpsHostname:        m.DPSHostname.ValueString(),
		deviceID:           m.DeviceID.ValueString(),
		reason:             m.Reason.ValueString(),
		restore:            m.DesiredAccess.ValueString() == wantRestored,
		enrollment:         deprovision.Disposal(m.EnrollmentAction.ValueString()),
		identities:         deprovision.Disposal(m.HubIdentityAction.ValueString()),
		deleteRegistration: m.DeleteRegistration.ValueBool(),
		prevent:            m.OnDestroy.ValueString() == destroyPrevent,
	}
	var diags diag.Diagnostics
	if !m.AdditionalIoTHubHostnames.IsNull() {
		diags.Append(m.AdditionalIoTHubHostnames.ElementsAs(ctx, &s.hubs, false)...)
		for i, host := range s.hubs {
			s.hubs[i] = lower(host)
		}
		slices.Sort(s.hubs)
		s.hubs = slices.Compact(s.hubs)
	}
	diags.Append(s.takeCertificates(m)...)
	return s, diags
}

// takeCertificates reads the leaf and the chain above it.
func (s *settings) takeCertificates(m deviceModel) diag.Diagnostics {
	if m.CertificatePEM.IsNull() {
		return nil
	}
	text := m.CertificatePEM.ValueString()
	if thumbprint, ok := certificate.IsThumbprint(text); ok {
		s.leaf = &facts.Leaf{ThumbprintSHA256: thumbprint}
		s.leafLink = deprovision.Certificate{ThumbprintSHA256: thumbprint}
	} else {
		leaf, err := certificate.Parse(text)
		if err != nil {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
				path.Root("certificate_pem"), "Invalid certificate", iotdiag.Sentence(err))}
		}
		s.leafPEM, s.leafLink = leaf.PEM(), chainLink(leaf)
		s.leaf = &facts.Leaf{
			CommonName: leaf.SubjectCommonName, ThumbprintSHA1: leaf.ThumbprintSHA1,
			ThumbprintSHA256: leaf.ThumbprintSHA256,
		}
	}
	if m.CertificateChainPEM.IsNull() {
		return nil
	}
	above, err := certificate.ParseChain(m.CertificateChainPEM.ValueString())
	if err != nil {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Invalid certificate chain", iotdiag.Sentence(err))}
	}
	for _, link := range above {
		s.above = append(s.above, chainLink(link))
	}
	return nil
}

// chain is the leaf and what stands above it. Of a certificate of which only the thumbprint is given, an entry that
// holds it tells the names.
func (s settings) chain(held []deprovision.Certificate) deprovision.Chain {
	if s.leaf == nil {
		return nil
	}
	leaf := s.leafLink
	if leaf.Subject == "" {
		i := slices.IndexFunc(held, func(c deprovision.Certificate) bool {
			return strings.EqualFold(c.ThumbprintSHA256, leaf.ThumbprintSHA256)
		})
		if i < 0 {
			return nil
		}
		leaf = held[i]
	}
	return append(deprovision.Chain{leaf}, s.above...)
}

func chainLink(c certificate.Certificate) deprovision.Certificate {
	return deprovision.Certificate{
		Subject: c.Subject, Issuer: c.Issuer, ThumbprintSHA256: c.ThumbprintSHA256, SelfSigned: c.SelfSigned,
	}
}
