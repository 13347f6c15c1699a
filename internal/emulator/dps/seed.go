// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Seed is what a service starts with, and what it can be written down as: everything that it remembers but
// registrations that are running and the challenges of TPM devices.
type Seed struct {
	// IDScope and Policies are those that a service is made with; Reset leaves them.
	IDScope  string                  `json:"id_scope,omitempty"`
	Policies map[string]wire.KeyPair `json:"policies,omitempty"`
	// Enrollments and EnrollmentGroups are as a PUT has them, with their keys and certificates. An entity tag and
	// moments are kept where they are given.
	Enrollments      []json.RawMessage `json:"enrollments,omitempty"`
	EnrollmentGroups []json.RawMessage `json:"enrollment_groups,omitempty"`
	Registrations    []SeedRecord      `json:"registrations,omitempty"`
}

// SeedRecord is a registration record, as a GET has it, with what only the service knows.
type SeedRecord struct {
	registrationState
	EnrollmentGroupID string `json:"enrollmentGroupId,omitempty"`
	// AssignedHubs are all hubs that the device has been assigned to.
	AssignedHubs []string `json:"assignedHubs,omitempty"`
}

// Names are what hubs are called in a seed, since their host names change from start to start.
type Names struct{ NameOf, HostOf func(string) string }

func mapped(f func(string) string, all []string) []string {
	if all == nil {
		return nil
	}
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = f(one)
	}
	return out
}

// remembered are all entries and records. None of them changes: each write makes a new one.
func (d *Service) remembered() (individual, groups []*entry, records []*record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(d.entries[kindIndividual].all), slices.Collect(d.entries[kindGroup].all),
		slices.Collect(d.records.all)
}

// Dump writes down what the service remembers.
func (d *Service) Dump(names Names) Seed {
	individual, groups, records := d.remembered()
	s := Seed{IDScope: d.idScope, Policies: map[string]wire.KeyPair{}}
	for _, p := range d.front.Policies {
		s.Policies[p.Name] = wire.KeyPair{Primary: p.Keys[0], Secondary: p.Keys[1]}
	}
	for _, e := range individual {
		s.Enrollments = append(s.Enrollments, wire.JSON(e.seed(names)))
	}
	for _, e := range groups {
		s.EnrollmentGroups = append(s.EnrollmentGroups, wire.JSON(e.seed(names)))
	}
	for _, rec := range records {
		r := SeedRecord{rec.registrationState, rec.group, mapped(names.NameOf, rec.hubs)}
		r.AssignedHub = names.NameOf(r.AssignedHub)
		s.Registrations = append(s.Registrations, r)
	}
	return s
}

// seed is the entry with everything that a PUT of it needs.
func (e *entry) seed(names Names) entry {
	v := e.view(true)
	v.IoTHubHostName, v.IoTHubs = names.NameOf(v.IoTHubHostName), mapped(names.NameOf, v.IoTHubs)
	if x := v.Attestation.X509; x != nil {
		v.Attestation.X509 = &x509Attestation{
			x.ClientCertificates.seed(), x.SigningCertificates.seed(), x.CAReferences,
		}
	}
	return v
}

// seed has the certificates in place of their infos.
func (s *certificateSlots) seed() *certificateSlots {
	if s == nil {
		return nil
	}
	text := func(c *certificate) *certificate {
		if c == nil {
			return nil
		}
		block := pem.Block{Type: "CERTIFICATE", Bytes: c.der}
		return &certificate{Certificate: string(pem.EncodeToMemory(&block))}
	}
	return &certificateSlots{text(s.Primary), text(s.Secondary)}
}

// Reset forgets everything and remembers what the seed says, or changes nothing and says where the seed is wrong.
func (d *Service) Reset(s Seed, names Names) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.store
	d.store = newStore()
	err := d.plantEntries(kindIndividual, s.Enrollments, "enrollments", names)
	if err == nil {
		err = d.plantEntries(kindGroup, s.EnrollmentGroups, "enrollment_groups", names)
	}
	if err == nil {
		err = d.plantRecords(s.Registrations, names)
	}
	if err != nil {
		d.store = before
	}
	return err
}

func (d *Service) plantEntries(k kind, bodies []json.RawMessage, path string, names Names) error {
	for i, raw := range bodies {
		at := wire.Below(path, fmt.Sprintf("[%d]", i))
		if !d.choices.KeepUnknownMembers {
			if err := wire.ReadDocument(raw, at, &entry{}); err != nil {
				return err
			}
		}
		if p := d.plantEntry(k, raw, names); p != nil {
			return &wire.MemberError{Path: at, Problem: p.Text}
		}
	}
	return nil
}

// plantEntry creates an entry as a PUT does, and gives it the tag and the moments that it had.
func (d *Service) plantEntry(k kind, raw json.RawMessage, names Names) *wire.Problem {
	body, p := d.parseEntry(k, raw)
	if p != nil {
		return p
	}
	body.IoTHubHostName, body.IoTHubs = names.HostOf(body.IoTHubHostName), mapped(names.HostOf, body.IoTHubs)
	stored, p := d.writeEntry(k, body, wire.IfMatch{})
	if p != nil {
		return p
	}
	d.keepETag(&stored.ETag, body.ETag)
	keepText(&stored.CreatedDateTimeUTC, body.CreatedDateTimeUTC)
	keepText(&stored.LastUpdatedDateTimeUTC, body.LastUpdatedDateTimeUTC)
	return nil
}

func keepText(to *string, given string) {
	if given != "" {
		*to = given
	}
}

// keepETag gives a tag back; later ones count on from it.
func (d *Service) keepETag(to *string, given string) {
	keepText(to, given)
	text, err := base64.StdEncoding.DecodeString(given)
	var count uint32
	if _, scanned := fmt.Sscanf(string(text), "\"%08x-", &count); err == nil && scanned == nil {
		d.etags = max(d.etags, count)
	}
}

func (d *Service) plantRecords(records []SeedRecord, names Names) error {
	statuses := []string{statusUnassigned, statusAssigning, statusAssigned, statusFailed, statusDisabled}
	for i, r := range records {
		at := wire.Below("registrations", fmt.Sprintf("[%d]", i))
		_, taken := d.records.get(r.RegistrationID)
		switch {
		case !idPattern.MatchString(r.RegistrationID):
			return &wire.MemberError{Path: wire.Below(at, "registrationId"), Problem: "the ID is not valid"}
		case taken:
			return &wire.MemberError{Path: wire.Below(at, "registrationId"), Problem: r.RegistrationID + " is there twice"}
		case !slices.Contains(statuses, r.Status):
			return &wire.MemberError{
				Path: wire.Below(at, "status"), Problem: "expected one of " + strings.Join(statuses, ", "),
			}
		}
		now := wire.Time(d.now())
		rec := &record{registrationState: r.registrationState, group: r.EnrollmentGroupID}
		rec.AssignedHub, rec.hubs = names.HostOf(r.AssignedHub), mapped(names.HostOf, r.AssignedHubs)
		rec.CreatedDateTimeUTC, rec.LastUpdatedDateTimeUTC, rec.ETag = now, now, d.nextETag()
		keepText(&rec.CreatedDateTimeUTC, r.CreatedDateTimeUTC)
		keepText(&rec.LastUpdatedDateTimeUTC, r.LastUpdatedDateTimeUTC)
		d.keepETag(&rec.ETag, r.ETag)
		if rec.hubs == nil && rec.AssignedHub != "" {
			rec.hubs = []string{rec.AssignedHub}
		}
		d.records.put(r.RegistrationID, rec)
	}
	return nil
}
