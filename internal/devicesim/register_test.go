// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

const (
	aKey          = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	assigningBody = `{"operationId":"5.316aac5bdc130deb.b1e0","status":"assigning"}`
	assignedBody  = `{"operationId":"5.316aac5bdc130deb.b1e0","status":"assigned","registrationState":{
		"x509":{"enrollmentGroupId":"factory"},"registrationId":"sensor-1",
		"createdDateTimeUtc":"2026-01-02T03:04:05.1Z","assignedHub":"hub1.example","deviceId":"sensor-1-hub",
		"status":"assigned","substatus":"initialAssignment","lastUpdatedDateTimeUtc":"2026-01-02T03:04:06.2Z",
		"etag":"IjEi","payload":{"a":1}}}`
)

// reply is one canned answer; the received requests are kept beside them.
type reply struct {
	status int
	header map[string]string
	body   string
}

type request struct {
	method, uri, authorization, body string
	certificates                     []string
}

// service answers with the replies in order, and repeats the last one.
type service struct {
	mu       sync.Mutex
	replies  []reply
	requests []request
	answered func() // called after each answer, if set
	server   *httptest.Server
}

func serve(t *testing.T, replies ...reply) *service {
	t.Helper()
	s := &service{replies: replies}
	s.server = httptest.NewUnstartedServer(s)
	s.server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that fail on purpose
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	got := request{r.Method, r.RequestURI, r.Header.Get("Authorization"), string(body), nil}
	for _, c := range r.TLS.PeerCertificates {
		got.certificates = append(got.certificates, c.Subject.CommonName)
	}
	s.mu.Lock()
	s.requests = append(s.requests, got)
	next := s.replies[0]
	if len(s.replies) > 1 {
		s.replies = s.replies[1:]
	}
	s.mu.Unlock()
	for name, value := range next.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(next.status)
	_, _ = io.WriteString(w, next.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answered != nil {
		_ = http.NewResponseController(w).Flush()
		s.answered()
	}
}

// then has f called after each further answer.
func (s *service) then(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered = f
}

func (s *service) host() string { return strings.TrimPrefix(s.server.URL, "https://") }

func (s *service) caPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.server.Certificate().Raw})
}

func (s *service) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// device returns a device of this service and the pauses it makes.
func (s *service) device(t *testing.T, c devicesim.Credential) (*devicesim.Device, *[]time.Duration) {
	t.Helper()
	d := devicesim.New(devicesim.Service{DPSHostname: s.host(), IDScope: "0ne00111111", CACertificatePEM: s.caPEM()},
		"sensor-1", c)
	t.Cleanup(d.Close)
	var pauses []time.Duration
	d.Wait = func(ctx context.Context, pause time.Duration) error {
		pauses = append(pauses, pause)
		return ctx.Err()
	}
	d.Now = func() time.Time { return time.Unix(1767222000, 0) }
	return d, &pauses
}

func register(t *testing.T, d *devicesim.Device) devicesim.Outcome {
	t.Helper()
	o, err := d.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRegister_pollsUntilAssigned(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{202, map[string]string{"Retry-After": "3"}, assigningBody},
		reply{202, map[string]string{"Retry-After": "Wed, 31 Dec 2025 23:00:07 GMT"}, assigningBody},
		reply{202, nil, `{"status":"assigning"}`}, reply{200, nil, assignedBody})
	d, pauses := s.device(t, devicesim.SymmetricKey(aKey))
	d.Payload = json.RawMessage(`{"model":"x"}`)
	o := register(t, d)

	if !o.Admitted() || o.HTTPStatus != 200 || o.AssignedHub != "hub1.example" || o.DeviceID != "sensor-1-hub" ||
		o.Substatus != "initialAssignment" || o.EnrollmentGroupID != "factory" || o.ETag != "IjEi" ||
		o.CreatedUTC != "2026-01-02T03:04:05.1Z" || o.LastUpdatedUTC != "2026-01-02T03:04:06.2Z" ||
		string(o.Payload) != `{"a":1}` {
		t.Errorf("outcome %+v", o)
	}
	if want := []time.Duration{3 * time.Second, 7 * time.Second, 2 * time.Second}; !slices.Equal(*pauses, want) {
		t.Errorf("paused %v, want %v", *pauses, want)
	}
	seen := s.seen()
	if got := seen[0].method + " " + seen[0].uri; got !=
		"PUT /0ne00111111/registrations/sensor-1/register?api-version=2021-06-01" {
		t.Errorf("first request %s", got)
	}
	if seen[0].body != `{"registrationId":"sensor-1","payload":{"model":"x"}}` {
		t.Errorf("first body %s", seen[0].body)
	}
	for _, r := range seen[1:] { // also after the answer that named no operation
		if got := r.method + " " + r.uri; got !=
			"GET /0ne00111111/registrations/sensor-1/operations/5.316aac5bdc130deb.b1e0?api-version=2021-06-01" {
			t.Errorf("poll %s", got)
		}
		if r.authorization != seen[0].authorization || !strings.Contains(r.authorization, "&skn=registration") {
			t.Errorf("poll signed %s", r.authorization)
		}
	}
}

