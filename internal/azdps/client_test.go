// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

const query = "?api-version=2021-10-01"

func TestIndividualEnrollment_isReadByItsID(t *testing.T) {
	t.Parallel()
	c := client(t, exchange{
		method: "GET", target: "/enrollments/a:b.c_d-1" + query, status: 200,
		answer: `{"registrationId":"a:b.c_d-1","attestation":{"type":"symmetricKey"},"etag":"e"}`,
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
		method: "GET", target: "/enrollmentGroups/query" + query, status: 200,
		answer: `{"enrollmentGroupId":"query","attestation":{"type":"x509"},"provisioningStatus":"disabled"}`,
	})
	g, err := c.GetEnrollmentGroup(t.Context(), "query") // an ID like any other: only POST lists
	if err != nil || g.EnrollmentGroupID != "query" || !g.Disabled() {
		t.Errorf("read %+v, %v", g, err)
	}
}

func TestPut_ofWhatIsNoJSONIsRefusedHere(t *testing.T) {
	t.Parallel()
	_, err := client(t).PutEnrollmentGroup(t.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: "g", InitialTwin: &azdps.InitialTwin{Tags: json.RawMessage(`{"a":`)},
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "the body cannot be encoded") || azrest.IsTransport(err) {
		t.Errorf("error is %v", err)
	}
}

func TestPut_withoutOptionsCreatesOnly(t *testing.T) {
	t.Parallel()
	c := client(t,
		exchange{
			method: "PUT", target: "/enrollments/dev" + query, status: 200,
			body: `{"registrationId":"dev","attestation":{"type":"symmetricKey","symmetricKey":{}},` +
				`"provisioningStatus":"disabled"}`,
			answer: `{"registrationId":"dev","attestation":{"type":"symmetricKey",` +
				`"symmetricKey":{"primaryKey":"p","secondaryKey":"s"}}}`,
		},
		exchange{
			method: "PUT", target: "/enrollmentGroups/g" + query, status: 409,
			body:   `{"enrollmentGroupId":"g","attestation":{"type":"x509"}}`,
			answer: `{"errorCode":409202,"message":"EnrollmentGroup already exists."}`,
		})
	e, err := c.PutIndividualEnrollment(t.Context(), azdps.IndividualEnrollment{
		RegistrationID:     "dev",
		Attestation:        azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
		ProvisioningStatus: pointer(azdps.StatusDisabled),
	}, nil)
	if err != nil || e.Attestation.SymmetricKey.PrimaryKey != "p" {
		t.Errorf("wrote %+v, %v", e, err)
	}
	_, err = c.PutEnrollmentGroup(t.Context(), azdps.EnrollmentGroup{
		EnrollmentGroupID: "g", Attestation: azdps.Attestation{Type: azdps.AttestationX509},
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
			method: "PUT", target: "/enrollments/dev" + query, status: 200, ifMatch: etag,
			body:   `{"registrationId":"dev","attestation":{"type":"tpm","tpm":{"endorsementKey":"k"}},"new":{"n":1.0}}`,
			answer: `{"registrationId":"dev","attestation":{"type":"tpm"}}`,
		},
		exchange{
			method: "PUT", target: "/enrollmentGroups/g" + query, status: 412, ifMatch: "*",
			body:   `{"enrollmentGroupId":"g","attestation":{"type":"x509"},"provisioningStatus":"enabled"}`,
			answer: `{"errorCode":412202,"message":"stale"}`,
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
		exchange{method: "DELETE", target: "/enrollments/dev" + query, status: 204},
		exchange{method: "DELETE", target: "/enrollmentGroups/g" + query, status: 204, ifMatch: "e1"},
		exchange{method: "DELETE", target: "/registrations/dev" + query, status: 204, ifMatch: "*"},
		exchange{
			method: "DELETE", target: "/enrollments/gone" + query, status: 404,
			answer: `{"errorCode":404201,"message":"Enrollment not found."}`,
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
			method: "POST", target: "/enrollments/dev/attestationmechanism" + query, status: 200,
			answer: `{"type":"symmetricKey","symmetricKey":{"primaryKey":"p","secondaryKey":"s"}}`,
		},
		exchange{
			method: "POST", target: "/enrollmentGroups/g/attestationmechanism" + query, status: 200,
			answer: `{"type":"x509","x509":{"caReferences":{"primary":"root"}}}`,
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
			method: "POST", target: "/enrollments/query" + query, body: `{"query":"SELECT *"}`, status: 200,
			headers: map[string]string{"x-ms-continuation": "t", "x-ms-item-type": "Enrollment"},
			answer:  `[{"registrationId":"a","attestation":{"type":"tpm"}}]`,
		},
		exchange{
			method: "POST", target: "/enrollments/query" + query, body: `{"query":"SELECT *"}`, status: 200,
			answer: `[{"registrationId":"b","attestation":{"type":"tpm"}}]`,
		},
		exchange{
			method: "POST", target: "/enrollmentGroups/query" + query, body: `{"query":"SELECT *"}`, status: 200,
			answer: `[{"enrollmentGroupId":"g","attestation":{"type":"x509"}}]`,
		},
		exchange{
			method: "POST", target: "/registrations/g%2Fh/query" + query, status: 200,
			answer: `[{"registrationId":"r","status":"assigned"}]`,
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
		method: "GET", target: "/registrations/dev" + query, status: 200,
		answer: `{"registrationId":"dev","status":"disabled","etag":"e"}`,
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
		nil: false, pointer("enabled"): false, pointer(""): false, pointer("disabled"): true, pointer("Disabled"): true,
	} {
		e, g := azdps.IndividualEnrollment{ProvisioningStatus: status}, azdps.EnrollmentGroup{ProvisioningStatus: status}
		if e.Disabled() != want || g.Disabled() != want {
			t.Errorf("%v: %v, %v", status, e.Disabled(), g.Disabled())
		}
	}
}

func TestNewClient_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", "https://h", "h/", "h h", "h:0"} {
		if _, err := azdps.NewClient(host, credential(""), nil); err == nil {
			t.Errorf("%q is taken for a host", host)
		}
	}
	if _, err := azdps.NewClient("h", nil, nil); err == nil {
		t.Error("no credential is taken for one")
	}
	if _, err := azdps.NewClientFromConnectionString(sas.ConnectionString{}, nil); err == nil {
		t.Error("an empty connection string is taken for one")
	}
}

