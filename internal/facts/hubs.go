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

// look is one hub worth a look, and the device IDs that the device may have there.
type look struct {
	host      string
	deviceIDs []string
	evidence  Evidence
}

// askHubs looks into the hubs: those where the device is known to be, those that the user named, and, when search is
// set, those that entries list and the provider block knows.
func (a *Asker) askHubs(ctx context.Context, q Question, answer *Answer, search bool) {
	unread := map[string]error{}
	for _, l := range a.looks(q, answer, search) {
		identity := a.Identity(ctx, l.host, l.deviceIDs, l.evidence)
		if l.evidence == Searched {
			if identity.Status == deprovision.Absent {
				continue
			}
			if identity.Status == deprovision.Unreachable {
				unread[l.host] = identity.Err
				continue
			}
			if !q.proves(answer.Entry, identity.Device) {
				identity.Status = deprovision.Unverified
			}
		}
		answer.Identities[l.host] = identity
	}
	answer.Unsearched = unread
}

func (a *Asker) looks(q Question, answer *Answer, search bool) []look {
	var looks []look
	add := func(host string, evidence Evidence, deviceIDs ...string) {
		known := func(l look) bool { return strings.EqualFold(l.host, host) }
		if host != "" && !slices.ContainsFunc(looks, known) {
			looks = append(looks, look{host: host, deviceIDs: deviceIDs, evidence: evidence})
		}
	}
	for _, host := range sortedKeys(q.Remembered) {
		add(host, Assigned, q.Remembered[host])
	}
	candidates := q.deviceIDs(answer)
	if r := answer.Registration; r != nil && r.AssignedHub != "" {
		add(r.AssignedHub, Assigned, r.DeviceID)
	}
	for _, host := range q.Named {
		add(host, Named, candidates...)
	}
	for _, host := range sortedKeys(q.Suspected) {
		add(host, Searched, q.Suspected[host])
	}
	if search {
		for _, host := range a.searched(answer) {
			add(host, Searched, candidates...)
		}
	}
	return looks
}

// searched are the hubs in which the device might have been put. A hub that the provider block has no credential for is
// left out: nobody said that the device is there.
func (a *Asker) searched(answer *Answer) []string {
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
	return slices.DeleteFunc(hosts, func(host string) bool {
		_, err := a.services.Hub(host, azure.HubFound)
		return err != nil
	})
}

// deviceIDs are the names that the device may have in a hub, the likeliest first. Hubs tell letter case apart; the
// record and the certificate know the device's own spelling, the user's registration ID may not.
func (q Question) deviceIDs(answer *Answer) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if q.DeviceID != "" {
		return []string{q.DeviceID}
	}
	if answer.Registration != nil {
		add(answer.Registration.DeviceID)
	}
	if answer.Entry != nil && answer.Entry.DeviceID != nil {
		add(*answer.Entry.DeviceID)
	}
	for _, host := range sortedKeys(q.Remembered) {
		add(q.Remembered[host])
	}
	if len(ids) > 0 {
		return ids
	}
	if q.Leaf != nil {
		add(q.Leaf.CommonName)
	}
	if answer.Registration != nil {
		add(answer.Registration.RegistrationID)
	}
	if answer.Entry != nil {
		add(answer.Entry.RegistrationID)
	}
	add(q.RegistrationID)
	return ids
}

// Identity reads the device's identity in one hub under the first of deviceIDs that exists there.
func (a *Asker) Identity(ctx context.Context, host string, deviceIDs []string, evidence Evidence) Identity {
	identity := Identity{Host: host, DeviceID: deviceIDs[0], Evidence: evidence, Status: deprovision.Absent}
	origin := azure.HubFound
	if evidence == Named {
		origin = azure.HubNamed
	}
	hub, err := a.services.Hub(host, origin)
	if err != nil {
		identity.Status, identity.Err = deprovision.Unreachable, err
		return identity
	}
	for _, id := range deviceIDs {
		device, err := hub.GetDevice(ctx, id)
		switch {
		case azrest.IsNotFound(err):
			continue
		case err != nil:
			identity.DeviceID, identity.Status, identity.Err = id, deprovision.Unreachable, err
			return identity
		}
		identity.DeviceID, identity.Device, identity.Status = id, &device, DeviceStatus(device)
		return identity
	}
	return identity
}

// DeviceStatus is the status of an identity; anything but disabled lets the device in.
func DeviceStatus(device aziothub.Device) deprovision.Status {
	if device.Status == aziothub.StatusDisabled {
		return deprovision.Disabled
	}
	return deprovision.Enabled
}

// proves tells whether an identity found by search is the device's: its thumbprint is that of the given certificate
// or of a certificate of the entry. The same device ID in another hub may be another customer's machine.
func (q Question) proves(entry *azdps.IndividualEnrollment, device *aziothub.Device) bool {
	if device == nil || device.Authentication == nil || device.Authentication.X509Thumbprint == nil {
		return false
	}
	var known []string
	if q.Leaf != nil {
		known = append(known, q.Leaf.ThumbprintSHA1, q.Leaf.ThumbprintSHA256)
	}
	for _, info := range clientCertificates(entry) {
		known = append(known, info.SHA1Thumbprint, info.SHA256Thumbprint)
	}
	thumbprints := device.Authentication.X509Thumbprint
	for _, shown := range []*string{thumbprints.PrimaryThumbprint, thumbprints.SecondaryThumbprint} {
		if shown != nil && *shown != "" &&
			slices.ContainsFunc(known, func(t string) bool { return strings.EqualFold(t, *shown) }) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
