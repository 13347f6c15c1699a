// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// exchange is one request and its answer, in short.
type exchange struct {
	method, path, sent string // the path with its query
	header             http.Header
	status             int
	answered           string
	answerHeader       http.Header
}

func (e exchange) violations(t *testing.T) []string {
	t.Helper()
	s, err := wiretest.LoadSpecification()
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(e.method, "https://localhost:1"+e.path, strings.NewReader(e.sent))
	for name, values := range e.header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	answered := io.NopCloser(strings.NewReader(e.answered))
	answer := &http.Response{StatusCode: e.status, Header: http.Header{}, Body: answered}
	for name, values := range e.answerHeader {
		answer.Header[http.CanonicalHeaderKey(name)] = values
	}
	found := s.Violations(request, answer)
	slices.Sort(found)
	return found
}

const (
	entry    = `{"registrationId":"a","attestation":{"type":"symmetricKey"},"provisioningStatus":null}`
	fault    = `{"errorCode":404201,"trackingId":"t","message":"m","timestampUtc":"2024-01-02T03:04:05.1Z"}`
	hubFault = `{"Message":"ErrorCode:DeviceNotFound;a","ExceptionMessage":"Tracking ID:1"}`
	device   = `{"deviceId":"a","statusReason":null,"lastActivityTime":"0001-01-01T00:00:00","parentScopes":[]}`
	twin     = `{"deviceId":"a","tags":{"site":"x","floor":2},"properties":{"desired":{"$version":1}},` +
		`"x509Thumbprint":{"PrimaryThumbprint":"AB","secondaryThumbprint":null}}`
)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestViolations_findsNoneInWhatIsDeclared(t *testing.T) {
	t.Parallel()
	const version = "?api-version=1"
	coded := headers("x-ms-error-code", "412202")
	for name, e := range map[string]exchange{
		"a read": {method: "GET", path: "/enrollments/a" + version, status: 200, answered: entry},
		"an update": {
			method: "PUT", path: "/enrollmentGroups/a%2Fb" + version, header: headers("If-Match", "*"),
			sent: `{"enrollmentGroupId":"a/b","attestation":{"type":"x509","x509":{"caReferences":{"primary":"ca"}}},` +
				`"initialTwin":{"tags":{"a":[1,{"b":null}]}}}`,
			status: 412, answered: fault, answerHeader: coded,
		},
		"a delete": {method: "DELETE", path: "/registrations/a" + version, status: 204},
		"a page": {
			method: "POST", path: "/enrollments/query" + version, sent: `{"query":"*"}`, status: 200,
			header: headers("x-ms-max-item-count", "5"), answered: "[" + entry + "]",
			answerHeader: headers("x-ms-continuation", "c"),
		},
		"an entry called query": {
			method: "GET", path: "/enrollments/query" + version, status: 404, answered: fault, answerHeader: coded,
		},
		"another spelling of the route": {
			method: "POST", path: "/enrollmentgroups/a/attestationmechanism/" + version, status: 200,
			answered: `{"type":"symmetricKey","symmetricKey":{"primaryKey":"a"}}`,
		},
		"a registration": {
			method: "PUT", path: "/0ne/registrations/a/register" + version, sent: `{"registrationId":"a"}`, status: 202,
			answered: `{"operationId":"1","status":"assigning"}`, answerHeader: headers("Location", "l", "Retry-After", "3"),
		},
		"a challenge": {
			method: "PUT", path: "/0ne/registrations/a/register" + version, status: 401,
			sent: `{"tpm":{"endorsementKey":"e"}}`,
			answered: `{"message":"m","authenticationKey":"k","unencryptedAuthenticationKey":null,` +
				`"keyName":"registration"}`,
		},
		"a token":  {method: "POST", path: "/tenant/oauth2/v2.0/token", sent: "grant_type=x", status: 400, answered: "any"},
		"a device": {method: "GET", path: "/devices/a" + version, status: 200, answered: device},
		"a device that is not there": {
			method: "DELETE", path: "/devices/a" + version, header: headers("If-Match", `"*"`), status: 404,
			answered: hubFault,
		},
		"devices": {method: "GET", path: "/devices" + version + "&top=5", status: 200, answered: "[" + device + "]"},
		"twins": {
			method: "POST", path: "/devices/query" + version, sent: `{"query":"SELECT * FROM devices"}`, status: 200,
			answered: "[" + twin + "]", answerHeader: headers("x-ms-item-type", "Twin"),
		},
		"a projection": {
			method: "POST", path: "/devices/query" + version, sent: `{"query":"SELECT COUNT() AS n FROM devices"}`,
			status: 200, answered: `[{"n":5}]`, answerHeader: headers("x-ms-item-type", "Raw"),
		},
		"a refused bulk call": {
			method: "POST", path: "/devices" + version, sent: `[{"id":"a","importMode":"Update"}]`, status: 400,
			answered: `{"isSuccessful":false,"errors":[{"deviceId":"a","errorCode":404001}]}`,
		},
	} {
		if found := e.violations(t); len(found) > 0 {
			t.Errorf("%s: %s", name, strings.Join(found, "; "))
		}
	}
}

