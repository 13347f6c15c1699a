// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// entry is an individual enrollment or an enrollment group on the wire: what both have, under an ID.
type entry struct {
	ID string
	// DeviceID, DeviceInformation and Registration are an individual enrollment's.
	DeviceID          *string
	DeviceInformation json.RawMessage
	Registration      *azdps.Registration
	azdps.Enrollment
}

func entryOfIndividual(e azdps.IndividualEnrollment) entry {
	return entry{
		ID: e.RegistrationID, DeviceID: e.DeviceID, DeviceInformation: e.OptionalDeviceInformation,
		Registration: e.RegistrationState, Enrollment: e.Enrollment,
	}
}

// individual is the entry as it is written; what only the service writes is left out by the client.
func (e entry) individual() azdps.IndividualEnrollment {
	return azdps.IndividualEnrollment{
		RegistrationID: e.ID, DeviceID: e.DeviceID, OptionalDeviceInformation: e.DeviceInformation,
		Enrollment: e.Enrollment,
	}
}

func entryOfGroup(g azdps.EnrollmentGroup) entry {
	return entry{ID: g.EnrollmentGroupID, Enrollment: g.Enrollment}
}

// group is the entry as it is written.
func (e entry) group() azdps.EnrollmentGroup {
	return azdps.EnrollmentGroup{EnrollmentGroupID: e.ID, Enrollment: e.Enrollment}
}

// body is what a write of the entry sends.
func (e entry) body(k kind) any {
	if k.group {
		return e.group()
	}
	return e.individual()
}

// kind is what differs between individual enrollments and enrollment groups.
type kind struct {
	// group says that an entry of the kind stands for many devices, and not for one whose name it bears.
	group bool
	// noun names the kind in sentences; typeName ends the name of its Terraform type; idName is the attribute that holds
	// the ID.
	noun, typeName, idName string
	schema                 func() schema.Schema
	// shape is how its devices may prove themselves.
	shape shape
	// rights to read, to write and to delete.
	reading, writing, deleting iotdiag.Right
	open                       func(*azure.Instance) store
	// object names an entry of the kind for what the resources of a provider block have in common.
	object func(host, id string) azure.Object
}

func groupKind() kind {
	return kind{
		group: true,
		noun:  "enrollment group", typeName: "dps_enrollment_group", idName: enrollmentGroupIDName, schema: groupSchema,
		shape:   shape{certificates: signingCertificatesName, references: true},
		reading: iotdiag.ReadEnrollmentGroup(), writing: iotdiag.WriteEnrollmentGroup(),
		deleting: iotdiag.DeleteEnrollmentGroup(),
		open:     func(dps *azure.Instance) store { return groups{dps} },
		object:   azure.GroupObject,
	}
}

func individualKind() kind {
	return kind{
		noun: "individual enrollment", typeName: "dps_individual_enrollment", idName: registrationIDName,
		schema: individualSchema, shape: shape{certificates: clientCertificatesName, tpm: true},
		reading: iotdiag.ReadIndividualEnrollment(), writing: iotdiag.WriteIndividualEnrollment(),
		deleting: iotdiag.DeleteIndividualEnrollment(),
		open:     func(dps *azure.Instance) store { return individuals{dps} },
		object:   azure.EnrollmentObject,
	}
}

// store is where a DPS instance keeps the entries of one kind.
type store interface {
	read(ctx context.Context, id string) (entry, error)
	write(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error)
	remove(ctx context.Context, id string, o *azdps.WriteOptions) error
	// each shows all entries of the kind, without keys and registrations.
	each(ctx context.Context, show func(entry)) error
	// stream shows them as they are listed now, a page when it is needed.
	stream(ctx context.Context) iter.Seq2[entry, error]
	// unchanged tells whether the entry still has this ETag; false says nothing.
	unchanged(ctx context.Context, id string, etag azcore.ETag) bool
	// refresh is read after unchanged, which may have read the entry.
	refresh(ctx context.Context, id string) (entry, error)
	// listed tells whether there is such an entry and whether it is disabled; known is false when that is not certain.
	listed(ctx context.Context, id string) (exists, disabled, known bool)
	// attestation is the only call that shows keys.
	attestation(ctx context.Context, id string) (azdps.Attestation, error)
}

