// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

// Choices switches behaviour that nobody outside the services has established. The
// zero value is the choice described in the package documentation; each member
// selects the other plausible behaviour, so that a client can be tried against both.
type Choices struct {
	// NewKeysOnUpdate makes new symmetric keys when an update carries none, instead of keeping the stored ones.
	NewKeysOnUpdate bool
	// OmittedStatusStaysAbsent leaves provisioningStatus out of an entry that was
	// written without it, instead of storing "enabled".
	OmittedStatusStaysAbsent bool
	// FillDefaults stores capabilities and reprovisionPolicy with the schema's
	// defaults when they are omitted, instead of leaving them out.
	FillDefaults bool
	// MissingEntryIs404 answers 404 also to a PUT with an entity tag on a missing entry, instead of 412.
	MissingEntryIs404 bool
	// RefuseAttestationChange answers 400 to a PUT that changes an entry's attestation type, instead of accepting it.
	RefuseAttestationChange bool
	// BulkUpdateOverwrites lets a bulk update without entity tag overwrite, as the
	// documentation says, instead of failing with 409 as was recorded.
	BulkUpdateOverwrites bool
	// UnknownGroupIs404 answers 404 to a query for the registrations of a group
	// that does not exist, instead of an empty list.
	UnknownGroupIs404 bool
	// DeleteKeepsRecord lets the registration record outlive its individual enrollment, instead of removing it with it.
	DeleteKeepsRecord bool
	// DisabledWithoutProof ends the attempt of a device as "disabled" (with a record) also when its credential does not
	// fit the disabled individual enrollment, provided that a group would accept it, instead of 401.
	DisabledWithoutProof bool
	// DetailedResults fills x509 and symmetricKey of a device's registration result
	// as the schema describes them, instead of "x509":{} and nothing.
	DetailedResults bool
	// RunningPollIs200 answers polls of a running operation with 200 instead of 202.
	RunningPollIs200 bool
	// LowerCaseDerivation derives device keys from the lower-case registration ID
	// instead of the spelling that the device uses.
	LowerCaseDerivation bool
	// MissingRoleIs403 answers 403 instead of 401 to a caller of the provisioning
	// service whose Entra token is good but whose role is missing.
	MissingRoleIs403 bool
	// KeepUnknownMembers stores and returns members of an entry that this version of
	// the service does not know, as a newer service might, instead of dropping them.
	KeepUnknownMembers bool
}
