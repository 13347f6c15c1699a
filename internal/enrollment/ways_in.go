// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// waysPastEntry names the enabled groups that would let the device in without its individual enrollment.
func (w *writer) waysPastEntry(state model, listed []azdps.EnrollmentGroup) diag.Diagnostics {
	a := w.kind.shape.decode(state.Attestation)
	device := deprovision.Device{RegistrationID: w.id, Attestation: deprovision.Unknown, Groups: facts.Groups(listed)}
	entry := deprovision.IndividualEnrollment{Status: deprovision.Status(state.ProvisioningStatus.ValueString())}
	switch {
	case a.certificates != nil:
		device.Attestation = deprovision.X509
		entry.Certificates = slotCertificates(a.certificates, state)
	case entry.Status == deprovision.Disabled:
		// An entry that blocks a device may be of another kind than the device's credential.
	case a.tpm != nil:
		device.Attestation = deprovision.TPM
	case a.keys != nil:
		device.Attestation = deprovision.SymmetricKey
	}
	entry.Attestation, device.Individual = device.Attestation, &entry
	return w.waysIn(deprovision.ReenrollPaths(device), fmt.Sprintf("the device %q", w.id),
		"Once its individual enrollment is deleted")
}

// slotCertificates are the certificates of the slots as far as state tells of them.
func slotCertificates(slots *certificateSlots, state model) []deprovision.Certificate {
	var known []deprovision.Certificate
	for _, name := range []string{primaryName, secondaryName} {
		text := slots.slot(name)
		if !iottype.IsSet(text) {
			continue
		}
		if c, err := certificate.Parse(text.ValueString()); err == nil {
			known = append(known, facts.Certificate(c))
			continue
		}
		told := objectIn(state.Certificates, name)
		known = append(known, deprovision.Certificate{
			Subject:          "CN=" + stringIn(told, "subject_common_name").ValueString(),
			Issuer:           stringIn(told, "issuer").ValueString(),
			ThumbprintSHA256: stringIn(told, thumbprintSHA256Name).ValueString(),
		})
	}
	return known
}

// waysPastGroup names the other enabled groups that would let the devices of an X.509 group in.
func (w *writer) waysPastGroup(listed []azdps.EnrollmentGroup) diag.Diagnostics {
	return w.waysIn(deprovision.PathsPastGroup(facts.Groups(listed), w.id), "devices of this group",
		fmt.Sprintf("Once the enrollment group %q is deleted", w.id))
}

func (w *writer) waysIn(paths []deprovision.ReenrollPath, whom, when string) diag.Diagnostics {
	var certain, possible []string
	for _, p := range paths {
		if p.Match == deprovision.MatchPossible {
			possible = append(possible, fmt.Sprintf("%q", p.EnrollmentGroupID))
		} else {
			certain = append(certain, fmt.Sprintf("%q (%s)", p.EnrollmentGroupID, p.Match))
		}
	}
	if len(paths) == 0 {
		return nil
	}
	var said []string
	if len(certain) > 0 {
		said = append(said, "would be let in by the enabled enrollment groups "+strings.Join(certain, ", "))
	}
	if len(possible) > 0 {
		said = append(said, "may be let in by "+strings.Join(possible, ", "))
	}
	text := fmt.Sprintf("%s, %s %s.", when, whom, strings.Join(said, ", and "))
	if slices.ContainsFunc(paths, func(p deprovision.ReenrollPath) bool { return p.Match == deprovision.MatchIssuer }) {
		text += " What is known by its issuer goes by the name of a CA, which another CA may bear."
	}
	if !w.kind.group {
		text += " To keep the device out, disable the entry instead (on_destroy = \"disable\"), or disable these groups."
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Devices could come back", text)}
}
