// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// certificateFacts is what is told of one certificate.
type certificateFacts struct {
	SubjectCommonName types.String `tfsdk:"subject_common_name"`
	Issuer            types.String `tfsdk:"issuer"`
	SerialNumber      types.String `tfsdk:"serial_number"`
	ThumbprintSHA1    types.String `tfsdk:"thumbprint_sha1"`
	ThumbprintSHA256  types.String `tfsdk:"thumbprint_sha256"`
	NotBefore         types.String `tfsdk:"not_before"`
	NotAfter          types.String `tfsdk:"not_after"`
}

const (
	thumbprintSHA256Name = "thumbprint_sha256"
	notAfterName         = "not_after"
)

func certificateFactsType() types.ObjectType {
	members := map[string]attr.Type{}
	for name := range configure.Values(certificateFacts{}) {
		members[name] = types.StringType
	}
	return types.ObjectType{AttrTypes: members}
}

// certificatesType is Terraform's type of the attribute certificates.
func certificatesType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryName: certificateFactsType(), secondaryName: certificateFactsType(),
	}}
}

func (f certificateFacts) encode() types.Object {
	return types.ObjectValueMust(certificateFactsType().AttrTypes, configure.Values(f))
}

// factsOf reads the facts from the certificate itself.
func factsOf(c certificate.Certificate) certificateFacts {
	return certificateFacts{
		SubjectCommonName: types.StringValue(c.SubjectCommonName), Issuer: types.StringValue(c.Issuer),
		SerialNumber: types.StringValue(c.SerialNumber), ThumbprintSHA1: types.StringValue(c.ThumbprintSHA1),
		ThumbprintSHA256: types.StringValue(c.ThumbprintSHA256),
		NotBefore:        types.StringValue(c.NotBefore.Format(time.RFC3339)),
		NotAfter:         types.StringValue(c.NotAfter.Format(time.RFC3339)),
	}
}

// factsOfInfo takes the facts from what the service tells of a certificate that it does not return.
func factsOfInfo(info azdps.CertificateInfo) certificateFacts {
	return certificateFacts{
		SubjectCommonName: types.StringValue(commonName(info.SubjectName)), Issuer: types.StringValue(info.IssuerName),
		SerialNumber:     types.StringValue(strings.ToUpper(info.SerialNumber)),
		ThumbprintSHA1:   types.StringValue(strings.ToUpper(info.SHA1Thumbprint)),
		ThumbprintSHA256: types.StringValue(strings.ToUpper(info.SHA256Thumbprint)),
		NotBefore:        types.StringValue(dateText(info.NotBeforeUTC)),
		NotAfter:         types.StringValue(dateText(info.NotAfterUTC)),
	}
}

// dateText words a date of the service as those of a certificate are worded; one that cannot be read stays as it is.
func dateText(text string) string {
	date, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return date.UTC().Format(time.RFC3339)
}

// commonName is the common name in a distinguished name as .NET words it: "CN=leaf, O=\"Contoso, Ltd.\"".
func commonName(name string) string {
	for name != "" {
		part, quoted := name, false
		for i, c := range name {
			if c == '"' {
				quoted = !quoted
			}
			if c == ',' && !quoted {
				part = name[:i]
				break
			}
		}
		name = strings.TrimPrefix(name[len(part):], ",")
		attribute, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !strings.EqualFold(strings.TrimSpace(attribute), "CN") {
			continue
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
			value = strings.ReplaceAll(value[1:len(value)-1], `""`, `"`)
		}
		return value
	}
	return ""
}

// certificates is the value of the attribute certificates: the facts of both slots, null without any slot. Facts of
// prior stay where the certificate does, because the service words names in its own way; told is what it tells, nil at
// plan.
func certificates(slots *certificateSlots, prior types.Object, told *azdps.CertificateSlots) types.Object {
	if slots == nil {
		return types.ObjectNull(certificatesType().AttrTypes)
	}
	members := map[string]attr.Value{}
	for _, name := range []string{primaryName, secondaryName} {
		members[name] = slotFacts(slots.slot(name), name, prior, told)
	}
	return types.ObjectValueMust(certificatesType().AttrTypes, members)
}

// unknownCertificates is the value while the attestation is not known.
func unknownCertificates() types.Object { return types.ObjectUnknown(certificatesType().AttrTypes) }

func slotFacts(text iottype.TextValue, name string, prior types.Object, told *azdps.CertificateSlots) types.Object {
	switch {
	case text.IsNull():
		return types.ObjectNull(certificateFactsType().AttrTypes)
	case text.IsUnknown():
		return types.ObjectUnknown(certificateFactsType().AttrTypes)
	}
	parsed, err := certificate.Parse(text.ValueString())
	thumbprint, isStandIn := certificate.IsThumbprint(text.ValueString())
	if err == nil {
		thumbprint = parsed.ThumbprintSHA256
	}
	if known := objectIn(prior, name); toldOf(known, thumbprint) {
		return known
	}
	if err == nil {
		return factsOf(parsed).encode()
	}
	if isStandIn && told != nil {
		if held := holding(told, thumbprint); held != nil {
			return factsOfInfo(*held.Info).encode()
		}
	}
	for _, other := range []string{primaryName, secondaryName} {
		if known := objectIn(prior, other); toldOf(known, thumbprint) {
			return known
		}
	}
	return types.ObjectUnknown(certificateFactsType().AttrTypes)
}

// toldOf tells whether facts are those of the certificate with that thumbprint.
func toldOf(facts types.Object, thumbprint string) bool {
	known, ok := facts.Attributes()[thumbprintSHA256Name].(types.String)
	return ok && thumbprint != "" && strings.EqualFold(known.ValueString(), thumbprint)
}
