// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"net/http"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// codeDeniedInSession is what a bad token is answered over MQTT (MicrosoftDocs/azure-docs#43157).
const codeDeniedInSession wire.Code = "401000"

// Session answers devices that are connected.
func (d *Service) Session() http.Handler {
	routes := sessionRoutes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply, p := d.answerDevice(routes, r)
		if p != nil && p.Code == codeDenied && r.Header.Get("Authorization") != "" {
			p = refused(codeDeniedInSession, p.Text)
		}
		d.write(w, reply, p)
	})
}

// openSession lets any device connect to its ID scope: it proves itself when it registers.
func (d *Service) openSession(deviceRequest) (*wire.Reply, *wire.Problem) {
	return wire.NoContent(), nil
}
