// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"io"
	"net/http"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Front is where a service lets requests in or refuses them, in the order that was observed:
// api-version, caller, permission, rate, size.
type Front struct {
	Service  Service
	Host     func() string
	Tokens   *Issuer
	Policies Policies
	// Limit says how long a call must wait, 0 for not at all.
	Limit func(wire.Bucket) time.Duration
	// MaxBody is the most that is read of a request whose route says nothing else.
	MaxBody int64
	Words   Words
}

// Words are how a service refuses.
type Words interface {
	// CheckVersion refuses an api-version that the service does not answer.
	CheckVersion(version string) *wire.Problem
	// NotModelled refuses a call without a route; known says that the path is answered to another method.
	NotModelled(r *http.Request, known bool) *wire.Problem
	// Unauthorized refuses a caller, who is the zero one when nobody was recognised.
	Unauthorized(r *http.Request, c Caller) *wire.Problem
	Throttled(wait time.Duration) *wire.Problem
	TooLarge() *wire.Problem
}

// Request is a request that was let in, with its body read.
type Request struct {
	*http.Request
	// Caller is nobody where devices prove themselves.
	Caller Caller
	// IDs are those in the path.
	IDs     []string
	IfMatch wire.IfMatch
	Content []byte
}

// Admit finds the route of a request and lets it in.
func Admit[Run any](f *Front, routes wire.Routes[Run], r *http.Request) (run Run, q Request, p *wire.Problem) {
	route, ids, known := routes.Find(r.Method, wire.Segments(r.URL))
	if route == nil {
		return run, q, f.Words.NotModelled(r, known)
	}
	q = Request{Request: r, IDs: ids, IfMatch: wire.ParseIfMatch(r.Header.Get("If-Match"))}
	if p = f.Words.CheckVersion(r.URL.Query().Get("api-version")); p != nil {
		return run, q, p
	}
	if route.Permission != "" {
		found := false
		q.Caller, found = f.Tokens.Recognise(r, f.Host(), f.Service, f.Policies)
		if !found || !q.Caller.Allowed(route.Permission, route.Actions) {
			return run, q, f.Words.Unauthorized(r, q.Caller)
		}
	}
	if wait := f.Limit(route.Bucket); wait > 0 {
		return run, q, f.Words.Throttled(wait)
	}
	limit := f.MaxBody
	if route.MaxBody > 0 {
		limit = route.MaxBody
	}
	var err error
	if q.Content, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, limit)); err != nil {
		return run, q, f.Words.TooLarge()
	}
	return route.Run, q, nil
}
