// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// The topics of the provisioning service (azure-docs, iot-dps-mqtt-support).
const (
	dpsRegister = "$dps/registrations/PUT/iotdps-register/"
	dpsStatus   = "$dps/registrations/GET/iotdps-get-operationstatus/"
	dpsAnswers  = "$dps/registrations/res/"
)

// dps is the provisioning service's dialect. It says nothing unasked.
type dps struct{}

// identify reads "{idScope}/registrations/{registrationId}/api-version=...&ClientVersion=..."; the client ID is the
// registration ID.
func (dps) identify(clientID, username string) (client, bool) {
	parts := strings.SplitN(username, "/", 4)
	if len(parts) < 4 || parts[1] != "registrations" || !strings.EqualFold(parts[2], clientID) {
		return client{}, false
	}
	query, err := url.ParseQuery(parts[3])
	return client{
		id: clientID, path: escaped(parts[0], parts[1], parts[2]), version: query.Get("api-version"), ids: parts[2:3],
	}, err == nil
}

func (dps) listens(_ client, filter string) bool { return strings.HasPrefix(filter, dpsAnswers) }

func (dps) request(_ client, topic string, payload []byte) (request, bool) {
	path, query, valid := cutQuery(topic)
	rid := query.Get("$rid")
	answer := func(status int, header http.Header) string {
		topic := dpsAnswers + strconv.Itoa(status) + "/?$rid=" + url.QueryEscape(rid)
		if after := header.Get("Retry-After"); after != "" {
			topic += "&retry-after=" + after
		}
		return topic
	}
	switch path {
	case dpsRegister:
		return request{method: http.MethodPut, path: "/register", body: payload, answer: answer}, valid
	case dpsStatus:
		operation := query.Get("operationId")
		// Clients send a space where nothing is to be said.
		return request{method: http.MethodGet, path: escaped("operations", operation), answer: answer},
			valid && operation != ""
	}
	return request{}, false
}

// refused is never so: the answer says what is wrong.
func (dps) refused(int) bool       { return false }
func (dps) line(*session) hub.Line { return nil }
func (dps) listening(*session)     {}
func (dps) left(*session)          {}
