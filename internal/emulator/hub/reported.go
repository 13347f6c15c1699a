// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"strconv"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// VersionHeader is where a device finds the version of its reported properties after a write.
const VersionHeader = "X-Reported-Version"

// readOwnTwin shows a device its twin: both sections with their versions and without metadata
// (azure-docs, iot-mqtt-connect-to-iot-hub).
func (h *Hub) readOwnTwin(q *call) (reply *wire.Reply, p *wire.Problem) {
	p = h.connect(q, func(i *identity) {
		reply = wire.OK(own{
			{name: "desired", value: i.twin.desired.plain()}, {name: "reported", value: i.twin.reported.plain()},
		})
	})
	return reply, p
}

// plain is a section without metadata.
func (s section) plain() tree {
	return append(s.values[:len(s.values):len(s.values)], field{name: "$version", value: s.version})
}

// report merges what a device reports.
func (h *Hub) report(q *call) (reply *wire.Reply, p *wire.Problem) {
	values, err := parseTree(q.Content)
	if err != nil || values == nil {
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	}
	refused := h.connect(q, func(i *identity) {
		at := stamp{updated: h.now(), version: i.twin.reported.version + 1}
		next := section{values: i.twin.reported.values.merge(values, at), version: at.version, at: at}
		if p = checkTree(next.values, "reported properties", propertyLimit); p != nil {
			return
		}
		// The ETag is that of what services write.
		i.twin.reported = next
		i.twin.version++
		reply = wire.NoContent()
		reply.Header = map[string][]string{VersionHeader: {strconv.FormatInt(next.version, 10)}}
	})
	if refused != nil {
		return nil, refused
	}
	return reply, p
}
