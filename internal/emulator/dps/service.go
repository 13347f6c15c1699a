// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxRequestSize is the documented limit of a request to the provisioning service.
const maxRequestSize = 96 * 1024

// webhookTimeout is how long a custom allocation waits for its webhook.
const webhookTimeout = 10 * time.Second

// The calls of the service that are limited separately.
const (
	BucketOperations    wire.Bucket = "operations"
	BucketRegistrations wire.Bucket = "registrations"
)

// Service is the provisioning service: what it stores and what it answers.
type Service struct {
	hostname       func() string
	now            func() time.Time
	random         wire.Random
	tokens         *caller.Issuer
	limit          func(wire.Bucket) time.Duration
	choices        Choices
	pageSize       int
	retryAfter     time.Duration
	idScope        string
	policies       caller.Policies
	caCertificates map[string]*x509.Certificate
	webhook        *http.Client

	mu      sync.Mutex
	hubs    []Hub
	entries [2]*collection[*entry]
	records *collection[*record]
	// operations holds the latest of each registration ID, nonces the key of its
	// latest TPM challenge, both by the lower-case ID.
	operations     map[string]*operation
	nonces         map[string]string
	assigningPolls int
	holders        int
	etags          uint32
	begun          uint64
}

// serviceRequest is a request whose path is taken apart and whose body is read.
type serviceRequest struct {
	*http.Request
	id      string
	content []byte
}

// route is what a path and a method mean on the service side, and what it takes.
type route struct {
	permission, action string
	serve              func(serviceRequest) (*wire.Reply, *wire.Problem)
	id                 string
}

// ServeHTTP answers services and devices alike.
func (d *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a, p := d.answer(r)
	d.write(w, a, p)
}

func (d *Service) answer(r *http.Request) (*wire.Reply, *wire.Problem) {
	segments := wire.Segments(r.URL)
	if len(segments) >= 3 && strings.EqualFold(segments[1], "registrations") && !isServiceRoute(segments[0]) {
		return d.answerDevice(r, segments)
	}
	found, p := d.route(r.Method, segments)
	if p != nil {
		return nil, p
	}
	if p := checkVersion(r.URL.Query().Get("api-version")); p != nil {
		return nil, p
	}
	c, known := d.tokens.Recognise(r, d.hostname(), caller.DPS, d.policies)
	if !known {
		return nil, unauthorized("Unauthorized")
	}
	if !c.May(found.permission) && !c.May(found.action) {
		return nil, d.denied(c)
	}
	if wait := d.limit(BucketOperations); wait > 0 {
		return nil, throttled(wait)
	}
	content, p := readBody(r)
	if p != nil {
		return nil, p
	}
	return found.serve(serviceRequest{Request: r, id: found.id, content: content})
}

func (d *Service) denied(c caller.Caller) *wire.Problem {
	if c.Mode == caller.Entra && d.choices.MissingRoleIs403 {
		return refused(codeRoleMissing, "Forbidden")
	}
	return unauthorized("Unauthorized")
}

// checkVersion accepts what the service answered in the years that the references
// cover; later versions have members and calls that the emulator does not model.
func checkVersion(v string) *wire.Problem {
	switch {
	case v == "":
		return invalid("The query parameter api-version is missing.")
	case !wire.IsVersion(v) || v < "2017-08-31":
		return invalid("The api-version is not supported.")
	case v > "2021-11-01-preview":
		return notModelled("api-version " + v)
	}
	return nil
}

func readBody(r *http.Request) ([]byte, *wire.Problem) {
	content, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequestSize))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return nil, refused(codeTooLarge, "Request is too large.")
	}
	if err != nil {
		return nil, invalid("The request body cannot be read.")
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if len(content) > 0 && media != "" && !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		return nil, refused(codeUnsupportedMediaType, "Unsupported media type.")
	}
	return content, nil
}

// nextETag gives a new entity tag for each write.
func (d *Service) nextETag() string {
	d.etags++
	return formatETag(d.etags, d.now())
}
