// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// memoryKey is where private state keeps the memory. Without it everything is read anew from the records, and what
// nobody knows to have been disabled here stays disabled.
func memoryKey() iotstate.Key[memory] { return iotstate.Key[memory]{Name: "group", Version: 1} }

// memory is what is remembered of a group's devices besides the counts in the state.
type memory struct {
	// Unfinished says that the last create or update did not come to its end.
	Unfinished bool `json:"unfinished,omitempty"`
	// Group is the group as it was last seen.
	Group groupMemory `json:"group,omitzero"`
	// Hubs are the devices by their hub.
	Hubs map[string]hubMemory `json:"hubs,omitempty"`
	// Silent are the hubs that could not be read when they were last asked.
	Silent []string `json:"silent,omitempty"`
	// Unplaced are devices that were somewhere, and nothing tells where.
	Unplaced idList `json:"unplaced,omitempty"`
	// Followed are devices whose hub was known just before the group was shut, and that nobody has read since.
	Followed idList `json:"followed,omitempty"`
	// Admitted are devices with an enabled individual enrollment, Shut those with a disabled one.
	Admitted idList `json:"admitted,omitempty"`
	Shut     idList `json:"shut,omitempty"`
	// Records is how many registration records there were.
	Records int `json:"records,omitempty"`
	// Proof is why no group could let a device in without this one.
	Proof deprovision.Proof `json:"proof,omitempty"`
}

// groupMemory is what is remembered of the group itself.
type groupMemory struct {
	// ETag is that of the disabled group: while it stands, DPS has assigned no device through it. Empty when it was not
	// disabled.
	ETag azcore.ETag `json:"etag,omitempty"`
	// Before is the status before the block, Created when that group was made, Found when the one was made that there is.
	Before  deprovision.Status `json:"before,omitempty"`
	Created string             `json:"created,omitempty"`
	Found   string             `json:"found,omitempty"`
}

// hubMemory is what is known of the devices in one hub.
type hubMemory struct {
	// Unread are those that nobody has asked for yet, or that could not be read.
	Unread idList `json:"unread,omitempty"`
	// Enabled, Disabled and Absent were read; Held are those that were disabled here.
	Enabled  idList `json:"enabled,omitempty"`
	Held     idList `json:"held,omitempty"`
	Disabled idList `json:"disabled,omitempty"`
	Absent   idList `json:"absent,omitempty"`
	// Suspected bear the name of a device, and nothing ties them to it.
	Suspected idList `json:"suspected,omitempty"`
}

// roll says where the identities of the group's devices stand.
type roll map[deprovision.IdentityID]deprovision.Sighting

// roll calls up what is remembered.
func (m memory) roll() roll {
	all := roll{}
	for host, hub := range m.Hubs {
		add := func(ids idList, status deprovision.Status, ours bool) {
			for _, id := range ids {
				all[deprovision.IdentityID{Host: host, DeviceID: id}] = deprovision.Sighting{
					Ties: deprovision.Ties{Remembered: true}, Status: status, Ours: ours,
				}
			}
		}
		add(hub.Unread, deprovision.Unread, false)
		add(hub.Enabled, deprovision.Enabled, false)
		add(hub.Held, deprovision.Disabled, true)
		add(hub.Disabled, deprovision.Disabled, false)
		add(hub.Absent, deprovision.Absent, false)
	}
	return all
}

// hubs is the roll as it is remembered.
func (r roll) hubs() map[string]hubMemory {
	hubs := map[string]hubMemory{}
	for id, sighting := range r {
		hub := hubs[id.Host]
		list := &hub.Unread
		switch {
		case sighting.Status == deprovision.Enabled:
			list = &hub.Enabled
		case sighting.Status == deprovision.Disabled && sighting.Ours:
			list = &hub.Held
		case sighting.Status == deprovision.Disabled:
			list = &hub.Disabled
		case sighting.Status == deprovision.Absent:
			list = &hub.Absent
		}
		*list = append(*list, id.DeviceID)
		hubs[id.Host] = hub
	}
	return hubs
}

// hosts are the hubs of the roll, in order.
func (r roll) hosts() []string {
	var hosts []string
	for id := range r {
		if !slices.Contains(hosts, id.Host) {
			hosts = append(hosts, id.Host)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// in are the devices of one hub that match, in order.
func (r roll) in(host string, match func(deprovision.IdentityID, deprovision.Sighting) bool) []string {
	var ids []string
	for id, sighting := range r {
		if id.Host == host && match(id, sighting) {
			ids = append(ids, id.DeviceID)
		}
	}
	slices.Sort(ids)
	return ids
}
