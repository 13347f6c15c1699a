// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Values of the settings.
const (
	actionDisable = string(deprovision.Disabling)
	actionDelete  = string(deprovision.Deleting)
	actionKeep    = string(deprovision.Keeping)
)

// asked are the attributes that configuration sets.
type asked struct {
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
}

// same tells whether two models ask for the same.
func (a asked) same(other asked) bool { return len(configure.Differences(a, other)) == 0 }

// sameDevice tells whether two models mean the same device of the same DPS instance, for certain.
func (a asked) sameDevice(other asked) bool {
	return !other.RegistrationID.IsUnknown() && iotplan.SameHost(a.DPSHostname, other.DPSHostname) &&
		iottype.RegistrationID().Same(a.RegistrationID.ValueString(), other.RegistrationID.ValueString())
}

// wanted is what configuration asks, in Go's types.
type wanted struct {
	deprovision.Intent

	dpsHostname string
	leaf        *leaf
	above       deprovision.Chain
	deviceID    string
	hubs        []string
	reason      string
}

// leaf is the device's own certificate as it was given; of a stand-in only link's thumbprint is known.
type leaf struct {
	link            deprovision.Certificate
	pem, commonName string
	thumbprintSHA1  string
}

// expand decodes known settings; the validators have checked each by itself.
func (a asked) expand(ctx context.Context) (wanted, diag.Diagnostics) {
	w := wanted{
		Intent: deprovision.Intent{
			RegistrationID:     a.RegistrationID.ValueString(),
			Restore:            a.DesiredAccess.ValueString() == iotplan.AccessRestored,
			Enrollment:         deprovision.Disposal(a.EnrollmentAction.ValueString()),
			Identities:         deprovision.Disposal(a.HubIdentityAction.ValueString()),
			DeleteRegistration: a.DeleteRegistration.ValueBool(),
		},
		dpsHostname: a.DPSHostname.ValueString(),
		deviceID:    a.DeviceID.ValueString(),
		reason:      a.Reason.ValueString(),
	}
	var diags diag.Diagnostics
	if !a.AdditionalIoTHubHostnames.IsNull() {
		diags.Append(a.AdditionalIoTHubHostnames.ElementsAs(ctx, &w.hubs, false)...)
		for i, host := range w.hubs {
			w.hubs[i] = azrest.FoldHost(host)
		}
		slices.Sort(w.hubs)
		w.hubs = slices.Compact(w.hubs)
	}
	diags.Append(w.takeCertificates(a)...)
	return w, diags
}

// takeCertificates reads the leaf and the chain above it.
func (w *wanted) takeCertificates(a asked) diag.Diagnostics {
	if a.CertificatePEM.IsNull() {
		return nil
	}
	text := a.CertificatePEM.ValueString()
	if thumbprint, ok := certificate.IsThumbprint(text); ok {
		w.leaf = &leaf{link: deprovision.Certificate{ThumbprintSHA256: thumbprint}}
	} else {
		parsed, err := certificate.Parse(text)
		if err != nil {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
				path.Root("certificate_pem"), "Invalid certificate", iotdiag.Sentence(err))}
		}
		w.leaf = &leaf{
			link: facts.Certificate(parsed), pem: parsed.PEM(), commonName: parsed.SubjectCommonName,
			thumbprintSHA1: parsed.ThumbprintSHA1,
		}
	}
	if a.CertificateChainPEM.IsNull() {
		return nil
	}
	above, err := certificate.ParseChain(a.CertificateChainPEM.ValueString())
	if err != nil {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Invalid certificate chain", iotdiag.Sentence(err))}
	}
	for _, link := range above {
		w.above = append(w.above, facts.Certificate(link))
	}
	return nil
}

// sameLeaf tells whether two settings give the same certificate.
func (w wanted) sameLeaf(other wanted) bool {
	if w.leaf == nil || other.leaf == nil {
		return w.leaf == other.leaf
	}
	return strings.EqualFold(w.leaf.link.ThumbprintSHA256, other.leaf.link.ThumbprintSHA256)
}

// writable is the PEM of the leaf, which an entry can be made from; empty when none, or only a stand-in, is given.
func (w wanted) writable() string {
	if w.leaf == nil {
		return ""
	}
	return w.leaf.pem
}

// chain is the leaf and what stands above it. Of a certificate of which only the thumbprint is given, an entry that
// holds it tells the names.
func (w wanted) chain(held []deprovision.Certificate) deprovision.Chain {
	if w.leaf == nil {
		return nil
	}
	link := w.leaf.link
	if link.Subject == "" {
		i := slices.IndexFunc(held, func(c deprovision.Certificate) bool {
			return strings.EqualFold(c.ThumbprintSHA256, link.ThumbprintSHA256)
		})
		if i < 0 {
			return nil
		}
		link = held[i]
	}
	return append(deprovision.Chain{link}, w.above...)
}

// firstQuestion asks about a device of which nothing is known yet.
func (w wanted) firstQuestion() facts.Question { return w.question(memory{}, deprovision.Block{}) }

