// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import "net/http"

// controlWorld adds what concerns everything that the services remember.
func (e *Emulator) controlWorld(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", e.servePage)
	mux.HandleFunc("GET /dump", func(w http.ResponseWriter, _ *http.Request) {
		text, err := e.Dump()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text)
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		if err := e.Reset(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