// credential gives out tokens that repeat the scope they are for.
type credential string

func (c credential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{
		Token: string(c) + strings.Join(o.Scopes, ","), ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC),
	}, nil
}

func TestClient_authenticatesAsItIsTold(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	o := clientOptions(transportFunc(func(req *http.Request) (*http.Response, error) {
		seen <- req.Header.Get("Authorization")
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: req}, nil
	}))
	scoped := *o
	scoped.Scope = "https://other/.default"
	cs, err := sas.ParseConnectionString("HostName=h.example;SharedAccessKeyName=p;SharedAccessKey=" + testKey)
	if err != nil {
		t.Fatal(err)
	}
	for want, build := range map[string]func() (*azdps.Client, error){
		"Bearer t:https://azure-devices-provisioning.net/.default": func() (*azdps.Client, error) {
			return azdps.NewClient("h.example", credential("t:"), o)
		},
		"Bearer t:https://other/.default": func() (*azdps.Client, error) {
			return azdps.NewClient("h.example", credential("t:"), &scoped)
		},
		"SharedAccessSignature sr=h.example&sig=": func() (*azdps.Client, error) {
			return azdps.NewClientFromConnectionString(cs, o)
		},
	} {
		c, err := build()
		if err != nil {
			t.Fatal(err)
		}
		if c.Host() != "h.example" {
			t.Errorf("host is %s", c.Host())
		}
		if err := c.DeleteRegistration(t.Context(), "r", nil); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; !strings.HasPrefix(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

// transportFunc is a transport that is a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }
