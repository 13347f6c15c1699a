// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
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

// shown is the query without texts that may not have been meant for it: somebody mixes up two variables.
func (s selection) shown() string {
	s.tags = maps.Clone(s.tags)
	for name := range s.tags {
		s.tags[name] = "…"
	}
	if s.condition != "" {
		s.condition = "…"
	}
	return s.query()
}

// twins are the first twins that a query finds, at most limit, sorted; complete is false when there are or may be more.
func twins(
	ctx context.Context, hub *azure.Hub, query string, limit int,
) (found []aziothub.Twin, complete bool, err error) {
	for page, err := range pages(ctx, hub, query, limit+1) {
		if err != nil {
			return nil, false, err
		}
		wanted := min(len(page.twins), limit-len(found))
		found = append(found, page.twins[:wanted]...)
		complete = page.last && wanted == len(page.twins)
		if len(found) == limit {
			break
		}
	}
	slices.SortFunc(found, func(a, b aziothub.Twin) int { return strings.Compare(a.DeviceID, b.DeviceID) })
	return found, complete, nil
}

// twinPage is a page of twins.
type twinPage struct {
	twins []aziothub.Twin
	last  bool
}

// pages are those of what a query finds, each read when it is needed. None has more than wanted, if that is set.
func pages(ctx context.Context, hub *azure.Hub, query string, wanted int) iter.Seq2[twinPage, error] {
	pager := hub.NewQueryPager(query, &azrest.ListOptions{PageSize: min(wanted, azrest.DefaultPageSize)})
	return func(show func(twinPage, error) bool) {
		for pager.More() {
			page, err := pager.NextPage(ctx)
			twins := make([]aziothub.Twin, len(page.Items))
			for i := range page.Items {
				err = cmp.Or(err, json.Unmarshal(page.Items[i], &twins[i]))
				twins[i].Properties = nil // Nobody asked for it, and it is most of a twin.
			}
			if !show(twinPage{twins, !pager.More()}, err) || err != nil {
				return
			}
		}
	}
}

// each shows the twins of pages, one by one.
func each(pages iter.Seq2[twinPage, error]) iter.Seq2[aziothub.Twin, error] {
	return func(show func(aziothub.Twin, error) bool) {
		for page, err := range pages {
			if err != nil {
				show(aziothub.Twin{}, err)
				return
			}
			for _, twin := range page.twins {
				if !show(twin, nil) {
					return
				}
			}
		}
	}
}

// deviceOf is the identity of a twin, as far as the twin tells of it.
func deviceOf(twin aziothub.Twin) aziothub.Device {
	d := aziothub.Device{
		DeviceID: twin.DeviceID, Status: twin.Status, StatusReason: twin.StatusReason, Capabilities: twin.Capabilities,
		DeviceScope: twin.DeviceScope, ParentScopes: twin.ParentScopes,
	}
	if twin.AuthenticationType != "" {
		d.Authentication = &aziothub.Authentication{Type: twin.AuthenticationType, X509Thumbprint: twin.X509Thumbprint}
	}
	return d
}
