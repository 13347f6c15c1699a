// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxBulkItems is the most devices of one bulk call or key regeneration.
const maxBulkItems = 100

// bulkItem is one device or module of a bulk call: an identity, its twin, and what to
// do. The ETag's name differs between clients in case only.
type bulkItem struct {
	ID         string `json:"id"`
	ModuleID   string `json:"moduleId"`
	ETag       string `json:"eTag"`
	TwinETag   string `json:"twinETag"`
	ImportMode string `json:"importMode"`
	identityRequest
	twinRequest
}

// bulkResult is the answer, with 200 when everything went well and 400 otherwise.
type bulkResult struct {
	IsSuccessful bool        `json:"isSuccessful"`
	Errors       []bulkError `json:"errors"`
	Warnings     []struct{}  `json:"warnings"`
}

type bulkError struct {
	DeviceID    string `json:"deviceId"`
	ErrorCode   any    `json:"errorCode"`
	ErrorStatus string `json:"errorStatus"`
	ModuleID    string `json:"moduleId,omitempty"`
}

// bulkCode writes an error code as traffic has it, or as the swagger says.
func (c *Choices) bulkCode(p *wire.Problem) any {
	if c.BulkErrorNames {
		return p.Code.Name()
	}
	return p.Code.Number()
}

// bulk answers POST /devices. Items that fail do not stop the others.
func (h *Hub) bulk(q *call, body *[]bulkItem) (*wire.Reply, *wire.Problem) {
	items := *body
	if p := checkBulk(items); p != nil {
		return nil, p
	}
	result := bulkResult{IsSuccessful: true, Errors: []bulkError{}, Warnings: []struct{}{}}
	for i := range items {
		item := &items[i]
		if p := h.bulkOne(item, q.attributes); p != nil {
			result.IsSuccessful = false
			result.Errors = append(result.Errors, bulkError{item.ID, h.choices.bulkCode(p), p.Text, item.ModuleID})
		}
	}
	status := http.StatusOK
	if !result.IsSuccessful {
		status = http.StatusBadRequest
	}
	return wire.Answer(status, result), nil
}

// checkBulk refuses a whole call. Since about 2025 several modules of one device count
// as the device defined twice (azure-iot-sdk-csharp#3481).
func checkBulk(items []bulkItem) *wire.Problem {
	if len(items) == 0 {
		return problemf(codeArgumentInvalid, "BadRequest")
	}
	if len(items) > maxBulkItems {
		return problemf(codeTooManyDevices, "At most %d devices can be given", maxBulkItems)
	}
	seen := map[string]bool{}
	for _, item := range items {
		if seen[item.ID] {
			return problemf(codeDefinedMultipleTimes, "DeviceDefinedMultipleTimes, device ID %s", item.ID)
		}
		seen[item.ID] = true
	}
	return nil
}

// bulkOne carries one item out. The C# client, Go client and swagger spell the modes in different cases.
func (h *Hub) bulkOne(item *bulkItem, attributes bool) *wire.Problem {
	if !validID(item.ID) || item.ModuleID != "" && !validID(item.ModuleID) {
		return problemf(codeArgumentInvalid, "The ID in the request is invalid")
	}
	target, mode := h.bulkTarget(item), strings.ToLower(item.ImportMode)
	if p := target.met(item, mode); p != nil {
		return p
	}
	switch mode {
	case "updatetwin", "updatetwinifmatchetag":
		return h.bulkTwin(target, item)
	case "create":
		if target.found != nil {
			return target.exists
		}
	case "update", "updateifmatchetag":
		if target.found == nil {
			return target.missing
		}
	case "delete", "deleteifmatchetag":
		return h.bulkDelete(target, item)
	case "createorupdate", "createorupdateifmatchetag", "":
	default:
		return problemf(codeArgumentInvalid, "The importMode %q is unknown", item.ImportMode)
	}
	return h.bulkPut(target, item, attributes)
}

