// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// MaxBulk is the most devices of one bulk call.
const MaxBulk = 100

// The modes of a bulk call that are used. Those without a condition ignore the ETag.
const (
	updateIfMatchETag = "updateIfMatchETag"
	deleteIfMatchETag = "deleteIfMatchETag"
)

// Version is a device identity as it was when it had an ETag.
type Version struct {
	DeviceID string
	ETag     azcore.ETag
}

// bulkItem is one device of a bulk call. It has every member that an identity can be given in this version of the API;
// what is left out of an update is reset.
type bulkItem struct {
	ID             string          `json:"id"`
	ETag           azcore.ETag     `json:"eTag"`
	ImportMode     string          `json:"importMode"`
	Status         string          `json:"status,omitempty"`
	StatusReason   *string         `json:"statusReason"`
	Authentication *Authentication `json:"authentication,omitempty"`
	Capabilities   *Capabilities   `json:"capabilities,omitempty"`
	DeviceScope    *string         `json:"deviceScope,omitempty"`
	ParentScopes   []string        `json:"parentScopes,omitzero"`
}

// UpdateDevices replaces up to MaxBulk identities in one call, each only while it is as it was read. The errors are
// those of single devices, by ID: the others were written. The other error is of the call as a whole.
func (c *Client) UpdateDevices(ctx context.Context, devices []Device) (map[string]error, error) {
	items := make([]bulkItem, 0, len(devices))
	for _, d := range devices {
		items = append(items, bulkItem{
			ID: d.DeviceID, ETag: bare(d.ETag), ImportMode: updateIfMatchETag, Status: d.Status,
			StatusReason: d.StatusReason, Authentication: d.Authentication, Capabilities: d.Capabilities,
			DeviceScope: d.DeviceScope, ParentScopes: d.ParentScopes,
		})
	}
	return c.bulk(ctx, items)
}

// DeleteDevices deletes up to MaxBulk identities in one call, each only while it has its ETag. The errors are as those
// of UpdateDevices.
func (c *Client) DeleteDevices(ctx context.Context, versions []Version) (map[string]error, error) {
	items := make([]bulkItem, 0, len(versions))
	for _, v := range versions {
		items = append(items, bulkItem{ID: v.DeviceID, ETag: bare(v.ETag), ImportMode: deleteIfMatchETag})
	}
	return c.bulk(ctx, items)
}

// bare is an ETag as bulk calls have it: without quotes (C# SDK, ExportImportDevice).
func bare(etag azcore.ETag) azcore.ETag { return azcore.ETag(strings.Trim(string(etag), `"`)) }

// bulkResult is what became of each device. A call in which any failed is answered 400 with it; a refusal of the whole
// call is answered in the service's envelope.
type bulkResult struct {
	IsSuccessful *bool       `json:"isSuccessful"`
	Errors       []bulkError `json:"errors"`
}

type bulkError struct {
	DeviceID string `json:"deviceId"`
	// ErrorCode is a number in recorded traffic and a name in the specification.
	ErrorCode   json.RawMessage `json:"errorCode"`
	ErrorStatus string          `json:"errorStatus"`
}

func (c *Client) bulk(ctx context.Context, items []bulkItem) (map[string]error, error) {
	for _, item := range items {
		if item.ETag == "" {
			return nil, &azrest.UnsentError{
				Service: serviceName, Host: c.Host(), Method: http.MethodPost, Path: "/devices",
				Err: fmt.Errorf("the ETag of %q is empty, which would make the write unconditional", item.ID),
			}
		}
	}
	result, err := azrest.Do[bulkResult](ctx, c.pipeline, azrest.Call{
		Method: http.MethodPost, Path: []string{"devices"}, Body: items, Bucket: registryBucket(), KeepBody: true,
	})
	refusal, refused := azrest.AsError(err)
	switch {
	case err == nil:
		refusal = &azrest.Error{Service: serviceName, Host: c.Host(), Method: http.MethodPost, Path: "/devices"}
	case !refused || json.Unmarshal([]byte(refusal.Body), &result) != nil:
		return nil, err
	}
	switch {
	case result.IsSuccessful == nil && err != nil:
		return nil, err
	case result.IsSuccessful != nil && *result.IsSuccessful:
		return nil, nil
	}
	return result.errors(items, *refusal)
}

// errors are the errors of single devices, as if each had been refused by itself. A result that cannot be told apart
// may be any: then nobody knows what was written.
func (r bulkResult) errors(items []bulkItem, call azrest.Error) (map[string]error, error) {
	asked := map[string]bool{}
	for _, item := range items {
		asked[item.ID] = true
	}
	errs := map[string]error{}
	for _, failed := range r.Errors {
		if asked[failed.DeviceID] {
			errs[failed.DeviceID] = failed.as(call)
		}
	}
	if len(errs) == 0 || len(errs) < len(r.Errors) {
		call.Uncertain, call.Message = true, "the answer does not tell which devices it refuses"
		return nil, &call
	}
	return errs, nil
}

// as is the error of one device, as if it had been refused by itself.
func (e bulkError) as(call azrest.Error) error {
	code := strings.Trim(string(e.ErrorCode), `"`)
	return call.Part(statusOf(code), azrest.Fault{
		Code: code, Message: e.ErrorStatus, Absent: slices.Contains(absentCodes(), code),
	})
}

// statusOf is the status with which a call for one device would have been refused: numeric codes begin with it.
func statusOf(code string) int {
	if number, err := strconv.Atoi(code); err == nil {
		return number / 1000
	}
	switch code {
	case "DeviceNotFound":
		return http.StatusNotFound
	case "PreconditionFailed":
		return http.StatusPreconditionFailed
	case "ThrottlingException", "ThrottleBacklogLimitExceeded":
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}
