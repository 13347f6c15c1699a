// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// Refresh asks what may have drifted in a block that exists. unchanged says that all of a settled block is proven to be
// as it was last seen; then there is no evidence besides. While the entry of any other is disabled and as it was last
// seen, no hub has come to be known, and an identity of the device stands, that is one call for the entry and one for
// each identity that is known. The groups, which may name a hub, are listed once for all blocks.
func (r *Reader) Refresh(ctx context.Context, q Question) (e Evidence, unchanged bool, err error) {
	q.absenceByTwin = true
	if r.asSeen(ctx, q) {
		return Evidence{}, true, nil
	}
	entry, err := r.refreshed(ctx, q.RegistrationID)
	if err != nil {
		return Evidence{}, false, err
	}
	e = newEvidence(entry, nil)
	if entry != nil {
		e.Record = entry.RegistrationState
	}
	listed := e
	if err := r.listGroups(ctx, &listed); err != nil {
		return Evidence{}, false, err
	}
	if q.Seen.holds(entry) && !q.unread() && r.searched(q, listed) {
		if r.readTied(ctx, q, &e); e.stands() {
			return e, false, nil
		}
	}
	if e.Record, err = r.Registration(ctx, q.RegistrationID); err != nil {
		return Evidence{}, false, err
	}
	if err := r.listGroups(ctx, &e); err != nil {
		return Evidence{}, false, err
	}
	r.readAll(ctx, q, &e)
	return e, false, nil
}

// asSeen tells whether all of a settled block is proven to be as it was last seen. Of many blocks the list of entries
// tells of all entries, and a twin for each identity is the rest.
//
// A disabled entry of the same ETag has let nobody in, whatever became of the registration record, which is not read.
// An entry that is absent may have come and gone since, and a group may have been enabled for a while: the record is
// all that would tell, so that it is read.
func (r *Reader) asSeen(ctx context.Context, q Question) bool {
	groups := newEvidence(nil, nil)
	if !q.Settled || r.listGroups(ctx, &groups) != nil {
		return false
	}
	ids, known := r.places(q, groups)
	if !known {
		return false
	}
	if q.Seen.ETag != "" {
		return r.dps.IndividualEnrollmentUnchanged(ctx, q.RegistrationID, q.Seen.ETag) &&
			r.identitiesAsSeen(ctx, q, ids)
	}
	return r.dps.IndividualEnrollmentAbsent(ctx, q.RegistrationID) && r.outAsSeen(ctx, q) &&
		r.identitiesAsSeen(ctx, q, ids)
}

// outAsSeen tells whether a device that has no entry has the record that was last seen, and stays out by the groups
// that there are.
func (r *Reader) outAsSeen(ctx context.Context, q Question) bool {
	record, err := r.Registration(ctx, q.RegistrationID)
	if err != nil || SeenOf(nil, record) != *q.Seen {
		return false
	}
	e := newEvidence(nil, record)
	return r.listGroups(ctx, &e) == nil && q.StillOut(e)
}

// places are the identities that a look in full would read, besides those that only a change of the entry or its record
// could name. known is false where it would read more than can be told: where the user or a group names a hub, or the
// user a name, at which nobody has looked yet. The groups are those of the evidence.
func (r *Reader) places(q Question, e Evidence) (ids []deprovision.IdentityID, known bool) {
	for id := range q.ties(Evidence{}) {
		if _, seen := q.Known[id]; !seen {
			return nil, false
		}
	}
	hosts, known := r.searchable(q, e)
	if !known || len(hosts) > 0 && len(q.SearchedAs) == 0 {
		return nil, false
	}
	ids = deprovision.SortedIDs(q.Known)
	names := slices.Concat(q.SearchedAs, q.deviceIDs(nil, nil))
	slices.Sort(names)
	names = slices.Compact(names)
	for _, host := range hosts {
		for _, name := range names {
			if id := (deprovision.IdentityID{Host: host, DeviceID: name}); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids, true
}

// searchable are the hubs in which a look in full would search for the device under each of its names: all of them,
// unless its entry is disabled and one of its identities stands. In a hub that the user names without a name of the
// device one has to stand there.
func (r *Reader) searchable(q Question, e Evidence) (hosts []string, known bool) {
	standing := map[string]bool{}
	for id, identity := range q.Known {
		if identity.ETag != "" {
			standing[id.Host] = true
		}
	}
	switch {
	case len(standing) == 0 || q.Seen.ETag == "":
		hosts = q.Searched
	case q.DeviceID == "":
		hosts = slices.DeleteFunc(slices.Clone(q.Named), func(host string) bool { return standing[host] })
	}
	return hosts, r.searched(q, e)
}
