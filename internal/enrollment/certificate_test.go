// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func factsOf(t testing.TB, pem string) certificate.Certificate {
	t.Helper()
	c, err := certificate.Parse(pem)
	must(t, err)
	return c
}

// setCertificates has the operator put certificates into an individual enrollment's slots.
func (b bench) setCertificates(id string, primary, secondary *azdps.Certificate) {
	b.T.Helper()
	b.SetEntry(id, func(e *azdps.IndividualEnrollment) {
		e.Attestation.X509 = &azdps.X509{ClientCertificates: &azdps.CertificateSlots{Primary: primary, Secondary: secondary}}
	})
}

func TestCertificates_factsAreKnownInThePlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	c := b.deviceCertificate("sensor-1", devicesim.Organization("Contoso, Ltd."))
	facts := factsOf(t, c.PEM())
	config := individualX509("sensor-1", c.PEM())
	planned := b.MustApply(b.Config(config))
	wanted := map[string]string{
		"certificates.primary.subject_common_name": "sensor-1",
		"certificates.primary.issuer":              facts.Issuer,
		"certificates.primary.serial_number":       facts.SerialNumber,
		"certificates.primary.thumbprint_sha1":     facts.ThumbprintSHA1,
		"certificates.primary.thumbprint_sha256":   facts.ThumbprintSHA256,
		"certificates.primary.not_before":          facts.NotBefore.Format(time.RFC3339),
		"certificates.primary.not_after":           facts.NotAfter.Format(time.RFC3339),
		"certificates.secondary":                   "null",
	}
	acctest.MustRead(t, planned.Planned, wanted)
	acctest.MustRead(t, b.State, wanted)
	b.MustSettle(b.Config(config))
}

func TestCertificates_ofAnUnknownPEMAreUnknownSlotBySlot(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	c := b.deviceCertificate("sensor-1")
	config := attributes{
		"registration_id": "sensor-1", "attestation": x509("client_certificates", c.PEM(), acctest.Unknown{}),
	}
	acctest.MustRead(t, b.MustPlan(b.Config(config)).Planned, map[string]string{
		"certificates.primary.subject_common_name": "sensor-1", "certificates.secondary": "unknown",
	})
	config["attestation"] = acctest.Unknown{}
	acctest.MustRead(t, b.MustPlan(b.Config(config)).Planned, map[string]string{"certificates": "unknown"})
	config["attestation"] = attributes{"x509": acctest.Unknown{}}
	acctest.MustRead(t, b.MustPlan(b.Config(config)).Planned, map[string]string{"certificates": "unknown"})
	config["attestation"] = attributes{"x509": attributes{"client_certificates": acctest.Unknown{}}}
	acctest.MustRead(t, b.MustPlan(b.Config(config)).Planned, map[string]string{"certificates": "unknown"})
}

func TestCertificates_thatAreNoneAreNull(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	acctest.MustRead(t, b.MustPlan(b.Config(individualKey("sensor-1", attributes{}))).Planned,
		map[string]string{"certificates": "null"})
}

func TestCertificates_differencesWithoutMeaningAreNone(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	pem := b.deviceCertificate("sensor-1").PEM()
	b.MustApply(b.Config(individualX509("sensor-1", pem)))
	for name, same := range map[string]string{
		"CRLF":           strings.ReplaceAll(pem, "\n", "\r\n"),
		"text around it": "subject=CN = sensor-1\n" + pem + "\n# kept by ops\n",
		"a stand-in":     "sha256:" + strings.ToLower(factsOf(t, pem).ThumbprintSHA256),
	} {
		if planned := b.MustPlan(b.Config(individualX509("sensor-1", same))); b.Changes(planned) {
			t.Errorf("%s should be no difference: %s", name, planned.Planned)
		}
	}
}