// individuals also drops what was listed of an entry whenever it may have changed it.
type individuals struct{ dps *azure.Instance }

func (s individuals) read(ctx context.Context, id string) (entry, error) {
	e, err := s.dps.GetIndividualEnrollment(ctx, id)
	return entryOfIndividual(e), err
}

func (s individuals) each(ctx context.Context, show func(entry)) error {
	for e, err := range s.stream(ctx) {
		if err != nil {
			return err
		}
		show(e)
	}
	return nil
}

func (s individuals) stream(ctx context.Context) iter.Seq2[entry, error] {
	return stream(ctx, s.dps.NewListIndividualEnrollmentsPager(nil), entryOfIndividual)
}

func (s individuals) unchanged(ctx context.Context, id string, etag azcore.ETag) bool {
	return s.dps.IndividualEnrollmentUnchanged(ctx, id, etag)
}

func (s individuals) refresh(ctx context.Context, id string) (entry, error) {
	e, err := s.dps.RefreshIndividualEnrollment(ctx, id)
	return entryOfIndividual(e), err
}

func (s individuals) listed(ctx context.Context, id string) (exists, disabled, known bool) {
	return s.dps.ListedIndividualEnrollment(ctx, id)
}

func (s individuals) write(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error) {
	defer s.dps.ForgetIndividualEnrollment(e.ID)
	echo, err := s.dps.PutIndividualEnrollment(ctx, e.individual(), o)
	return entryOfIndividual(echo), err
}

func (s individuals) remove(ctx context.Context, id string, o *azdps.WriteOptions) error {
	defer s.dps.ForgetIndividualEnrollment(id)
	return s.dps.DeleteIndividualEnrollment(ctx, id, o)
}

func (s individuals) attestation(ctx context.Context, id string) (azdps.Attestation, error) {
	return s.dps.GetIndividualEnrollmentAttestation(ctx, id)
}

// groups also drops the snapshot of all groups whenever it may have changed one.
type groups struct{ dps *azure.Instance }

func (s groups) read(ctx context.Context, id string) (entry, error) {
	g, err := s.dps.GetEnrollmentGroup(ctx, id)
	return entryOfGroup(g), err
}

func (s groups) each(ctx context.Context, show func(entry)) error {
	listed, err := s.dps.EnrollmentGroups(ctx)
	for _, item := range listed {
		show(entryOfGroup(item))
	}
	return err
}

func (s groups) stream(ctx context.Context) iter.Seq2[entry, error] {
	return stream(ctx, s.dps.NewListEnrollmentGroupsPager(nil), entryOfGroup)
}

func (s groups) unchanged(ctx context.Context, id string, etag azcore.ETag) bool {
	return s.dps.EnrollmentGroupUnchanged(ctx, id, etag)
}

func (s groups) refresh(ctx context.Context, id string) (entry, error) {
	g, err := s.dps.RefreshEnrollmentGroup(ctx, id)
	return entryOfGroup(g), err
}

func (s groups) listed(ctx context.Context, id string) (exists, disabled, known bool) {
	return s.dps.ListedEnrollmentGroup(ctx, id)
}

func (s groups) write(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error) {
	defer s.dps.ForgetEnrollmentGroup(e.ID)
	echo, err := s.dps.PutEnrollmentGroup(ctx, e.group(), o)
	return entryOfGroup(echo), err
}

func (s groups) remove(ctx context.Context, id string, o *azdps.WriteOptions) error {
	defer s.dps.ForgetEnrollmentGroup(id)
	return s.dps.DeleteEnrollmentGroup(ctx, id, o)
}

func (s groups) attestation(ctx context.Context, id string) (azdps.Attestation, error) {
	return s.dps.GetEnrollmentGroupAttestation(ctx, id)
}

// stream shows the entries of a list, and ends with the error of a page that cannot be read.
func stream[T any](
	ctx context.Context, pager *runtime.Pager[azrest.Page[T]], entryOf func(T) entry,
) iter.Seq2[entry, error] {
	return func(show func(entry, error) bool) {
		for pager.More() {
			page, err := pager.NextPage(ctx)
			if err != nil {
				show(entry{}, err)
				return
			}
			for _, item := range page.Items {
				if !show(entryOf(item), nil) {
					return
				}
			}
		}
	}
}
