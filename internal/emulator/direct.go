// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
)

// Transport carries requests to the services by their host names without a connection: past sockets and TLS, and
// through all else that a request meets, the journal and the faults included. It is for whoever makes very many calls
// and whose connections are not what is looked at. A device has to connect: its certificate is in the handshake.
func (e *Emulator) Transport() http.RoundTripper { return direct(e.services) }

// direct is the way to services by their host names.
type direct map[string]http.Handler

// RoundTrip has a service handle a request, and returns when the answer is complete.
func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	service, known := d[r.URL.Host]
	if !known {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("no service here is called %q", r.URL.Host)}
	}
	arrived := r.Clone(r.Context())
	arrived.RequestURI = r.URL.RequestURI()
	if arrived.Host == "" {
		arrived.Host = r.URL.Host
	}
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	w := &written{header: http.Header{}}
	service.ServeHTTP(w, arrived)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.cut {
		return nil, io.ErrUnexpectedEOF
	}
	return w.answer(r), nil
}

// written is an answer as a service writes it.
type written struct {
	header http.Header
	status int
	// sent are the headers at the moment when the status was written: what a service adds later is not sent.
	sent http.Header
	body bytes.Buffer
	cut  bool
}

// Header are the headers that will be sent.
func (w *written) Header() http.Header { return w.header }

// WriteHeader writes the status, once.
func (w *written) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write writes some of the body.
func (w *written) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// Hijack takes the connection from under the request, which a fault does to cut it.
func (w *written) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.cut = true
	here, _ := net.Pipe()
	return here, nil, nil
}

// answer is what the client gets.
func (w *written) answer(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}