// met is the problem of an item whose mode makes a condition that does not hold.
func (t bulkTarget) met(item *bulkItem, mode string) *wire.Problem {
	if t.found == nil {
		return nil
	}
	given, etag := item.ETag, t.found.etag()
	switch mode {
	case "updatetwinifmatchetag":
		given, etag = item.TwinETag, t.found.twin.etag()
	case "updateifmatchetag", "createorupdateifmatchetag", "deleteifmatchetag":
	default:
		return nil
	}
	if !bulkETagMatches(given, etag) {
		return staleETag()
	}
	return nil
}

// bulkETagMatches lets an item without an ETag pass: a recorded deleteIfMatchETag without one succeeded.
func bulkETagMatches(given, etag string) bool {
	given = strings.Trim(given, `"`)
	return given == "" || given == "*" || given == etag
}

// bulkTarget is the device or module that an item is about.
type bulkTarget struct {
	device          *device
	found           *identity
	missing, exists *wire.Problem
}

func (h *Hub) bulkTarget(item *bulkItem) bulkTarget {
	d := h.devices[item.ID]
	if d == nil || item.ModuleID == "" {
		return bulkTarget{d, d.found(), deviceNotFound(item.ID), deviceExists(item.ID)}
	}
	return bulkTarget{
		d, d.modules[item.ModuleID].found(), moduleNotFound(item.ID, item.ModuleID),
		moduleExists(h.name, item.ID, item.ModuleID),
	}
}

// bulkPut creates or replaces the identity, then its twin. The twin is tried first on a
// copy, so that a refused item writes nothing.
func (h *Hub) bulkPut(t bulkTarget, item *bulkItem, attributes bool) *wire.Problem {
	if item.ModuleID != "" && t.device == nil {
		return t.missing
	}
	change := item.change()
	trial := newTwin(h.now())
	switch {
	case t.found != nil:
		trial = t.found.twin
	case item.ModuleID != "":
		trial = newTwin(time.Time{})
	}
	trial, p := h.bulkTwinOf(trial, t.found == nil, change, item.TwinETag)
	if p != nil {
		return p
	}
	var written *identity
	if item.ModuleID != "" {
		if p := bulkModuleAllowed(item.ModuleID); p != nil {
			return p
		}
		m, p := h.putModuleIdentity(t.device, item.ModuleID, &item.identityRequest, attributes)
		if p != nil {
			return p
		}
		written = &m.identity
	} else {
		s := scopingOf(&item.identityRequest)
		s.trusted = true
		d, p := h.putIdentity(item.ID, t.device, &item.identityRequest, s, attributes)
		if p != nil {
			return p
		}
		written = &d.identity
	}
	if !change.empty() {
		written.write(trial, change.replacing())
	}
	return nil
}

// bulkTwinOf replaces the given parts of a twin; a fresh twin is born with them.
func (h *Hub) bulkTwinOf(t twin, fresh bool, c twinChange, etag string) (twin, *wire.Problem) {
	if c.empty() {
		return t, nil
	}
	if fresh {
		return t.born(c, h.now())
	}
	if !bulkETagMatches(etag, t.etag()) {
		return t, staleETag()
	}
	return t.patched(c.replacing(), h.now())
}

func bulkModuleAllowed(id string) *wire.Problem {
	if slices.Contains(systemModules(), id) {
		return problemf(codeSystemModule, "The system module %s cannot be modified", id)
	}
	if strings.HasPrefix(id, "$") {
		return problemf(codeArgumentInvalid, "A module ID cannot begin with a dollar sign")
	}
	return nil
}

func (h *Hub) bulkDelete(t bulkTarget, item *bulkItem) *wire.Problem {
	switch {
	case t.found == nil:
		return t.missing
	case item.ModuleID == "":
		h.drop(t.device)
		return nil
	}
	if p := bulkModuleAllowed(item.ModuleID); p != nil {
		return p
	}
	t.device.dropModule(item.ModuleID)
	return nil
}

// bulkTwin merges into the twin only.
func (h *Hub) bulkTwin(t bulkTarget, item *bulkItem) *wire.Problem {
	if t.found == nil {
		return t.missing
	}
	changed, p := t.found.twin.patched(item.change(), h.now())
	if p != nil {
		return p
	}
	t.found.write(changed, item.change())
	return nil
}