// wantOne fails the test unless an exchange has exactly one violation, which ends like that.
func wantOne(t *testing.T, name string, e exchange, want string) {
	t.Helper()
	if found := e.violations(t); len(found) != 1 || !strings.HasSuffix(found[0], want) {
		t.Errorf("%s: found %q, want one that ends with %q", name, found, want)
	}
}

func TestViolations_areFoundAroundTheBodies(t *testing.T) {
	t.Parallel()
	get := exchange{method: "GET", path: "/enrollments/a?api-version=1", status: 200, answered: entry}
	for name, c := range map[string]struct {
		change func(e *exchange)
		want   string
	}{
		"another path": {
			func(e *exchange) { e.path = "/enrolments/a?api-version=1" }, "GET /enrolments/a is not declared",
		},
		"another method":    {func(e *exchange) { e.method = "PATCH" }, "PATCH /enrollments/a is not declared"},
		"no version":        {func(e *exchange) { e.path = "/enrollments/a" }, "request has no api-version"},
		"another parameter": {func(e *exchange) { e.path += "&top=5" }, "request has the undeclared query parameter top"},
		"another header": {
			func(e *exchange) { e.header = headers("If-Match", "*") }, "request has the undeclared header If-Match",
		},
		"a body too many": {func(e *exchange) { e.sent = "{}" }, "request has a body, and none is declared"},
		"another status":  {func(e *exchange) { e.status = 201 }, "answer 201 is not declared"},
		"no code of error": {
			func(e *exchange) { e.status, e.answered = 404, fault }, "answer 404 has no header x-ms-error-code",
		},
		"another page": {
			func(e *exchange) { e.answerHeader = headers("x-ms-continuation", "c") },
			"answer 200 has the undeclared header x-ms-continuation",
		},
		"no place to look": {
			func(e *exchange) {
				e.path, e.status, e.answered = "/0ne/registrations/a/operations/1?api-version=1", 202, `{"operationId":"1"}`
				e.answerHeader = headers("Retry-After", "3")
			},
			"answer 202 has no header Location",
		},
		"another item type": {
			func(e *exchange) {
				e.method, e.path, e.answered = "POST", "/devices/query?api-version=1", "[]"
				e.answerHeader = headers("x-ms-item-type", "Job")
			},
			"answer 200 is not declared",
		},
	} {
		e := get
		c.change(&e)
		wantOne(t, name, e, c.want)
	}
}

