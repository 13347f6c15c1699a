// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"io"
	"net/http"
)

// observed shows each exchange of a service to observe when it is over. Of the request's
// body it shows what the service has read: nothing of a request that was refused before.
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
		status, answered := http.StatusOK, new(bytes.Buffer)
		settle := func(sent int) { status = sent }
		inner.ServeHTTP(&watcher{ResponseWriter: w, settle: settle, copied: answered}, r)
		shown := r.Clone(r.Context())
		shown.Body = io.NopCloser(&sent)
		observe(shown, &http.Response{
			StatusCode: status, Header: w.Header().Clone(), Body: io.NopCloser(answered), Request: shown,
		})
	})
}
