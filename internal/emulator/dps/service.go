// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/base64"
	"errors"
	"fmt"
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

// Service is the provisioning service: what it stores and what it answers.
type Service struct {
	hostname      func() string
	tokens        *caller.Issuer
	limit         func(wire.Bucket) time.Duration
	pageSize      int
	retryAfter    time.Duration
	idScope       string
	policies      caller.Policies
	webhook       *http.Client
	serviceRoutes wire.Routes[serviceHandler]
	deviceRoutes  wire.Routes[deviceHandler]

	mu sync.Mutex
	prover
	hubs    []Hub
	records *collection[*record]
	// operations holds the latest of each registration ID, by the lower-case ID.
	operations     map[string]*operation
	assigningPolls int
	holders        int
	etags          uint32
	begun          uint64
}

// serviceRequest is a request whose path is taken apart and whose body is read. Its
// handler has the service to itself.
type serviceRequest struct {
	*http.Request
	kind    kind
	id      string
	content []byte
}

// ServeHTTP answers services and devices alike.
func (d *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, p := d.answer(r)
	d.write(w, reply, p)
}

func (d *Service) answer(r *http.Request) (*wire.Reply, *wire.Problem) {
	segments := wire.Segments(r.URL)
	k, ofService := kindOf(segments[0])
	if !ofService {
		return d.answerDevice(r, segments)
	}
	found, ids, p := find(d.serviceRoutes, r, segments)
	if p != nil {
		return nil, p
	}
	c, known := d.tokens.Recognise(r, d.hostname(), caller.DPS, d.policies)
	if !known {
		return nil, unauthorized("Unauthorized")
	}
	if !c.Allowed(found.Permission, found.Actions) {
		return nil, d.denied(c)
	}
	if wait := d.limit(found.Bucket); wait > 0 {
		return nil, throttled(wait)
	}
	content, p := readBody(r)
	if p != nil {
		return nil, p
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return found.Run(d, serviceRequest{Request: r, kind: k, id: append(ids, "")[0], content: content})
}

// find finds the route of a call in a version that is modelled.
func find[Run any](
	routes wire.Routes[Run], r *http.Request, segments []string,
) (found *wire.Route[Run], ids []string, p *wire.Problem) {
	found, ids, known := routes.Find(r.Method, segments)
	switch {
	case found != nil:
		return found, ids, checkVersion(r.URL.Query().Get("api-version"))
	case known:
		return nil, nil, methodNotAllowed()
	}
	return nil, nil, notModelled("this path")
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

// nextETag gives a new entity tag for each write, as recorded: base64 of a quoted
// GUID-like text whose first group is a counter and whose last group begins with the Unix
// seconds in hex.
func (d *Service) nextETag() string {
	d.etags++
	text := fmt.Sprintf("\"%08x-0000-0800-0000-%08x0000\"", d.etags, uint32(d.now().Unix()))
	return base64.StdEncoding.EncodeToString([]byte(text))
}