func TestViolations_areFoundInAnswers(t *testing.T) {
	t.Parallel()
	get := exchange{method: "GET", path: "/enrollments/a?api-version=1", status: 200}
	for answered, want := range map[string]string{
		"":                       "answer 200 is not JSON",
		"<html>":                 "answer 200 is not JSON",
		"[]":                     "answer 200 is no object",
		`{"registrationId":"a"}`: "answer 200.attestation is missing",
	} {
		get.answered = answered
		wantOne(t, answered, get, want)
	}
	for member, want := range map[string]string{
		`"registrationId":null`:                              ".registrationId is missing",
		`"registrationId":1`:                                 ".registrationId is no string",
		`"createdDateTimeUtc":"2024-01-02 03:04"`:            ".createdDateTimeUtc is no time",
		`"createdDateTimeUtc":"2024-01-02T03:04:05.1+01:00"`: ".createdDateTimeUtc is no time",
		`"iotHubs":{"a":"b"}`:                                ".iotHubs is no list",
		`"iotHubs":[1]`:                                      ".iotHubs[] is no string",
		`"capabilities":{"iotEdge":"true"}`:                  ".capabilities.iotEdge is no boolean",
		`"reprovisionPolicy":{"updateHubAssignment":true}`:   ".reprovisionPolicy.migrateDeviceData is missing",
		`"registrationState":{"errorCode":1.5}`:              ".registrationState.errorCode is no integer",
		`"registrationState":{"payload":"text"}`:             ".registrationState.payload is no object",
		`"initialTwin":{"properties":{"reported":{}}}`:       ".initialTwin.properties.reported is not declared",
		`"attestation":{"type":"tpm2"}`:                      ".attestation.type is none of none, tpm, x509, symmetricKey",
		`"attestation":{"type":"none","keys":1}`:             ".attestation.keys is not declared",
	} {
		// The later of two members of one name counts.
		get.answered = `{"registrationId":"a","attestation":{"type":"none"},` + member + "}"
		wantOne(t, member, get, want)
	}
	query := exchange{
		method: "POST", path: "/devices/query?api-version=1", sent: `{"query":""}`, status: 200,
		answered: `[{"keys":1}]`, answerHeader: headers("x-ms-item-type", "Twin"),
	}
	wantOne(t, "a twin's member", query, "answer 200[].keys is not declared")
}

func TestViolations_areFoundInRequests(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`{"deviceID":"a"}`:                     "request.deviceID is not declared",
		`{"status":"off"}`:                     "request.status is none of enabled, disabled",
		`{"parentScopes":"scope"}`:             "request.parentScopes is no list",
		`{"authentication":{"type":"x509"}}`:   ".type is none of sas, selfSigned, certificateAuthority, none",
		`{"deviceId":"a","capabilities":true}`: "request.capabilities is no object",
	} {
		e := exchange{method: "PUT", path: "/devices/a?api-version=1", sent: sent, status: 200, answered: device}
		wantOne(t, sent, e, want)
	}
}

func TestViolations_nameNoValue(t *testing.T) {
	t.Parallel()
	e := exchange{method: "PUT", path: "/enrollments/a?api-version=1", status: 200}
	e.sent = `{"registrationId":["c2VjcmV0"],` +
		`"attestation":{"type":"c2VjcmV0","symmetricKey":{"primaryKey":{"key":"c2VjcmV0"}}}}`
	e.answered = `"c2VjcmV0"`
	found := e.violations(t)
	if len(found) != 4 || strings.Contains(fmt.Sprint(found), "c2VjcmV0") {
		t.Errorf("found %q", found)
	}
}

// failing notes what a test would have failed with.
type failing struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (f *failing) Helper()          {}
func (f *failing) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *failing) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func TestInspect_failsTheTestAtItsEndOnceForEachViolation(t *testing.T) {
	t.Parallel()
	f := &failing{}
	observe := wiretest.Inspect(f)
	for range 3 {
		observe(httptest.NewRequest("GET", "/nothing", nil), &http.Response{StatusCode: 200})
	}
	if len(f.errors) != 0 {
		t.Errorf("before its end: %q", f.errors)
	}
	for _, c := range f.cleanups {
		c()
	}
	if len(f.errors) != 1 || !strings.Contains(f.errors[0], "GET /nothing is not declared") {
		t.Errorf("at its end: %q", f.errors)
	}
}
