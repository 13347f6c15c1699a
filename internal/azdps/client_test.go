// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

const query = "?api-version=2021-10-01"

func TestIndividualEnrollment_isReadByItsID(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "GET", Target: "/enrollments/a:b.c_d-1" + query, Status: 200,
		Answer: `{"registrationId":"a:b.c_d-1","attestation":{"type":"symmetricKey"},"etag":"e"}`,
	})
	e, err := c.GetIndividualEnrollment(t.Context(), "a:b.c_d-1")
	if err != nil || e.RegistrationID != "a:b.c_d-1" || e.ETag != "e" ||
		e.Attestation.Type != azdps.AttestationSymmetricKey {
		t.Errorf("read %+v, %v", e, err)
	}
}

func TestEnrollmentGroup_isReadByItsID(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "GET", Target: "/enrollmentGroups/query" + query, Status: 200,
		Answer: `{"enrollmentGroupId":"query","attestation":{"type":"x509"},"provisioningStatus":"disabled"}`,
	})
	g, err := c.GetEnrollmentGroup(t.Context(), "query") // an ID like any other: only POST lists
	if err != nil || g.EnrollmentGroupID != "query" || !g.Disabled() {
		t.Errorf("read %+v, %v", g, err)
	}
}

func TestPut_ofWhatIsNoJSONIsRefusedHere(t *testing.T) {
	t.Parallel()
	_, err := client(t).PutEnrollmentGroup(t.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: "g",
		Enrollment: azdps.Enrollment{
			InitialTwin: &azdps.InitialTwin{Tags: json.RawMessage(`{"a":`)},
		},
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "the body cannot be encoded") || azrest.IsTransport(err) {
		t.Errorf("error is %v", err)
	}
}

func TestPut_withoutOptionsCreatesOnly(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{
			Method: "PUT", Target: "/enrollments/dev" + query, Status: 200,
			Body: `{"registrationId":"dev","attestation":{"type":"symmetricKey","symmetricKey":{}},` +
				`"provisioningStatus":"disabled"}`,
			Answer: `{"registrationId":"dev","attestation":{"type":"symmetricKey",` +
				`"symmetricKey":{"primaryKey":"p","secondaryKey":"s"}}}`,
		},
		exchange{
			Method: "PUT", Target: "/enrollmentGroups/g" + query, Status: 409,
			Body:   `{"enrollmentGroupId":"g","attestation":{"type":"x509"}}`,
			Answer: `{"errorCode":409202,"message":"EnrollmentGroup already exists."}`,
		})
	e, err := c.PutIndividualEnrollment(t.Context(), azdps.IndividualEnrollment{
		RegistrationID: "dev",
		Enrollment: azdps.Enrollment{
			Attestation:        azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
			ProvisioningStatus: new(azdps.StatusDisabled),
		},
	}, nil)
	if err != nil || e.Attestation.SymmetricKey.PrimaryKey != "p" {
		t.Errorf("wrote %+v, %v", e, err)
	}
	_, err = c.PutEnrollmentGroup(t.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: "g",
		Enrollment: azdps.Enrollment{
			Attestation: azdps.Attestation{Type: azdps.AttestationX509},
		},
	}, nil)
	if !azrest.IsConflict(err) {
		t.Errorf("error is %v", err)
	}
}

func TestPut_sendsTheETagAsItStandsAndNothingOfTheServices(t *testing.T) {
	t.Parallel()
	const etag = "IjBhMDAxYzNmLTAwMDAi"
	c := client(t,
		exchange{
			Method: "PUT", Target: "/enrollments/dev" + query, Status: 200, IfMatch: etag,
			Body:   `{"registrationId":"dev","attestation":{"type":"tpm","tpm":{"endorsementKey":"k"}},"new":{"n":1.0}}`,
			Answer: `{"registrationId":"dev","attestation":{"type":"tpm"}}`,
		},
		exchange{
			Method: "PUT", Target: "/enrollmentGroups/g" + query, Status: 412, IfMatch: "*",
			Body:   `{"enrollmentGroupId":"g","attestation":{"type":"x509"},"provisioningStatus":"enabled"}`,
			Answer: `{"errorCode":412202,"message":"stale"}`,
		})
	e := azdps.IndividualEnrollment{}
	unmarshal(t, `{"registrationId":"dev","registrationState":{"registrationId":"dev","status":"assigned"},"etag":"old",
		"attestation":{"type":"tpm","tpm":{"endorsementKey":"k"}},"provisioningStatus":null,"new":{"n":1.0},
		"createdDateTimeUtc":"c","lastUpdatedDateTimeUtc":"l"}`, &e)
	if _, err := c.PutIndividualEnrollment(t.Context(), e, onlyIf(etag)); err != nil {
		t.Error(err)
	}
	if e.RegistrationState == nil || e.ETag != "old" {
		t.Error("the caller's enrollment was changed")
	}
	g := azdps.EnrollmentGroup{}
	unmarshal(t, `{"enrollmentGroupId":"g","attestation":{"type":"x509"},"etag":"old","provisioningStatus":"enabled",
		"createdDateTimeUtc":"c","lastUpdatedDateTimeUtc":"l"}`, &g)
	if _, err := c.PutEnrollmentGroup(t.Context(), g, onlyIf(azcore.ETagAny)); !azrest.IsPreconditionFailed(err) {
		t.Errorf("error is %v", err)
	}
}

