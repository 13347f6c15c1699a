// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// selection are the identities of a hub that are wanted.
type selection struct {
	status, authentication, prefix, condition string
	// tags are texts by their paths, such as location.plant.
	tags map[string]string
}

// query says the selection in the hub's query language (IoT Hub, "Query language for device and module twins").
func (s selection) query() string {
	var conditions []string
	if s.status != "" {
		conditions = append(conditions, "status = "+aziothub.Quote(s.status))
	}
	if s.authentication != "" {
		conditions = append(conditions, "authenticationType = "+aziothub.Quote(s.authentication))
	}
	if s.prefix != "" {
		conditions = append(conditions, "STARTSWITH(deviceId, "+aziothub.Quote(s.prefix)+")")
	}
	for _, name := range slices.Sorted(maps.Keys(s.tags)) {
		conditions = append(conditions, "tags."+name+" = "+aziothub.Quote(s.tags[name]))
	}
	if s.condition != "" {
		conditions = append(conditions, "("+s.condition+")")
	}
	if len(conditions) == 0 {
		return "SELECT * FROM devices"
	}
	return "SELECT * FROM devices WHERE " + strings.Join(conditions, " AND ")
}

// twins are the first twins that a query finds, at most limit, sorted; complete is false when there are or may be more.
func twins(
	ctx context.Context, hub *azure.Hub, query string, limit int,
) (found []aziothub.Twin, complete bool, err error) {
	pager := hub.NewQueryPager(query, &azrest.ListOptions{PageSize: min(limit+1, azrest.DefaultPageSize)})
	for pager.More() && len(found) < limit {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, false, err
		}
		for _, item := range page.Items[:min(len(page.Items), limit-len(found))] {
			var twin aziothub.Twin
			if err := json.Unmarshal(item, &twin); err != nil {
				return nil, false, err
			}
			twin.Properties = nil // Nobody asked for it, and it is most of a twin.
			found = append(found, twin)
		}
		complete = !pager.More() && len(page.Items) <= limit
	}
	slices.SortFunc(found, func(a, b aziothub.Twin) int { return strings.Compare(a.DeviceID, b.DeviceID) })
	return found, complete, nil
}
