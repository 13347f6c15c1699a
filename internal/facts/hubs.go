// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Look is one hub worth a look, the device IDs that the device may have there, and why.
type Look struct {
	Host      string
	DeviceIDs []string
	Evidence  Evidence
}

// askHubs looks into the hubs: those where the device is known to be, those that the user named, and, when search is
// set, those that entries list and the provider block knows.
func (a *Asker) askHubs(ctx context.Context, q Question, answer *Answer, search bool) {
	answer.Identities, answer.Unsearched = map[string]Identity{}, map[string]error{}
	looks := a.looks(q, answer, search)
	answer.NoHub = len(looks) == 0 && q.mayBeAnywhere(answer.Registration)
	for _, l := range looks {
		identity := a.Identity(ctx, q, answer.Entry, l)
		if l.Evidence == Searched {
			switch identity.Status {
			case deprovision.Absent:
				continue
			case deprovision.Unreachable:
				answer.Unsearched[l.Host] = identity.Err
				continue
			default:
			}
		}
		answer.Identities[l.Host] = identity
	}
}

func (a *Asker) looks(q Question, answer *Answer, search bool) []Look {
	var looks []Look
	add := func(host string, evidence Evidence, deviceIDs ...string) {
		// A host name has no letter case; each service spells it its own way.
		host = strings.ToLower(host)
		known := func(l Look) bool { return l.Host == host }
		if host != "" && !slices.ContainsFunc(looks, known) {
			looks = append(looks, Look{Host: host, DeviceIDs: deviceIDs, Evidence: evidence})
		}
	}
	candidates := q.deviceIDs(answer)
	for _, host := range sortedKeys(q.Remembered) {
		add(host, Remembered, q.Remembered[host])
	}
	if r := answer.Registration; r != nil && r.DeviceID != "" {
		add(r.AssignedHub, Recorded, r.DeviceID)
	} else if r != nil {
		add(r.AssignedHub, Recorded, candidates...)
	}
	for _, host := range q.Named {
		add(host, Named, candidates...)
	}
	for _, host := range sortedKeys(q.Suspected) {
		add(host, Searched, q.Suspected[host])
	}
	if search {
		for _, host := range a.searched(q, answer) {
			add(host, Searched, candidates...)
		}
	}
	return looks
}

// searched are the hubs in which the device might have been put. A hub that the provider block has no credential for
// counts only when the device has registered and its record names no hub: then it may well be there.
func (a *Asker) searched(q Question, answer *Answer) []string {
	var hosts []string
	if answer.Entry != nil {
		hosts = append(hosts, answer.Entry.IoTHubs...)
		if answer.Entry.IoTHubHostName != nil {
			hosts = append(hosts, *answer.Entry.IoTHubHostName)
		}
	}
	hosts = append(hosts, answer.groupHubs...)
	hosts = append(hosts, a.services.KnownHubs()...)
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	if q.mayBeAnywhere(answer.Registration) {
		return hosts
	}
	return slices.DeleteFunc(hosts, func(host string) bool {
		_, err := a.services.Hub(host, azure.HubFound)
		return err != nil
	})
}

// Identity reads the device's identity in one hub, under the first of the device IDs that exists there. What only a
// search connects with the device, and no certificate proves to be it, is unverified.
func (a *Asker) Identity(
	ctx context.Context, q Question, entry *azdps.IndividualEnrollment, l Look,
) Identity {
	identity := Identity{
		Host: l.Host, DeviceID: l.DeviceIDs[0], Evidence: l.Evidence, Status: deprovision.Absent,
	}
	hub, err := a.services.Hub(l.Host, q.origin(l))
	if err != nil {
		identity.Status, identity.Err = deprovision.Unreachable, err
		return identity
	}
	for _, id := range l.DeviceIDs {
		device, err := hub.GetDevice(ctx, id)
		switch {
		case azrest.IsNotFound(err):
			continue
		case err != nil:
			identity.DeviceID, identity.Status, identity.Err = id, deprovision.Unreachable, err
			return identity
		}
		identity.DeviceID, identity.Device, identity.Status = id, &device, DeviceStatus(device)
		identity.Proven = q.proves(entry, &device)
		if l.Evidence == Searched && !identity.Proven {
			identity.Status = deprovision.Unverified
		}
		return identity
	}
	return identity
}

// origin says whether the user named a hub, which decides whether a token may be sent there.
func (q Question) origin(l Look) azure.HubOrigin {
	named := func(host string) bool { return strings.EqualFold(host, l.Host) }
	return azure.HubOrigin(l.Evidence == Named || slices.ContainsFunc(q.Named, named))
}

// DeviceStatus is the status of an identity; anything but disabled lets the device in.
func DeviceStatus(device aziothub.Device) deprovision.Status {
	if device.Disabled() {
		return deprovision.Disabled
	}
	return deprovision.Enabled
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