func TestRegister_tellsHowItEnded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply reply
		want  devicesim.Outcome
	}{
		"a disabled enrollment": {
			reply{200, nil, `{"operationId":"5.1","status":"disabled","registrationState":{"status":"disabled"}}`},
			devicesim.Outcome{Status: devicesim.Disabled, HTTPStatus: 200},
		},
		"a disabled enrollment without a state": {
			reply{200, nil, `{"operationId":"5.1","status":"disabled"}`},
			devicesim.Outcome{Status: devicesim.Disabled, HTTPStatus: 200},
		},
		"a failed assignment": {
			reply{200, nil, `{"operationId":"5.1","status":"failed","registrationState":{"status":"failed",
				"errorCode":400207,"errorMessage":"Custom allocation failed with status code: 500"}}`},
			devicesim.Outcome{Status: devicesim.Failed, HTTPStatus: 200, ErrorCode: 400207,
				Message: "Custom allocation failed with status code: 500"},
		},
		"a wrong credential": {
			reply{401, nil, `{"errorCode":401002,"trackingId":"x","message":"Unauthorized"}`},
			devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 401, ErrorCode: 401002, Message: "Unauthorized"},
		},
		"an unknown device": {
			reply{404, nil, `{"errorCode":404201,"message":"Enrollment not found."}`},
			devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 404, ErrorCode: 404201,
				Message: "Enrollment not found."},
		},
		"a proxy": {
			reply{403, nil, `<html>no</html>`},
			devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 403, Message: "the answer is not JSON"},
		},
		"an empty refusal":    {reply{403, nil, ""}, devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 403}},
		"a redirect":          {reply{307, nil, ""}, devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 307}},
		"a missing feature":   {reply{501, nil, ""}, devicesim.Outcome{Status: devicesim.Refused, HTTPStatus: 501}},
		"an endless throttle": {reply{429, nil, ""}, devicesim.Outcome{Status: devicesim.Unavailable, HTTPStatus: 429}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := serve(t, c.reply).device(t, devicesim.SymmetricKey(aKey))
			if got := register(t, d); got.String() != c.want.String() {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRegister_outlastsThrottlesFailuresAndRaces(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{429, map[string]string{"Retry-After": "5"}, `{"errorCode":429001}`}, reply{503, nil, "busy"},
		reply{409, nil, `{"errorCode":409000}`}, reply{202, nil, assigningBody},
		reply{412, nil, `{"errorCode":412000}`}, reply{200, nil, assignedBody})
	d, pauses := s.device(t, devicesim.SymmetricKey(aKey))
	if o := register(t, d); !o.Admitted() {
		t.Errorf("outcome %s", o)
	}
	var methods []string
	for _, r := range s.seen() {
		methods = append(methods, r.method)
	}
	if got := strings.Join(methods, " "); got != "PUT PUT PUT PUT GET GET" {
		t.Errorf("requests %s", got)
	}
	if (*pauses)[0] != 5*time.Second {
		t.Errorf("paused %v, want 5s first", *pauses)
	}
}

func TestRegister_endsWithItsContext(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{202, nil, assigningBody})
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	ctx, cancel := context.WithCancel(t.Context())
	d.Wait = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	if _, err := d.Register(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestRegister_reallyWaitsUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{202, map[string]string{"Retry-After": "0"}, assigningBody}, reply{200, nil, assignedBody},
		reply{202, map[string]string{"Retry-After": "3600"}, assigningBody})
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	d.Wait, d.Now = nil, nil
	register(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	s.then(cancel)
	if _, err := d.Register(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestRegister_withoutAnAnswerIsAnError(t *testing.T) {
	t.Parallel()
	answering := serve(t, reply{200, nil, "[]"})
	gone := serve(t, reply{200, nil, assignedBody})
	gone.server.Close()
	aimless := serve(t, reply{202, nil, `{"status":"assigning"}`})
	usable := devicesim.SymmetricKey(aKey)
	untrusting := devicesim.New(devicesim.Service{DPSHostname: answering.host(), IDScope: "0ne"}, "sensor-1", usable)
	misled := devicesim.New(devicesim.Service{DPSHostname: answering.host(), CACertificatePEM: []byte("x")},
		"sensor-1", usable)
	for name, c := range map[string]struct {
		device *devicesim.Device
		want   string
	}{
		"not an operation":     {first(answering.device(t, usable)), "the answer is not an operation"},
		"no operation to poll": {first(aimless.device(t, usable)), "named no operation"},
		"no connection":        {first(gone.device(t, usable)), "connect"},
		"an unknown authority": {untrusting, "certificate"},
		"no PEM to trust":      {misled, "is not PEM"},
		"no base64":            {first(answering.device(t, devicesim.SymmetricKey("?!secret"))), "not base64"},
		"an empty key":         {first(answering.device(t, devicesim.DerivedKey("", "x"))), "the key is empty"},
		"no certificate": {
			first(answering.device(t, devicesim.X509(devicesim.Certificate{}))), "no certificate given",
		},
		"no TPM": {first(answering.device(t, devicesim.TPM(nil))), "no TPM given"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.device.Register(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestRegister_presentsTheCertificateChainAndNoToken(t *testing.T) {
	t.Parallel()
	leaf := newLeaf(t, newIntermediate(t, newRoot(t), "Plant"), "sensor-1")
	s := serve(t, reply{202, nil, assigningBody}, reply{200, nil, assignedBody})
	d, _ := s.device(t, devicesim.X509(leaf))
	register(t, d)
	for _, r := range s.seen() {
		if got := strings.Join(r.certificates, ","); got != "sensor-1,Plant" || r.authorization != "" {
			t.Errorf("%s presented %s and token %q", r.method, got, r.authorization)
		}
	}
}

func TestLookup_readsTheRecordWithoutRegistering(t *testing.T) {
	t.Parallel()
	s := serve(t, reply{200, nil, `{"status":"assigned","assignedHub":"h","deviceId":"d"}`},
		reply{404, nil, `{"errorCode":404203,"message":"none"}`}, reply{200, nil, "<html>"})
	d, _ := s.device(t, devicesim.SymmetricKey(aKey))
	if o, err := d.Lookup(t.Context()); err != nil || o.String() != "assigned to h as d" {
		t.Errorf("found %s, %v", o, err)
	}
	if o, err := d.Lookup(t.Context()); err != nil || o.String() != "refused (HTTP 404, 404203: none)" {
		t.Errorf("found %s, %v", o, err)
	}
	if _, err := d.Lookup(t.Context()); err == nil || !strings.Contains(err.Error(), "not a registration") {
		t.Errorf("error %v", err)
	}
	got := s.seen()[0]
	if got.method+" "+got.uri != "POST /0ne00111111/registrations/sensor-1?api-version=2021-06-01" ||
		got.body != `{"registrationId":"sensor-1"}` {
		t.Errorf("request %+v", got)
	}
}

func first(d *devicesim.Device, _ *[]time.Duration) *devicesim.Device { return d }
