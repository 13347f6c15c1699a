// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/base64"
	"fmt"
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
	front         caller.Front
	pageSize      int
	retryAfter    time.Duration
	idScope       string
	webhook       *http.Client
	serviceRoutes wire.Routes[serviceHandler]
	deviceRoutes  wire.Routes[deviceHandler]

	mu sync.Mutex
	prover
	hubs           []Hub
	assigningPolls int
	holders        int
	begun          uint64
}

// serviceRequest is a service's request.
type serviceRequest struct {
	caller.Request
	kind kind
	id   string
}

// ServeHTTP answers services and devices alike.
func (d *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply, p := d.answer(r)
	d.write(w, reply, p)
}

func (d *Service) answer(r *http.Request) (*wire.Reply, *wire.Problem) {
	k, ofService := kindOf(wire.Segments(r.URL)[0])
	if !ofService {
		return d.answerDevice(d.deviceRoutes, r)
	}
	run, q, p := caller.Admit(&d.front, d.serviceRoutes, r)
	if p == nil {
		p = checkMediaType(q)
	}
	if p != nil {
		return nil, p
	}
	return run(d, serviceRequest{Request: q, kind: k, id: append(q.IDs, "")[0]})
}

// alone gives a call the service to itself.
func alone(run serviceHandler) serviceHandler {
	return func(d *Service, r serviceRequest) (*wire.Reply, *wire.Problem) {
		d.mu.Lock()
		defer d.mu.Unlock()
		return run(d, r)
	}
}

// reading reads the body before a call gets the service to itself.
func reading[Body any](
	read func(*Service, serviceRequest) (Body, *wire.Problem),
	run func(*Service, serviceRequest, Body) (*wire.Reply, *wire.Problem),
) serviceHandler {
	return func(d *Service, r serviceRequest) (*wire.Reply, *wire.Problem) {
		body, p := read(d, r)
		if p != nil {
			return nil, p
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		return run(d, r, body)
	}
}

func checkMediaType(q caller.Request) *wire.Problem {
	media, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";")
	if len(q.Content) > 0 && media != "" && !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		return refused(codeUnsupportedMediaType, "Unsupported media type.")
	}
	return nil
}

// nextETag gives a new entity tag for each write, as recorded: base64 of a quoted GUID-like text whose first group is a
// counter and whose last group begins with the Unix seconds in hex.
func (d *Service) nextETag() string {
	d.etags++
	text := fmt.Sprintf("\"%08x-0000-0800-0000-%08x0000\"", d.etags, uint32(d.now().Unix()))
	return base64.StdEncoding.EncodeToString([]byte(text))
}
