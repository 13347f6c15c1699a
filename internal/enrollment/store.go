// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"iter"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

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
