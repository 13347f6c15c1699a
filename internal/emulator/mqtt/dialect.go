// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package mqtt

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// dialect is how a service uses MQTT.
type dialect interface {
	// identify reads who connects from what a CONNECT says.
	identify(clientID, username string) (client, bool)
	// listens tells whether a client may subscribe to a filter.
	listens(c client, filter string) bool
	// request is what a client asks with a PUBLISH.
	request(c client, topic string, payload []byte) (request, bool)
	// refused tells whether an answer ends the connection.
	refused(status int) bool
	// line is how the service reaches a client that is connected, if it does.
	line(s *session) hub.Line
	// listening tells the service of more that a client listens to, left of its end.
	listening(s *session)
	left(s *session)
}

// client is who connects.
type client struct {
	id string
	// path is the client's part of the service, with escapes.
	path    string
	version string
	// ids are those in the path: nobody's, a device's, or a device's and its module's.
	ids []string
}

func (c client) device() string { return append(c.ids, "")[0] }
func (c client) module() string { return append(c.ids, "", "")[1] }

// request is a PUBLISH as a request.
type request struct {
	method string
	// path is below the client's, with escapes.
	path  string
	query url.Values
	body  []byte
	// answer names the topic of the answer; none where the acknowledgement is the answer.
	answer func(status int, header http.Header) string
}

// escaped is a path of IDs and words.
func escaped(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	return b.String()
}

// cutQuery takes the parameters off a topic.
func cutQuery(topic string) (path string, query url.Values, valid bool) {
	path, text, found := strings.Cut(topic, "?")
	query, err := url.ParseQuery(text)
	return path, query, found && err == nil && query.Get("$rid") != ""
}
