// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// The topics of an IoT hub (azure-docs, iot-mqtt-connect-to-iot-hub).
const (
	twinGet       = "$iothub/twin/GET/"
	twinReport    = "$iothub/twin/PATCH/properties/reported/"
	twinAnswers   = "$iothub/twin/res/"
	twinDesired   = "$iothub/twin/PATCH/properties/desired/"
	methodCalls   = "$iothub/methods/POST/"
	methodAnswers = "$iothub/methods/res/"

	// oldestVersion is that of clients that name none.
	oldestVersion = "2016-11-14"
)

// iotHub is a hub's dialect.
type iotHub struct{ hub *hub.Hub }

// identify reads "{host}/{deviceId}/?api-version=..." with the module's ID behind the device's; the client ID is both.
func (d iotHub) identify(clientID, username string) (client, bool) {
	name, parameters, _ := strings.Cut(username, "/"+clientID)
	host, _, _ := strings.Cut(d.hub.Hostname(), ":")
	if !strings.EqualFold(name, d.hub.Hostname()) && !strings.EqualFold(name, host) || clientID == "" {
		return client{}, false
	}
	query, err := url.ParseQuery(strings.TrimLeft(parameters, "/?"))
	ids := strings.Split(clientID, "/")
	if err != nil || len(ids) > 2 || parameters != "" && parameters[0] != '/' {
		return client{}, false
	}
	c := client{id: clientID, path: escaped("devices", ids[0]), version: query.Get("api-version"), ids: ids}
	if len(ids) == 2 {
		c.path += escaped("modules", ids[1])
	}
	if c.version == "" {
		c.version = oldestVersion
	}
	return c, true
}

func (iotHub) listens(c client, filter string) bool {
	for _, topic := range []string{twinAnswers, twinDesired, methodCalls} {
		if strings.HasPrefix(filter, topic) {
			return true
		}
	}
	rest, own := c.below(filter)
	return own && (slices.Equal(rest, []string{"messages", "devicebound", "#"}) || len(c.ids) == 2)
}

// below is what follows the client's own part of a topic: "devices/{id}", or "devices/{id}/modules/{id}". Some clients
// escape the IDs.
func (c client) below(topic string) (rest []string, own bool) {
	parts := strings.Split(topic, "/")
	for i, id := range c.ids {
		word := [...]string{"devices", "modules"}[i]
		if len(parts) < 2 || parts[0] != word || parts[1] != id && parts[1] != url.PathEscape(id) &&
			parts[1] != url.QueryEscape(id) {
			return nil, false
		}
		parts = parts[2:]
	}
	return parts, true
}

func (d iotHub) request(c client, topic string, payload []byte) (request, bool) {
	if rest, own := c.below(topic); own {
		return request{method: http.MethodPost, path: "/messages/events", body: payload},
			len(rest) >= 2 && rest[0] == "messages" && rest[1] == "events"
	}
	path, query, valid := cutQuery(topic)
	answer := func(status int, header http.Header) string {
		topic := twinAnswers + strconv.Itoa(status) + "/?$rid=" + url.QueryEscape(query.Get("$rid"))
		if version := header.Get(hub.VersionHeader); version != "" {
			topic += "&$version=" + version
		}
		return topic
	}
	switch path {
	case twinGet:
		return request{method: http.MethodGet, path: "/twin", answer: answer}, valid
	case twinReport:
		return request{
			method: http.MethodPatch, path: "/twin/properties/reported", body: payload, answer: answer,
		}, valid
	}
	status, isMethod := strings.CutPrefix(path, methodAnswers)
	return request{
		method: http.MethodPost, path: escaped("methods", query.Get("$rid")), body: payload,
		query: url.Values{"status": {strings.Trim(status, "/")}},
	}, valid && isMethod
}

// refused ends the connection of a device whose credential does not count any more.
func (iotHub) refused(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden
}

func (iotHub) line(s *session) hub.Line { return line{s} }

func (d iotHub) listening(s *session) { d.hub.Listens(s.client.device(), s.client.module(), line{s}) }
func (d iotHub) left(s *session)      { d.hub.Left(s.client.device(), s.client.module(), line{s}) }

// line is a hub's way to a device.
type line struct{ *session }

// Desired publishes a change of desired properties.
func (l line) Desired(patch []byte, version int64) {
	l.push(twinDesired+"?$version="+strconv.FormatInt(version, 10), patch, func() {})
}

// Invoke publishes the call of a direct method.
func (l line) Invoke(id, method string, payload []byte) bool {
	return l.push(methodCalls+url.PathEscape(method)+"/?$rid="+url.QueryEscape(id), payload, func() {})
}

// Message publishes a message with its properties in the topic.
func (l line) Message(m hub.Message, taken func()) bool {
	properties := url.Values{"$.to": {l.client.path + "/messages/devicebound"}}
	if m.ID != "" {
		properties.Set("$.mid", m.ID)
	}
	for name, value := range m.Properties {
		properties.Set(name, value)
	}
	bag := strings.ReplaceAll(properties.Encode(), "+", "%20")
	return l.push(strings.TrimPrefix(l.client.path, "/")+"/messages/devicebound/"+bag, m.Body, taken)
}

// HangUp ends the connection.
func (l line) HangUp() { l.end() }
