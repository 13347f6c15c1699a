// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// certificateInfo calls the function.
func (b bench) certificateInfo(pem string) (tftypes.Value, *tfprotov6.FunctionError) {
	b.T.Helper()
	server, err := b.Server()
	must(b.T, err)
	argument, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, pem))
	must(b.T, err)
	functions, ok := server.(tfprotov6.FunctionServer)
	if !ok {
		b.T.Fatal("the provider should serve functions")
	}
	called, err := functions.CallFunction(b.Context(), &tfprotov6.CallFunctionRequest{
		Name: "certificate_info", Arguments: []*tfprotov6.DynamicValue{&argument},
	})
	must(b.T, err)
	if called.Error != nil {
		return tftypes.Value{}, called.Error
	}
	schemas, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(b.T, err)
	result, err := called.Result.Unmarshal(schemas.Functions["certificate_info"].Return.Type)
	must(b.T, err)
	return result, nil
}

func TestCertificateInfo_tellsWhatTheCertificateSays(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	pem := b.deviceCertificate("sensor-1").PEM()
	facts := factsOf(t, pem)
	info, problem := b.certificateInfo(pem)
	if problem != nil {
		t.Fatal(problem.Text)
	}
	acctest.MustRead(t, info, map[string]string{
		"subject_common_name": "sensor-1", "subject": "CN=sensor-1", "issuer": facts.Issuer,
		"serial_number": facts.SerialNumber, "thumbprint_sha1": facts.ThumbprintSHA1,
		"thumbprint_sha256": facts.ThumbprintSHA256,
	})
}

func TestCertificateInfo_refusesWhatIsNoCertificateWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	const secret = "bm90IGEga2V5"
	for text, says := range map[string]string{
		"": "the text is empty",
		"-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n": "private key",
		secret: "no PEM block",
	} {
		_, problem := b.certificateInfo(text)
		if problem == nil || !strings.Contains(problem.Text, says) || strings.Contains(problem.Text, secret) {
			t.Errorf("%q should be said: %v", says, problem)
		}
	}
}
