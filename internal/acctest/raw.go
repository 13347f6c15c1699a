// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// DPSRaw has the operator call DPS without a client in between, as an SDK of another make does, and returns the
// answer's body as it was sent. An ifMatch that is empty is not sent.
func (w *World) DPSRaw(method, path, ifMatch, body string) string {
	w.T.Helper()
	connection := parse(w.T, w.Emulator.DPSConnectionString())
	url := "https://" + connection.HostName + path + "?api-version=2021-10-01"
	request, err := http.NewRequestWithContext(w.Context(), method, url, strings.NewReader(body))
	must(w.T, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", connection.Token(connection.HostName, w.Clock.Now().Add(time.Hour)))
	if ifMatch != "" {
		request.Header.Set("If-Match", ifMatch)
	}
	response, err := w.clientOptions().Transport.Do(request)
	must(w.T, err)
	defer response.Body.Close() //nolint:errcheck // Nothing is lost with an answer that has been read.
	said, err := io.ReadAll(response.Body)
	must(w.T, err)
	if response.StatusCode >= http.StatusBadRequest {
		w.T.Fatalf("%s %s: %s: %s", method, path, response.Status, said)
	}
	return string(said)
}
