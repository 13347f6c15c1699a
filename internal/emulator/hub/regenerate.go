// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"net/http"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

type regenerateRequest struct {
	PolicyKey string `json:"policyKey"`
	Devices   []struct {
		ID       string `json:"id"`
		ModuleID string `json:"moduleId"`
	} `json:"devices"`
}

// regenerateResult is the answer to a key regeneration.
type regenerateResult struct {
	PolicyKey   string            `json:"policyKey"`
	RotatedKeys []rotatedKeys     `json:"rotatedKeys"`
	Errors      []regenerateError `json:"errors"`
}

type rotatedKeys struct {
	ID           string `json:"id"`
	ModuleID     string `json:"moduleId,omitempty"`
	PrimaryKey   string `json:"primaryKey"`
	SecondaryKey string `json:"secondaryKey"`
}

type regenerateError struct {
	ID          string `json:"id"`
	ModuleID    string `json:"moduleId,omitempty"`
	ErrorCode   any    `json:"errorCode"`
	ErrorStatus string `json:"errorStatus"`
}

// regenerateKeys answers POST /devices/keys/regenerate: 200 when every device got keys,
// 207 when some did, 400 when none did.
func (h *Hub) regenerateKeys(q *call, body *regenerateRequest) (*wire.Reply, *wire.Problem) {
	if !q.attributes {
		return nil, problemf(codeInvalidProtocolVersion, "Key regeneration needs api-version %s", attributesVersion)
	}
	primary := strings.EqualFold(body.PolicyKey, "primaryKey") || strings.EqualFold(body.PolicyKey, "both")
	secondary := strings.EqualFold(body.PolicyKey, "secondaryKey") || strings.EqualFold(body.PolicyKey, "both")
	switch {
	case !primary && !secondary:
		return nil, problemf(codeInvalidPolicyKey, "policyKey must be primaryKey, secondaryKey or both")
	case len(body.Devices) == 0:
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	case len(body.Devices) > maxBulkItems:
		return nil, problemf(codeTooManyDevices, "At most %d devices can be given", maxBulkItems)
	}
	result := regenerateResult{body.PolicyKey, []rotatedKeys{}, []regenerateError{}}
	for _, d := range body.Devices {
		keys, p := h.rotate(d.ID, d.ModuleID, primary, secondary)
		switch {
		case p != nil:
			result.Errors = append(result.Errors, regenerateError{d.ID, d.ModuleID, h.choices.bulkCode(p), p.Text})
		case keys != nil:
			result.RotatedKeys = append(result.RotatedKeys, rotatedKeys{d.ID, d.ModuleID, keys[0], keys[1]})
		}
	}
	status := http.StatusOK
	if len(result.Errors) > 0 {
		status = http.StatusMultiStatus
		if len(result.RotatedKeys) == 0 {
			status = http.StatusBadRequest
		}
	}
	return wire.Answer(status, result), nil
}

// rotate makes new keys; nil keys without a problem mean that the device has none.
func (h *Hub) rotate(id, moduleID string, primary, secondary bool) (*[2]string, *wire.Problem) {
	d := h.devices[id]
	if d == nil {
		return nil, deviceNotFound(id)
	}
	i := d.found()
	if moduleID != "" {
		i = d.modules[moduleID].found()
	}
	if i == nil {
		return nil, moduleNotFound(id, moduleID)
	}
	if i.auth.kind != authSAS {
		if h.choices.RegenerateReportsNonSAS {
			return nil, problemf(codeArgumentInvalid, "The identity does not authenticate with keys")
		}
		return nil, nil
	}
	if primary {
		i.auth.keys[0] = h.random.Key(32)
	}
	if secondary {
		i.auth.keys[1] = h.random.Key(32)
	}
	i.counter++
	return &i.auth.keys, nil
}