// question asks about the device of which a state and the memory tell.
func (w wanted) question(m memory, b deprovision.Block) facts.Question {
	q := facts.Question{
		RegistrationID: w.RegistrationID, DeviceID: w.deviceID, Named: w.hubs, Known: m.known(b), Seen: m.Seen,
		Searched: m.Searched, SearchedAs: m.SearchedAs, Settled: m.settled(b, w),
	}
	if q.Settled {
		q.StillOut = func(f facts.Evidence) bool { return w.sight(f, m, b.Paths).stillOut() }
	}
	if m.Attested != nil {
		for _, certificate := range m.Attested.Certificates {
			q.Thumbprints = append(q.Thumbprints, certificate.ThumbprintSHA256)
		}
	}
	if w.leaf != nil {
		q.CommonName = w.leaf.commonName
		q.Thumbprints = append(q.Thumbprints, w.leaf.link.ThumbprintSHA256)
		if w.leaf.thumbprintSHA1 != "" {
			q.Thumbprints = append(q.Thumbprints, w.leaf.thumbprintSHA1)
		}
	}
	return q
}

// sight is the device as f shows it to somebody who remembers m; paths are the groups that an earlier look found.
func (w wanted) sight(f facts.Evidence, m memory, paths []deprovision.ReenrollPath) sight {
	s := sight{want: w, f: f, m: m.learn(f), paths: paths}
	s.watch = s.watched()
	return s
}

// change says the settings of a block that exists, whose former ones were have. The memory tells what the entry is that
// was made, e what is known of the identities.
func (w wanted) change(have wanted, m memory, e deprovision.Evidence) deprovision.Intent {
	intent := w.Intent
	intent.DeleteRegistration = w.DeleteRegistration && (!have.DeleteRegistration || have.Restore)
	if w.Restore {
		return intent
	}
	intent.Unseen = w.namesUnseen(have, e)
	if !have.Restore {
		reason, renamed := w.reason != have.reason, w.deviceID != "" && w.deviceID != have.deviceID
		certificate := w.writable() != "" && !w.sameLeaf(have) && m.Entry.X509
		intent.RewriteIdentities = reason || m.halfWritten(w.reason, e)
		intent.RewriteEnrollment = m.Entry.Made && (reason || renamed || certificate)
	}
	return intent
}

// namesUnseen tells whether configuration now names a hub or a device ID at which nobody has looked yet, or gives a
// certificate that may prove what nobody could verify.
func (w wanted) namesUnseen(have wanted, e deprovision.Evidence) bool {
	if w.leaf != nil && !w.sameLeaf(have) && e.State().Has(deprovision.Unverified) {
		return true
	}
	standing, hosts := map[string]bool{}, slices.Clone(w.hubs)
	for id, sighting := range e.Identities {
		if sighting.Any() {
			standing[id.Host] = standing[id.Host] || sighting.Stands()
			hosts = append(hosts, id.Host)
		}
	}
	if w.deviceID != "" && w.deviceID != have.deviceID {
		for _, host := range hosts {
			if !e.Identities[deprovision.IdentityID{Host: host, DeviceID: w.deviceID}].Any() {
				return true
			}
		}
		return len(hosts) == 0
	}
	return slices.ContainsFunc(w.hubs, func(host string) bool {
		return !slices.Contains(have.hubs, host) && !standing[host]
	})
}

// validate checks the settings against each other. What is unknown is checked when it becomes known, at plan or apply.
func (a asked) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	leafKnown := iottype.IsSet(a.CertificatePEM)
	if a.CertificatePEM.IsNull() && iottype.IsSet(a.CertificateChainPEM) {
		diags.AddAttributeError(path.Root("certificate_chain_pem"), "Certificate chain without a certificate",
			"The chain is what stands above certificate_pem; give certificate_pem too.")
	}
	if !leafKnown {
		return diags
	}
	leaf, err := certificate.Parse(a.CertificatePEM.ValueString())
	if err != nil {
		return diags // A stand-in, or the attribute's own validator has said what is wrong.
	}
	id := a.RegistrationID
	if iottype.IsSet(id) && !strings.EqualFold(id.ValueString(), leaf.SubjectCommonName) {
		diags.AddAttributeError(path.Root("certificate_pem"), "Certificate of another device",
			fmt.Sprintf("The certificate's common name is %q, and registration_id is another. DPS takes the registration ID "+
				"of an X.509 device from the common name and would never apply this entry to the device. Give the certificate of "+
				"this device, or the common name as registration_id.",
				leaf.SubjectCommonName))
	}
	return append(diags, a.validateChain(leaf)...)
}

func (a asked) validateChain(leaf certificate.Certificate) diag.Diagnostics {
	if !iottype.IsSet(a.CertificateChainPEM) {
		return nil
	}
	chain, err := certificate.ParseChain(a.CertificateChainPEM.ValueString())
	if err != nil {
		return nil // The attribute's own validator has said what is wrong.
	}
	if err := certificate.CheckOrder(leaf, chain); err != nil {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root("certificate_chain_pem"), "Certificate chain out of order", iotdiag.Sentence(err))}
	}
	return nil
}

// differsFrom tells whether a made entry says something else than is wanted of it.
func (w wanted) differsFrom(entry *azdps.IndividualEnrollment) bool {
	mark := facts.MarkOf(entry)
	return mark == nil || mark.Reason != w.reason || w.otherCertificate(entry) ||
		w.deviceID != "" && (entry.DeviceID == nil || *entry.DeviceID != w.deviceID)
}

// otherCertificate tells whether a made entry holds another certificate than the wanted one.
func (w wanted) otherCertificate(entry *azdps.IndividualEnrollment) bool {
	return w.writable() != "" && entry.Attestation.Type == azdps.AttestationX509 &&
		!facts.Holds(entry, w.leaf.link.ThumbprintSHA256)
}