func TestDelete_hasTheConditionItIsGiven(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{Method: "DELETE", Target: "/enrollments/dev" + query, Status: 204},
		exchange{Method: "DELETE", Target: "/enrollmentGroups/g" + query, Status: 204, IfMatch: "e1"},
		exchange{Method: "DELETE", Target: "/registrations/dev" + query, Status: 204, IfMatch: "*"},
		exchange{
			Method: "DELETE", Target: "/enrollments/gone" + query, Status: 404,
			Answer: `{"errorCode":404201,"message":"Enrollment not found."}`,
		})
	ctx := t.Context()
	if err := c.DeleteIndividualEnrollment(ctx, "dev", nil); err != nil {
		t.Error(err)
	}
	if err := c.DeleteEnrollmentGroup(ctx, "g", onlyIf("e1")); err != nil {
		t.Error(err)
	}
	if err := c.DeleteRegistration(ctx, "dev", onlyIf(azcore.ETagAny)); err != nil {
		t.Error(err)
	}
	if err := c.DeleteIndividualEnrollment(ctx, "gone", &azdps.WriteOptions{}); !azrest.IsNotFound(err) {
		t.Errorf("error is %v", err)
	}
}

func TestWrite_withAnEmptyETagIsRefusedHere(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	_, putErr := c.PutIndividualEnrollment(ctx, azdps.IndividualEnrollment{RegistrationID: "d"}, onlyIf(""))
	_, groupErr := c.PutEnrollmentGroup(ctx, azdps.EnrollmentGroup{EnrollmentGroupID: "g"}, onlyIf(""))
	for _, err := range []error{
		putErr, groupErr, c.DeleteIndividualEnrollment(ctx, "d", onlyIf("")),
		c.DeleteEnrollmentGroup(ctx, "g", onlyIf("")), c.DeleteRegistration(ctx, "d", onlyIf("")),
	} {
		if err == nil || !strings.Contains(err.Error(), "the ETag is empty") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestAttestation_isAskedForWithAnEmptyPost(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{
			Method: "POST", Target: "/enrollments/dev/attestationmechanism" + query, Status: 200,
			Answer: `{"type":"symmetricKey","symmetricKey":{"primaryKey":"p","secondaryKey":"s"}}`,
		},
		exchange{
			Method: "POST", Target: "/enrollmentGroups/g/attestationmechanism" + query, Status: 200,
			Answer: `{"type":"x509","x509":{"caReferences":{"primary":"root"}}}`,
		})
	a, err := c.GetIndividualEnrollmentAttestation(t.Context(), "dev")
	if err != nil || a.SymmetricKey == nil || a.SymmetricKey.SecondaryKey != "s" {
		t.Errorf("read %v, %v", a, err)
	}
	a, err = c.GetEnrollmentGroupAttestation(t.Context(), "g")
	if err != nil || a.X509 == nil || a.X509.CAReferences == nil || a.X509.CAReferences.Primary != "root" {
		t.Errorf("read %v, %v", a, err)
	}
}

func TestLists_areReadPageByPage(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{
			Method: "POST", Target: "/enrollments/query" + query, Body: `{"query":"SELECT *"}`, Status: 200,
			Headers: map[string]string{"x-ms-continuation": "t", "x-ms-item-type": "Enrollment"},
			Answer:  `[{"registrationId":"a","attestation":{"type":"tpm"}}]`,
		},
		exchange{
			Method: "POST", Target: "/enrollments/query" + query, Body: `{"query":"SELECT *"}`, Status: 200,
			Answer: `[{"registrationId":"b","attestation":{"type":"tpm"}}]`,
		},
		exchange{
			Method: "POST", Target: "/enrollmentGroups/query" + query, Body: `{"query":"SELECT *"}`, Status: 200,
			Answer: `[{"enrollmentGroupId":"g","attestation":{"type":"x509"}}]`,
		},
		exchange{
			Method: "POST", Target: "/registrations/g%2Fh/query" + query, Status: 200,
			Answer: `[{"registrationId":"r","status":"assigned"}]`,
		})
	enrollments := c.NewListIndividualEnrollmentsPager(&azdps.ListOptions{PageSize: 1})
	for _, want := range []string{"a", "b"} {
		page, err := enrollments.NextPage(t.Context())
		if err != nil || len(page.Items) != 1 || page.Items[0].RegistrationID != want {
			t.Fatalf("read %v, %v", page, err)
		}
	}
	if enrollments.More() {
		t.Error("there seem to be more enrollments")
	}
	groups, err := c.NewListEnrollmentGroupsPager(nil).NextPage(t.Context())
	if err != nil || len(groups.Items) != 1 || groups.Items[0].EnrollmentGroupID != "g" {
		t.Errorf("read %v, %v", groups, err)
	}
	registrations, err := c.NewListRegistrationsPager("g/h", nil).NextPage(t.Context())
	if err != nil || len(registrations.Items) != 1 || registrations.Items[0].Status != azdps.RegistrationAssigned {
		t.Errorf("read %v, %v", registrations, err)
	}
}

