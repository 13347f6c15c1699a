// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// maxQuery is the longest text of a query (IoT Hub, quotas and throttling).
const maxQuery = 8192

// Question of the index: what a query selects.
const (
	// AnyDevice finds every device.
	AnyDevice = ""
	// EnabledDevice finds those that the hub lets in.
	EnabledDevice = "status = 'enabled'"
)

// Indexed asks the hub at host which of the given devices its index finds for a condition. The index lags behind, so
// that what it finds is to be read before anything is done about it, and what it does not find is no news.
//
// The hub's devices are paged through as long as there may be no more of them than are asked for; then the devices are
// named, as many in one query as fit, so that a small group in a huge hub costs about twice its own pages.
func (r *Reader) Indexed(
	ctx context.Context, host string, origin azure.HubOrigin, condition string, deviceIDs []string,
) (found []string, err error) {
	if len(deviceIDs) == 0 {
		return nil, nil
	}
	hub, err := r.services.Hub(host, origin)
	if err != nil {
		return nil, err
	}
	asked := make(map[string]bool, len(deviceIDs))
	for _, id := range deviceIDs {
		asked[id] = true
	}
	found, whole, err := indexPages(ctx, hub, selection(condition), len(deviceIDs)/100+1, asked)
	if err != nil || whole {
		return found, err
	}
	found = nil
	for _, query := range namedIn(condition, deviceIDs) {
		some, _, err := indexPages(ctx, hub, query, len(deviceIDs)+1, asked)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}

func selection(condition string) string {
	if condition == AnyDevice {
		return "SELECT deviceId FROM devices"
	}
	return "SELECT deviceId FROM devices WHERE " + condition
}

// namedIn are queries that name the devices, each as long as a query may be.
func namedIn(condition string, deviceIDs []string) []string {
	prefix := "SELECT deviceId FROM devices WHERE "
	if condition != AnyDevice {
		prefix += condition + " AND "
	}
	prefix += "deviceId IN ["
	var queries []string
	var text strings.Builder
	for _, id := range slices.Sorted(slices.Values(deviceIDs)) {
		word := aziothub.Quote(id)
		if text.Len() > 0 && text.Len()+len(",")+len(word)+len("]") > maxQuery {
			queries = append(queries, text.String()+"]")
			text.Reset()
		}
		if text.Len() == 0 {
			text.WriteString(prefix)
		} else {
			text.WriteString(",")
		}
		text.WriteString(word)
	}
	return append(queries, text.String()+"]")
}

// indexPages reads up to so many pages of a query; whole is false when there are more.
func indexPages(
	ctx context.Context, hub *azure.Hub, query string, pages int, asked map[string]bool,
) (found []string, whole bool, err error) {
	pager := hub.NewQueryPager(query, nil)
	for ; pages > 0 && pager.More(); pages-- {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, false, err
		}
		for _, raw := range page.Items {
			var row struct {
				DeviceID string `json:"deviceId"`
			}
			if err := json.Unmarshal(raw, &row); err != nil {
				return nil, false, err
			}
			if row.DeviceID == "" { // It could be anybody's.
				return nil, false, errors.New("a row of the hub's answer names no device")
			}
			if asked[row.DeviceID] {
				found = append(found, row.DeviceID)
			}
		}
	}
	return found, !pager.More(), nil
}
