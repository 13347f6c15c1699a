// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
)

// recorder takes an answer. Its connection is the client's, so that a fault can cut it.
type recorder struct {
	conn   net.Conn
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is that of the answer.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// Hijack gives the connection away to be closed.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) { return r.conn, nil, nil }

// ask makes a request of the service. Status 0 means that there was no answer.
func (s *session) ask(q request) *recorder {
	query := url.Values{"api-version": {s.client.version}}
	for name := range q.query {
		query.Set(name, q.query.Get(name))
	}
	u := &url.URL{RawPath: s.client.path + q.path, RawQuery: query.Encode()}
	u.Path, _ = url.PathUnescape(u.RawPath) // It was escaped here.
	r := (&http.Request{
		Method: q.method, URL: u, Proto: "MQTT/3.1.1", Header: http.Header{}, Host: s.server.host,
		Body: io.NopCloser(bytes.NewReader(q.body)), ContentLength: int64(len(q.body)), TLS: s.tls,
	}).WithContext(s.context)
	if s.token != "" {
		r.Header.Set("Authorization", s.token)
	}
	answer := &recorder{conn: s.conn, header: http.Header{}}
	s.server.handler.ServeHTTP(answer, r)
	return answer
}