func TestCertificates_swappedAddedAndRemovedAreEachOneWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	old, young := b.deviceCertificate("sensor-1"), b.deviceCertificate("sensor-1")
	device := func(c devicesim.Certificate) *acctest.Device { return b.DeviceWith("sensor-1", c) }
	slots := func(primary, secondary any) attributes {
		return attributes{"registration_id": "sensor-1", "attestation": x509("client_certificates", primary, secondary)}
	}
	b.MustApply(b.Config(slots(old.PEM(), nil)))
	device(old).MustRegister()
	device(young).MustBeRefused()
	for _, step := range []attributes{
		slots(old.PEM(), young.PEM()), slots(young.PEM(), old.PEM()), slots(nil, young.PEM()), slots(young.PEM(), nil),
	} {
		b.Emulator.ClearJournal()
		b.MustApply(b.Config(step))
		b.mustCall("GET /enrollments/sensor-1", "PUT /enrollments/sensor-1")
		b.MustSettle(b.Config(step))
		device(young).MustRegister()
	}
	device(old).MustBeRefused()
}

func TestCertificates_ofAnImportStandForThemselvesAndPlanNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, groupType)
	b.AddGroup("factory", b.Intermediate)
	b.MustImport("factory")
	facts := factsOf(t, b.Intermediate.PEM())
	acctest.MustRead(t, b.State, map[string]string{
		"attestation.x509.signing_certificates.primary": "sha256:" + facts.ThumbprintSHA256,
		"certificates.primary.subject_common_name":      "Plant Factory",
		"certificates.primary.thumbprint_sha1":          facts.ThumbprintSHA1,
	})
	b.MustSettle(b.Config(groupX509("factory", b.Intermediate.PEM())))
	b.MustSettle(b.Config(groupX509("factory", "sha256:"+facts.ThumbprintSHA256)))
}

func TestCertificates_ofAnImportSurviveOtherChangesAndSwaps(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	one, two := b.deviceCertificate("sensor-1"), b.deviceCertificate("sensor-1")
	b.MustApply(b.Config(attributes{
		"registration_id": "sensor-1", "attestation": x509("client_certificates", one.PEM(), two.PEM()),
	}))
	b.Forget()
	b.MustImport("sensor-1")
	standIn := func(c devicesim.Certificate) string { return "sha256:" + factsOf(t, c.PEM()).ThumbprintSHA256 }
	config := attributes{
		"registration_id": "sensor-1", "device_id": "sensor-one",
		"attestation": x509("client_certificates", standIn(one), two.PEM()),
	}
	b.MustApply(b.Config(config))
	b.MustSettle(b.Config(config))
	config["attestation"] = x509("client_certificates", two.PEM(), standIn(one))
	planned := b.MustApply(b.Config(config))
	acctest.MustRead(t, planned.Planned, map[string]string{
		"certificates.primary.thumbprint_sha256":   factsOf(t, two.PEM()).ThumbprintSHA256,
		"certificates.secondary.thumbprint_sha256": factsOf(t, one.PEM()).ThumbprintSHA256,
	})
	b.MustSettle(b.Config(config))
	b.DeviceWith("sensor-1", one).MustRegister()
	b.DeviceWith("sensor-1", two).MustRegister()
}

func TestCertificates_putInElsewhereAreDriftByThumbprint(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	ours, theirs := b.deviceCertificate("sensor-1"), b.deviceCertificate("sensor-1")
	config := individualX509("sensor-1", ours.PEM())
	b.MustApply(b.Config(config))
	b.setCertificates("sensor-1", &azdps.Certificate{Certificate: theirs.PEM()}, nil)
	b.MustRefresh()
	acctest.MustRead(t, b.State, map[string]string{
		"attestation.x509.client_certificates.primary": "sha256:" + factsOf(t, theirs.PEM()).ThumbprintSHA256,
		"certificates.primary.thumbprint_sha256":       factsOf(t, theirs.PEM()).ThumbprintSHA256,
	})
	planned := b.MustApply(b.Config(config))
	acctest.MustRead(t, planned.Planned, map[string]string{
		"attestation.x509.client_certificates.primary": ours.PEM(),
		"certificates.primary.thumbprint_sha256":       factsOf(t, ours.PEM()).ThumbprintSHA256,
	})
	b.MustSettle(b.Config(config))
	b.DeviceWith("sensor-1", ours).MustRegister()
}

