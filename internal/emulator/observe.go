// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"io"
	"net/http"
)

// observed shows each exchange of a service to observe when it is over. Of the request's body it shows what the service
// has read: nothing of a request that was refused before.
func observed(inner http.Handler, observe func(*http.Request, *http.Response)) http.Handler {
	if observe == nil {
		return inner
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sent bytes.Buffer
		body := r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(body, &sent), body}
		c := &copier{ResponseWriter: w, status: http.StatusOK}
		inner.ServeHTTP(c, r)
		shown := r.Clone(r.Context())
		shown.Body = io.NopCloser(&sent)
		observe(shown, &http.Response{
			StatusCode: c.status, Header: w.Header().Clone(), Body: io.NopCloser(&c.body), Request: shown,
		})
	})
}

// copier keeps a copy of an answer.
type copier struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status and passes it on.
func (c *copier) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write copies and passes on.
func (c *copier) Write(b []byte) (int, error) {
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
