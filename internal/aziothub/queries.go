// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// QueryPage is one page of a query's result. What the items are depends on the query: twins for SELECT *.
type QueryPage = azrest.Page[json.RawMessage]

// NewQueryPager runs a query of the hub's query language. Its index lags: new devices are missing for a while and
// deleted ones linger, so what is found is confirmed with GetDevice. o may be nil.
func (c *Client) NewQueryPager(query string, o *ListOptions) *runtime.Pager[QueryPage] {
	return azrest.NewPager[json.RawMessage](c.pipeline, azrest.Call{
		Method: http.MethodPost, Path: []string{"devices", "query"}, Bucket: queriesBucket(),
		Body: struct {
			Query string `json:"query"`
		}{query},
	}, o)
}

// Quote writes a text as the hub's query language does, whose escapes are those of C.
func Quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