func TestCertificates_aStandInForOneThatTheServiceHasNotDoesNotPlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	stranger := "sha256:" + strings.Repeat("AB", 32)
	planned := b.Plan(b.Config(individualX509("sensor-1", stranger)))
	planned.MustFail(t, `"primary"`, "Certificate not known to DPS", strings.Repeat("AB", 32),
		"Give the certificate itself, as PEM.")
	b.MustNotHaveWritten()
}

func TestCertificates_ofAnotherDeviceAreAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	c := b.deviceCertificate("Sensor-1")
	if checked := b.Validate(b.Config(individualX509("sensor-1", c.PEM()))); checked.Failed() {
		t.Errorf("letter case has no meaning: %s", checked.Errors())
	}
	checked := b.Validate(b.Config(attributes{
		"registration_id": "sensor-2", "attestation": x509("client_certificates", nil, c.PEM()),
	}))
	checked.MustFail(t, `"secondary"`, "Certificate of another device",
		`The certificate's common name is "Sensor-1", and registration_id is "sensor-2".`, "would never apply this entry")
	if checked := b.Validate(b.Config(individualX509("", c.PEM()))); !checked.Failed() {
		t.Error("an empty registration ID should be an error")
	}
	unknownID := with(individualX509("x", c.PEM()), attributes{"registration_id": acctest.Unknown{}})
	if checked := b.Validate(b.Config(unknownID)); checked.Failed() {
		t.Errorf("a registration ID that is not known yet may fit: %s", checked.Errors())
	}
}

func TestCertificates_thatEndAreWarnedOf(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	ending := func(in time.Duration) string {
		now := b.Clock.Now()
		return b.deviceCertificate("sensor-1", devicesim.Valid(now.Add(-time.Hour*24*365), now.Add(in))).PEM()
	}
	const day = 24 * time.Hour
	tests := map[string]struct {
		primary, secondary any
		status             any
		says               string
	}{
		"expired":                          {ending(-day), nil, nil, "Certificate has expired"},
		"expired beside a good one":        {ending(-day), ending(100 * day), nil, "Certificate has expired"},
		"the only one, soon":               {ending(29 * day), nil, nil, "is its only one and expires on"},
		"the only one, in the second slot": {nil, ending(29 * day), nil, "Put its successor into the slot primary"},
		"the only one, later":              {ending(31 * day), nil, nil, ""},
		"soon beside a good one":           {ending(29 * day), ending(100 * day), nil, ""},
		"soon beside an unknown one":       {ending(29 * day), acctest.Unknown{}, nil, ""},
		"expired in a disabled entry":      {ending(-day), nil, "disabled", ""},
	}
	for name, test := range tests {
		planned := b.MustPlan(b.Config(attributes{
			"registration_id": "sensor-1", "provisioning_status": test.status,
			"attestation": x509("client_certificates", test.primary, test.secondary),
		}))
		switch warned := planned.Warnings(); {
		case test.says == "" && warned != "":
			t.Errorf("%s: there should be no warning: %s", name, warned)
		case !strings.Contains(warned, test.says):
			t.Errorf("%s: %q should be said in %q", name, test.says, warned)
		}
	}
}

func TestAttestation_changesItsKindInPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t, individualType)
	tpm, err := devicesim.NewSoftwareTPM()
	must(t, err)
	c := b.deviceCertificate("sensor-1")
	kinds := []attributes{
		individualX509("sensor-1", c.PEM()),
		{"registration_id": "sensor-1", "attestation": attributes{"tpm": attributes{
			"endorsement_key": tpm.EndorsementKey(), "storage_root_key": tpm.StorageRootKey(),
		}}},
		individualKey("sensor-1", given(someKey('k'), nil, 1)),
		individualX509("sensor-1", c.PEM()),
	}
	credentials := []devicesim.Credential{
		devicesim.X509(c), devicesim.TPM(tpm), devicesim.SymmetricKey(someKey('k')), devicesim.X509(c),
	}
	for i, config := range kinds {
		if planned := b.MustApply(b.Config(config)); len(planned.Replaces) > 0 {
			t.Errorf("nothing should be replaced: %v", planned.Replaces)
		}
		b.MustSettle(b.Config(config))
		for j, credential := range credentials {
			device := b.DeviceBy("sensor-1", credential)
			if j%3 == i%3 {
				device.MustRegister()
			} else {
				device.MustBeRefused()
			}
		}
	}
}

