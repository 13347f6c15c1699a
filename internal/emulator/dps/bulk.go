// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxEnrollmentsPerBulk is the limit that the swagger's summaries name.
const maxEnrollmentsPerBulk = 10

type enrollmentBulk struct {
	Mode             string            `json:"mode"`
	Enrollments      []json.RawMessage `json:"enrollments"`
	EnrollmentGroups []json.RawMessage `json:"enrollmentGroups"`
}

type enrollmentBulkResult struct {
	Errors       []enrollmentBulkError `json:"errors"`
	IsSuccessful bool                  `json:"isSuccessful"`
}

type enrollmentBulkError struct {
	RegistrationID    string `json:"registrationId,omitempty"`
	EnrollmentGroupID string `json:"enrollmentGroupId,omitempty"`
	ErrorCode         int    `json:"errorCode"`
	ErrorStatus       string `json:"errorStatus"`
}

// bulkCall is a bulk call whose items have been read.
type bulkCall struct {
	mode    string
	entries []*entry
}

func (d *Service) readBulk(r serviceRequest) (call bulkCall, p *wire.Problem) {
	var body enrollmentBulk
	if err := json.Unmarshal(r.Content, &body); err != nil {
		return call, invalid("The request body is not a valid bulk operation.")
	}
	items := body.Enrollments
	if r.kind == kindGroup {
		items = body.EnrollmentGroups
	}
	call.mode = strings.ToLower(body.Mode)
	switch call.mode {
	case "create", "update", "updateifmatchetag", "delete":
	default:
		return call, invalid("mode must be create, update, updateIfMatchETag or delete.")
	}
	if len(items) == 0 || len(items) > maxEnrollmentsPerBulk {
		return call, invalid("A bulk operation takes 1 to 10 items.")
	}
	for _, item := range items {
		e, p := d.parseEntry(r.kind, item)
		if p != nil {
			return call, p
		}
		call.entries = append(call.entries, e)
	}
	return call, nil
}

// bulk answers 200 also when items fail, and lists only those; one item's failure does not undo the others.
func (d *Service) bulk(r serviceRequest, call bulkCall) (*wire.Reply, *wire.Problem) {
	result := enrollmentBulkResult{Errors: []enrollmentBulkError{}}
	for _, e := range call.entries {
		if p := d.bulkItem(r.kind, call.mode, e); p != nil {
			result.Errors = append(result.Errors, enrollmentBulkError{
				RegistrationID: e.RegistrationID, EnrollmentGroupID: e.EnrollmentGroupID,
				ErrorCode: p.Code.Number(), ErrorStatus: p.Text,
			})
		}
	}
	result.IsSuccessful = len(result.Errors) == 0
	return wire.OK(result), nil
}

// bulkItem carries out one item. An update without entity tag fails with 409 on an
// existing entry (recorded), whatever the documentation says.
func (d *Service) bulkItem(k kind, mode string, e *entry) *wire.Problem {
	if mode == "delete" {
		return d.removeEntry(k, e.id(), wire.ParseIfMatch(e.ETag))
	}
	if mode == "create" {
		_, p := d.writeEntry(k, e, wire.IfMatch{})
		return p
	}
	ifMatch := e.ETag
	if _, found := d.entries[k].get(e.id()); !found {
		return notFound(k)
	}
	if ifMatch == "" && mode == "updateifmatchetag" {
		return preconditionFailed(k)
	}
	if mode == "update" && d.choices.BulkUpdateOverwrites {
		ifMatch = "*"
	}
	_, p := d.writeEntry(k, e, wire.ParseIfMatch(ifMatch))
	return p
}
