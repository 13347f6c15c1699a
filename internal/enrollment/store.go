// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"encoding/json"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// kind is what differs between the two kinds of entries, apart from their schemas.
type kind struct {
	// noun names the kind in sentences; typeName ends the name of its Terraform type.
	noun, typeName string
	// idAttribute is the attribute that holds the entry's ID.
	idAttribute string
	// shape is how its devices may prove themselves.
	shape shape
	// rights to read, to write and to delete.
	reading, writing, deleting iotdiag.Right
	open                       func(*azure.Instance) store
	// object names an entry of the kind for what the resources of a provider block have in common.
	object func(host, id string) azure.Object
	// size is how many bytes an entry takes on the wire.
	size func(entry) (int, error)
}

func (k kind) isGroup() bool { return k.idAttribute == enrollmentGroupIDName }

func sizeOf(body any) (int, error) {
	encoded, err := json.Marshal(body)
	return len(encoded), err
}

func groupKind() kind {
	return kind{
		noun: "enrollment group", typeName: "dps_enrollment_group", idAttribute: enrollmentGroupIDName,
		shape:   shape{certificates: signingCertificatesName, references: true},
		reading: iotdiag.ReadEnrollmentGroup(), writing: iotdiag.WriteEnrollmentGroup(),
		deleting: iotdiag.DeleteEnrollmentGroup(),
		open:     func(dps *azure.Instance) store { return groups{dps} },
		object:   azure.GroupObject,
		size:     func(e entry) (int, error) { return sizeOf(e.group()) },
	}
}

func individualKind() kind {
	return kind{
		noun: "individual enrollment", typeName: "dps_individual_enrollment", idAttribute: registrationIDName,
		shape:   shape{certificates: clientCertificatesName, tpm: true},
		reading: iotdiag.ReadIndividualEnrollment(), writing: iotdiag.WriteIndividualEnrollment(),
		deleting: iotdiag.DeleteIndividualEnrollment(),
		open:     func(dps *azure.Instance) store { return individuals{dps} },
		object:   azure.EnrollmentObject,
		size:     func(e entry) (int, error) { return sizeOf(e.individual()) },
	}
}

// store is where a DPS instance keeps the entries of one kind.
type store interface {
	read(ctx context.Context, id string) (entry, error)
	write(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error)
	remove(ctx context.Context, id string, o *azdps.WriteOptions) error
	// unchanged tells whether it is certain, without reading the entry, that it still has this ETag.
	unchanged(ctx context.Context, id string, etag azcore.ETag) bool
	// listed tells whether there is such an entry and whether it is disabled, as far as that is known without reading it.
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

func (s individuals) unchanged(ctx context.Context, id string, etag azcore.ETag) bool {
	return s.dps.IndividualEnrollmentUnchanged(ctx, id, etag)
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

func (s groups) unchanged(ctx context.Context, id string, etag azcore.ETag) bool {
	return s.dps.EnrollmentGroupUnchanged(ctx, id, etag)
}

func (s groups) listed(ctx context.Context, id string) (exists, disabled, known bool) {
	return s.dps.ListedEnrollmentGroup(ctx, id)
}

func (s groups) write(ctx context.Context, e entry, o *azdps.WriteOptions) (entry, error) {
	defer s.dps.ForgetEnrollmentGroups()
	echo, err := s.dps.PutEnrollmentGroup(ctx, e.group(), o)
	return entryOfGroup(echo), err
}

func (s groups) remove(ctx context.Context, id string, o *azdps.WriteOptions) error {
	defer s.dps.ForgetEnrollmentGroups()
	return s.dps.DeleteEnrollmentGroup(ctx, id, o)
}

func (s groups) attestation(ctx context.Context, id string) (azdps.Attestation, error) {
	return s.dps.GetEnrollmentGroupAttestation(ctx, id)
}