func TestRegistration_isReadByItsID(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		Method: "GET", Target: "/registrations/dev" + query, Status: 200,
		Answer: `{"registrationId":"dev","status":"disabled","etag":"e"}`,
	})
	r, err := c.GetRegistration(t.Context(), "dev")
	if err != nil || r.Status != azdps.RegistrationDisabled || r.ETag != "e" {
		t.Errorf("read %+v, %v", r, err)
	}
}

func TestCalls_refuseIDsThatPathsCannotCarry(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	for _, id := range []string{"", ".", ".."} {
		_, err1 := c.GetIndividualEnrollment(ctx, id)
		_, err2 := c.PutEnrollmentGroup(ctx, azdps.EnrollmentGroup{EnrollmentGroupID: id}, nil)
		_, err3 := c.NewListRegistrationsPager(id, nil).NextPage(ctx)
		for _, err := range []error{err1, err2, err3, c.DeleteRegistration(ctx, id, nil)} {
			if err == nil || azrest.IsNotFound(err) || azrest.IsTransport(err) {
				t.Errorf("for %q: %v", id, err)
			}
		}
	}
}

func TestDisabled_isOnlyWhatSaysSo(t *testing.T) {
	t.Parallel()
	for status, want := range map[*string]bool{
		nil: false, new("enabled"): false, new(""): false, new("disabled"): true, new("Disabled"): true,
	} {
		shared := azdps.Enrollment{ProvisioningStatus: status}
		e, g := azdps.IndividualEnrollment{Enrollment: shared}, azdps.EnrollmentGroup{Enrollment: shared}
		if e.Disabled() != want || g.Disabled() != want {
			t.Errorf("%v: %v, %v", status, e.Disabled(), g.Disabled())
		}
	}
}

func TestNewClient_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, host := range wiretest.UnusableHosts() {
		if _, err := azdps.NewClient(host, wiretest.Credential(""), nil); err == nil {
			t.Errorf("%q is taken for a host", host)
		}
	}
	_, withoutCredential := azdps.NewClient("h", nil, nil)
	_, withoutHost := azdps.NewClientFromConnectionString(sas.ConnectionString{}, nil)
	if withoutCredential == nil || withoutHost == nil {
		t.Errorf("errors are %v and %v", withoutCredential, withoutHost)
	}
}

func TestClient_authenticatesAsItIsTold(t *testing.T) {
	t.Parallel()
	const host = "h.example"
	var sent wiretest.Authorizations
	o := wiretest.ClientOptions(&sent)
	scoped := *o
	scoped.Scope = "https://other/.default"
	byDefault, err1 := azdps.NewClient(host, wiretest.Credential("t:"), o)
	byScope, err2 := azdps.NewClient(host, wiretest.Credential("t:"), &scoped)
	byKey, err3 := azdps.NewClientFromConnectionString(wiretest.ConnectionString(t, "h.example"), o)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]*azdps.Client{
		"Bearer t:https://azure-devices-provisioning.net/.default": byDefault,
		"Bearer t:https://other/.default":                          byScope,
		"SharedAccessSignature sr=h.example&sig=":                  byKey,
	} {
		if err := c.DeleteRegistration(t.Context(), "r", nil); err != nil || c.Host() != host {
			t.Fatalf("host is %s, %v", c.Host(), err)
		}
		if got := sent[len(sent)-1]; !strings.HasPrefix(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}
