// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxListedDevices is the most that GET /devices ever answers; it has no paging.
const maxListedDevices = 1000

// maxStatusReason is the longest statusReason in characters.
const maxStatusReason = 128

func (h *Hub) getDevice(q *call) (*wire.Reply, *wire.Problem) {
	d := h.devices[q.deviceID]
	if d == nil {
		return nil, deviceNotFound(q.deviceID)
	}
	return replyDevice(d, http.StatusOK, d.wire(nil, false, false, q.attributes)), nil
}

// replyDevice is the one kind of answer that carries an ETag header (recorded).
func replyDevice(d *device, status int, body own) *wire.Reply {
	reply := wire.Answer(status, body)
	reply.Header.Set("ETag", `"`+d.etag()+`"`)
	return reply
}

// listDevices is the legacy listing, keys included: top 1 to 1000, anything else 1000.
func (h *Hub) listDevices(q *call) (*wire.Reply, *wire.Problem) {
	top, err := strconv.Atoi(q.URL.Query().Get("top"))
	if err != nil || top < 1 || top > maxListedDevices {
		top = maxListedDevices
	}
	bodies := make([]own, 0, min(top, len(h.ids)))
	for _, id := range h.ids[:min(top, len(h.ids))] {
		bodies = append(bodies, h.devices[id].wire(nil, false, false, q.attributes))
	}
	return wire.OK(bodies), nil
}

// putDevice creates without If-Match and replaces everything with it.
func (h *Hub) putDevice(q *call, body *identityRequest) (*wire.Reply, *wire.Problem) {
	if p := checkDeviceIDs(q.deviceID, body.DeviceID); p != nil {
		return nil, p
	}
	existing := h.devices[q.deviceID]
	missing, exists := deviceNotFound(q.deviceID), deviceExists(q.deviceID)
	if p := h.choices.checkPut(q.IfMatch, existing.found(), missing, exists); p != nil {
		return nil, p
	}
	d, p := h.putIdentity(q.deviceID, existing, body, scopingOf(body), q.attributes)
	if p != nil {
		return nil, p
	}
	if existing == nil {
		return replyDevice(d, h.choices.createStatus(), d.wire(nil, true, true, q.attributes)), nil
	}
	return replyDevice(d, http.StatusOK, d.wire(nil, false, body.ParentScopes != nil, q.attributes)), nil
}

// createStatus is 200 in all recorded traffic.
func (c *Choices) createStatus() int {
	if c.CreateIs201 {
		return http.StatusCreated
	}
	return http.StatusOK
}

func checkDeviceIDs(path string, body *string) *wire.Problem {
	switch {
	case !validID(path):
		return problemf(codeArgumentInvalid, "The device ID in the request is invalid")
	case body == nil:
		return problemf(codeArgumentNull, "deviceId")
	case *body != path:
		return problemf(codeArgumentInvalid, "The device ID in the path differs from the one in the body")
	}
	return nil
}

// putIdentity replaces everything of d (nil: makes it) with what the body says. Nothing
// is written when the body is refused.
func (h *registry) putIdentity(
	id string, d *device, body *identityRequest, s scoping, attributes bool,
) (*device, *wire.Problem) {
	disabled, p := readStatus(body.Status)
	if p == nil && utf8.RuneCountInString(textOf(body.StatusReason)) > maxStatusReason {
		p = problemf(codeArgumentInvalid, "statusReason is longer than %d characters", maxStatusReason)
	}
	if p != nil {
		return nil, p
	}
	auth, p := h.readAuthentication(body.Authentication, false)
	if p != nil {
		return nil, p
	}
	if attributes {
		if p := checkTree(body.Attributes.values, "attributes", tagLimit); p != nil {
			return nil, p
		}
	}
	fresh := d == nil
	var next identity
	if fresh {
		next = h.newIdentity(auth, h.now())
	}
	scope, parents, p := h.place(id, d, s, next.generation)
	if p != nil {
		return nil, p
	}
	if fresh {
		if p := h.checkDeviceLimit(); p != nil {
			return nil, p
		}
		d = &device{id: id, identity: next, disabled: disabled}
		h.insert(d)
	} else {
		d.counter++
		d.auth = auth
		d.setStatus(disabled, h.now())
	}
	d.statusReason = body.StatusReason
	if attributes {
		d.attributes = body.Attributes.values
	}
	h.settle(d, s.edge, scope, parents)
	return d, nil
}

func readStatus(status *string) (disabled bool, p *wire.Problem) {
	switch {
	case status == nil, strings.EqualFold(*status, "enabled"):
		return false, nil
	case strings.EqualFold(*status, "disabled"):
		return true, nil
	}
	return false, problemf(codeArgumentInvalid, "BadRequest")
}

func (h *registry) checkDeviceLimit() *wire.Problem {
	if h.choices.DeviceLimit > 0 && len(h.ids) >= h.choices.DeviceLimit {
		return problemf(codeQuotaExceeded, "Total number of devices on IotHub exceeded the allocated quota.")
	}
	return nil
}

func (h *Hub) deleteDevice(q *call) (*wire.Reply, *wire.Problem) {
	d := h.devices[q.deviceID]
	if p := h.choices.checkDelete(q.IfMatch, d.found(), deviceNotFound(q.deviceID)); p != nil {
		return nil, p
	}
	if d != nil {
		h.drop(d)
	}
	return wire.NoContent(), nil
}
