// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Group reads an enrollment group; nil when there is none.
func (r *Reader) Group(ctx context.Context, id string) (*azdps.EnrollmentGroup, error) {
	group, err := r.dps.GetEnrollmentGroup(ctx, id)
	return answered(r, ReadGroup, id, group, err)
}

// GroupStatus is the status of a group that may be nil.
func GroupStatus(group *azdps.EnrollmentGroup) deprovision.Status { return statusOf(group) }

// GroupRecords reads the records of all devices that last registered through a group, also one that does not exist any
// more.
func (r *Reader) GroupRecords(ctx context.Context, id string) ([]azdps.Registration, error) {
	var records []azdps.Registration
	for pager := r.dps.NewListRegistrationsPager(id, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		switch {
		case azrest.IsNotFound(err):
			return nil, nil
		case err != nil:
			return nil, &Error{Call: ListRegistrations, ID: id, Host: r.dps.Host(), Err: err}
		}
		for _, record := range page.Items {
			record.Payload, record.Extra = nil, nil // There may be many, and nobody asks for these.
			records = append(records, record)
		}
	}
	return records, nil
}

// SettledRecords are the records of a group that was shut. Assignments that began before are waited for, all of them
// together no longer than a single one would be: each may put its device into a hub that nobody has looked at. What is
// returned may still be assigning.
func (r *Reader) SettledRecords(ctx context.Context, id string) ([]azdps.Registration, error) {
	records, err := r.GroupRecords(ctx, id)
	if err != nil {
		return nil, err
	}
	start := r.services.Now()
	for i := range records {
		if !Assigning(&records[i]) {
			continue
		}
		left := max(SettleLimit-r.services.Now().Sub(start), 0)
		settled, err := r.settled(ctx, records[i].RegistrationID, left)
		if err != nil {
			return nil, err
		}
		if settled != nil {
			records[i] = *settled
		}
	}
	return records, nil
}

// RefusedSince tells whether a record is of tries that were refused since a group was shut: it began after the group,
// which is disabled, was last written. One of the same moment may be older.
func RefusedSince(group *azdps.EnrollmentGroup, record azdps.Registration) bool {
	if group == nil || !group.Disabled() || record.AssignedHub != "" {
		return false
	}
	written, failure := time.Parse(time.RFC3339Nano, group.LastUpdatedDateTimeUTC)
	began, err := time.Parse(time.RFC3339Nano, record.CreatedDateTimeUTC)
	return failure == nil && err == nil && began.After(written)
}

// Own are the individual enrollments of devices, by the lower-case registration ID.
type Own struct {
	// Status has those that there are.
	Status map[string]deprovision.Status
	// Rewritten are those that are disabled and were written since they were made: they may have been enabled before.
	Rewritten map[string]bool
}

func (o Own) note(entry *azdps.IndividualEnrollment) {
	id := strings.ToLower(entry.RegistrationID)
	if o.Status[id] = EntryStatus(entry); entry.Disabled() && !Untouched(entry) {
		o.Rewritten[id] = true
	}
}

// OwnEntries are the individual enrollments of devices. The list is read, as long as that costs no more than a single
// read of each would: then these are made, so that a few devices beside many enrollments cost twice their reads at
// most.
func (r *Reader) OwnEntries(ctx context.Context, registrationIDs []string) (Own, error) {
	asked := make(map[string]bool, len(registrationIDs))
	for _, id := range registrationIDs {
		asked[strings.ToLower(id)] = true
	}
	own := Own{Status: map[string]deprovision.Status{}, Rewritten: map[string]bool{}}
	pager := r.dps.NewListIndividualEnrollmentsPager(nil)
	for pages := 0; pages < len(asked) && pager.More(); pages++ {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return Own{}, &Error{Call: ListEntries, ID: "*", Host: r.dps.Host(), Err: err}
		}
		for i := range page.Items {
			if asked[strings.ToLower(page.Items[i].RegistrationID)] {
				own.note(&page.Items[i])
			}
		}
	}
	if !pager.More() {
		return own, nil
	}
	return r.singleEntries(ctx, asked)
}

func (r *Reader) singleEntries(ctx context.Context, asked map[string]bool) (Own, error) {
	own := Own{Status: map[string]deprovision.Status{}, Rewritten: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(asked)) {
		entry, err := r.Entry(ctx, id)
		if err != nil {
			return Own{}, err
		}
		if entry != nil {
			own.note(entry)
		}
	}
	return own, nil
}

// Ways are the other groups that could let a device of the given group in if that vanished, and the proof that none
// can. They are asked of a device that the group's certificates have issued, or that has a symmetric key; group is nil
// for one that does not exist, whose devices may hold anything.
func (r *Reader) Ways(
	ctx context.Context, id string, group *azdps.EnrollmentGroup,
) ([]deprovision.ReenrollPath, deprovision.Proof, error) {
	groups, err := r.dps.EnrollmentGroups(ctx)
	if err != nil {
		return nil, deprovision.ProofNone, &Error{Call: ListGroups, ID: "*", Host: r.dps.Host(), Err: err}
	}
	said := Groups(groups)
	for i := range said {
		if strings.EqualFold(said[i].ID, id) {
			said[i].Status = deprovision.Disabled // Its certificates stay on the way upwards.
		}
	}
	device := anyDeviceOf(group)
	device.Groups = said
	return deprovision.SumUp(deprovision.ReenrollPaths(device)), deprovision.ProofOf(device), nil
}

// anyDeviceOf is a device of which nothing is known but that the group covers it: one leaf below each of its
// certificates.
func anyDeviceOf(group *azdps.EnrollmentGroup) deprovision.Device {
	if group == nil {
		return deprovision.Device{}
	}
	said := Group(*group)
	device := deprovision.Device{RegistrationID: "*", Attestation: said.Attestation}
	var leaves []deprovision.Certificate
	for _, above := range said.Certificates {
		leaves = append(leaves, deprovision.Certificate{
			Subject: "CN=*", Issuer: above.Subject, ThumbprintSHA256: "below " + above.ThumbprintSHA256,
		})
	}
	if len(leaves) == 0 {
		return device
	}
	device.Chain = deprovision.Chain{leaves[0], said.Certificates[0]}
	device.Individual = &deprovision.IndividualEnrollment{
		Status: deprovision.Absent, Attestation: deprovision.X509, Certificates: leaves,
	}
	return device
}

// GroupHubs are the hubs, in lower case, in which devices of a group may be: those that it lists and those that the
// provider block names.
func (r *Reader) GroupHubs(group *azdps.EnrollmentGroup) []string {
	hosts := r.services.KnownHubs()
	if group != nil {
		hosts = append(hosts, group.IoTHubs...)
		if group.IoTHubHostName != nil && *group.IoTHubHostName != "" {
			hosts = append(hosts, *group.IoTHubHostName)
		}
	}
	for i, host := range hosts {
		hosts[i] = azrest.FoldHost(host) // Each service spells host names its own way.
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
