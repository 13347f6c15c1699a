// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"time"
)

type adminApplication struct {
	ClientID       string `json:"client_id"`
	ClientSecret   string `json:"client_secret"`
	CertificatePEM string `json:"certificate_pem"`
	Subject        string `json:"subject"`
}

// controlAuthority adds who may have tokens, and for what.
func (e *Emulator) controlAuthority(mux *http.ServeMux) {
	mux.HandleFunc("POST /applications", control(e.register))
	mux.HandleFunc("POST /identities", control(func(a struct {
		ClientID string `json:"client_id"`
	}) error {
		e.authority.AddIdentity(a.ClientID)
		return nil
	}))
	mux.HandleFunc("POST /federated-tokens", func(w http.ResponseWriter, r *http.Request) {
		var about struct{ Subject string }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminRequest)).Decode(&about); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, e.authority.FederatedToken(about.Subject, time.Hour))
	})
	mux.HandleFunc("POST /roles", control(func(g struct{ Principal, Role string }) error {
		return e.GrantRole(g.Principal, g.Role)
	}))
}

// register lets an application prove itself with what is given.
func (e *Emulator) register(a adminApplication) error {
	if a.ClientSecret != "" {
		e.AddApplication(a.ClientID, a.ClientSecret)
	}
	if a.Subject != "" {
		e.authority.Federate(a.ClientID, a.Subject)
	}
	if a.CertificatePEM == "" {
		return nil
	}
	block, _ := pem.Decode([]byte(a.CertificatePEM))
	if block == nil {
		return errors.New("certificate_pem is no PEM")
	}
	return e.authority.AddCertificate(a.ClientID, block.Bytes)
}