func TestAttestation_ofGroupsMayReferToVerifiedCertificates(t *testing.T) {
	t.Parallel()
	root, err := devicesim.NewAuthority("Verified Root")
	must(t, err)
	b := newBench(t, groupType, acctest.Emulate(func(o *emulator.Options) {
		o.CACertificates = map[string][]byte{"root-ca": []byte(root.PEM())}
	}))
	config := attributes{"enrollment_group_id": "factory", "attestation": attributes{"x509": attributes{
		"ca_references": attributes{"primary": "root-ca"},
	}}}
	b.MustApply(b.Config(config))
	b.MustSettle(b.Config(config))
	acctest.MustRead(t, b.State, map[string]string{"certificates": "null"})
	c, err := root.Device("sensor-1")
	must(t, err)
	b.DeviceWith("sensor-1", c).MustRegister()
	b.Forget()
	b.MustImport("factory")
	b.MustSettle(b.Config(config))
}

func TestAttestation_isExactlyOneKind(t *testing.T) {
	t.Parallel()
	b, g := newBench(t, individualType), newBench(t, groupType)
	pem := b.deviceCertificate("sensor-1").PEM()
	key := base64Of(300)
	tests := map[string]struct {
		bench       bench
		attestation any
		says        []string
	}{
		"none": {b, attributes{}, []string{"Missing x509, tpm or symmetric_key", `AttributeName("attestation")`}},
		"two": {b, attributes{"symmetric_key": attributes{}, "tpm": attributes{"endorsement_key": key}},
			[]string{"Too many of x509, tpm and symmetric_key", "tpm and symmetric_key are given."}},
		"no slot":         {b, x509("client_certificates", nil, nil), []string{"Missing primary or secondary"}},
		"no certificates": {b, attributes{"x509": attributes{}}, []string{"client_certificates"}},
		"no certificates at all": {g, attributes{"x509": attributes{}},
			[]string{"Missing signing_certificates or ca_references"}},
		"certificates twice": {g, attributes{"x509": attributes{
			"signing_certificates": attributes{"primary": pem}, "ca_references": attributes{"primary": "root"},
		}}, []string{"signing_certificates and ca_references are given."}},
		"no reference": {g, attributes{"x509": attributes{"ca_references": attributes{}}},
			[]string{"Missing primary or secondary"}},
		"an empty reference": {g, attributes{"x509": attributes{"ca_references": attributes{"primary": " "}}},
			[]string{"Invalid CA certificate name"}},
		"no certificate": {b, x509("client_certificates", "hello", nil), []string{"Invalid certificate"}},
		"an empty one":   {b, x509("client_certificates", "", nil), []string{"Invalid certificate", "The text is empty"}},
		"a bad TPM key": {b, attributes{"tpm": attributes{"endorsement_key": "%"}},
			[]string{"Invalid TPM key", "not base64"}},
		"an empty TPM key":   {b, attributes{"tpm": attributes{"endorsement_key": ""}}, []string{"It is empty."}},
		"no endorsement key": {b, attributes{"tpm": attributes{"storage_root_key": key}}, []string{"endorsement_key"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, id := test.bench.For(t), "registration_id"
			if b.isGroup() {
				id = "enrollment_group_id"
			}
			config := b.Config(attributes{id: "sensor-1", "attestation": test.attestation})
			b.Validate(config).MustFail(t, test.says...)
		})
	}
	for name, attestation := range map[string]any{
		"unknown":                acctest.Unknown{},
		"of unknown kind":        attributes{"x509": acctest.Unknown{}, "tpm": acctest.Unknown{}},
		"of unknown certificate": x509("client_certificates", acctest.Unknown{}, nil),
	} {
		config := b.Config(attributes{"registration_id": "sensor-1", "attestation": attestation})
		if checked := b.Validate(config); checked.Failed() {
			t.Errorf("%s should be valid: %s", name, checked.Errors())
		}
	}
}
