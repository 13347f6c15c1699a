// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Collections of the service, as the first segment of a path.
const (
	individualEnrollments = "enrollments"
	enrollmentGroups      = "enrollmentGroups"
	registrations         = "registrations"
)

func get[T any](ctx context.Context, c *Client, collection, id string) (T, error) {
	return azrest.Do[T](ctx, c.pipeline, azrest.Call{
		Method: http.MethodGet, Path: []string{collection, id}, Bucket: operations(),
	})
}

func put[T any](ctx context.Context, c *Client, collection, id string, body T, o *WriteOptions) (T, error) {
	return azrest.Do[T](ctx, c.pipeline, azrest.Call{
		Method: http.MethodPut, Path: []string{collection, id}, Condition: o, Body: body, Bucket: operations(),
	})
}

func remove(ctx context.Context, c *Client, collection, id string, o *WriteOptions) error {
	return azrest.DoNoContent(ctx, c.pipeline, azrest.Call{
		Method: http.MethodDelete, Path: []string{collection, id}, Condition: o, Bucket: operations(),
	})
}

func attestation(ctx context.Context, c *Client, collection, id string) (Attestation, error) {
	return azrest.Do[Attestation](ctx, c.pipeline, azrest.Call{
		Method: http.MethodPost, Path: []string{collection, id, "attestationmechanism"}, Bucket: operations(),
	})
}

// everything is the query of a list. The service does not evaluate its text: whatever is asked for, it returns all
// entries (recorded traffic of the Python SDK), so that selecting is the caller's work.
type everything struct {
	Query string `json:"query"`
}

func list[T any](c *Client, path []string, body any, o *ListOptions) *runtime.Pager[azrest.Page[T]] {
	call := azrest.Call{Method: http.MethodPost, Path: append(path, "query"), Body: body, Bucket: operations()}
	return azrest.NewPager[T](c.pipeline, call, o)
}
