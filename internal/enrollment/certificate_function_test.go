// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

func TestCertificateInfo_tellsWhatTheCertificateSays(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	pem := b.deviceCertificate("sensor-1").PEM()
	facts := factsOf(t, pem)
	info, step := b.CallFunction("certificate_info", pem)
	step.MustSucceed(t)
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
		_, step := b.CallFunction("certificate_info", text)
		step.MustFail(t, says)
		acctest.MustNotSay(t, step.Errors(), secret)
	}
}
