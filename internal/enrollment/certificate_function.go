// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
)

// certificateFunction is certificate_info: what a certificate says, for conditions and outputs. It asks no service.
type certificateFunction struct{}

var _ function.Function = certificateFunction{}

// NewCertificateFunction makes certificate_info.
func NewCertificateFunction() function.Function { return certificateFunction{} }

// Metadata names the function.
func (certificateFunction) Metadata(
	_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse,
) {
	resp.Name = "certificate_info"
}

// Definition describes the function.
func (certificateFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Facts of an X.509 certificate",
		MarkdownDescription: "Reads one X.509 certificate and returns an object with `subject_common_name`, `subject`, " +
			"`issuer`, `serial_number`, `thumbprint_sha1`, `thumbprint_sha256`, `not_before` and `not_after`: the same words " +
			"that the attribute `certificates` of enrollments uses. Hexadecimal is in upper case, times are in UTC (RFC 3339).",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "pem",
			MarkdownDescription: "One certificate as PEM. A text that holds a private key is refused.",
		}},
		Return: function.ObjectReturn{AttributeTypes: certificateInfoType().AttrTypes},
	}
}

const subjectName = "subject"

func certificateInfoType() types.ObjectType {
	facts := certificateFactsType()
	facts.AttrTypes[subjectName] = types.StringType
	return facts
}

// Run reads the certificate.
func (certificateFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var pem string
	if resp.Error = req.Arguments.Get(ctx, &pem); resp.Error != nil {
		return
	}
	parsed, err := certificate.Parse(pem)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, certificate.OfArgument(err).Error())
		return
	}
	members := map[string]attr.Value{subjectName: types.StringValue(parsed.Subject)}
	for name, value := range factsOf(parsed).encode().Attributes() {
		members[name] = value
	}
	result, diags := types.ObjectValue(certificateInfoType().AttrTypes, members)
	if resp.Error = function.FuncErrorFromDiags(ctx, diags); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, result)
}
