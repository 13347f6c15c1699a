// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import "time"

// Choices switches the hub's behaviour where the real service's is unknown or
// where sources differ. The zero value is what the emulator does by default.
//
// Without a switch, because nothing depends on it so far:
//
//   - api-version: any date, with or without -preview; missing or anything else is 400
//     InvalidProtocolVersion. Attributes and key regeneration exist from 2024-03-31 on.
//   - Fields: a body without deviceId, or with another than the path's, is 400; so is a
//     statusReason over 128 characters; an omitted status means enabled, omitted
//     capabilities mean no edge device; material that does not belong to the
//     authentication type is dropped; equal keys are allowed; without a type,
//     thumbprints mean selfSigned and anything else sas.
//   - Scopes: a device that is its own parent, a cycle, or two parents are 400; a scope
//     that stands on the device already may be sent back though its parent is gone; any
//     scope sent with a leaf that becomes an edge device is 503; an edge device that
//     becomes a leaf loses its system modules. The depth of nesting is not limited.
//   - Modules: the system modules $edgeAgent and $edgeHub do not count against the limit
//     of 50; they can be neither replaced nor deleted (401100).
//   - Twins: an array is one leaf of the metadata; null for tags, properties or desired
//     clears in a PATCH; a PATCH without tags and desired writes nothing; a twin made
//     together with its identity starts at version 2 and desired $version 1 as any other.
//   - Query: the names of a twin's own fields are compared without case, those of tags
//     and properties with it; groups come on one page; no ordering or arithmetic (501).
//   - Bulk: importMode defaults to createOrUpdate; updateTwin merges; an item whose twin
//     is refused is an error and writes nothing (there are no warnings); the 400 with a
//     result has no header iothub-errorcode; updateIfMatchETag and updateTwinIfMatchETag
//     without an ETag succeed as deleteIfMatchETag does.
//   - A device that shows a certificate must be within its validity period, by
//     thumbprint too; its HTTP request counts as activity, not as a connection.
//   - Connections: a device whose identity is disabled or deleted loses its connection at once; one whose keys were
//     changed, or whose token has expired, with its next message. A connection moves no ETag.
//   - Reported properties move their $version and the twin's version, and no ETag; what is written to desired
//     properties is told as it was written, also when it replaces them.
//   - Provisioning an existing identity replaces its authentication and moves its ETag
//     even when nothing differs; capabilities, status and twin stay.
type Choices struct {
	// QueryLag is how long the query index is behind: a new device is missing for
	// that long, a deleted one still listed. Default none.
	QueryLag time.Duration
	// DeviceLimit is the number of devices the hub takes, 0 for no limit; one more is 403 IotHubQuotaExceeded.
	DeviceLimit int
	// CreateIs201 answers creates with 201, as the public reference says; recorded traffic has 200.
	CreateIs201 bool
	// DeleteWithoutIfMatch lets a DELETE without If-Match pass, as the public
	// reference says; live hubs answer 412 "Etag missing".
	DeleteWithoutIfMatch bool
	// MissingBeforeETagMissing answers 404 to a DELETE without If-Match of what does
	// not exist; default 412, the header being looked at first.
	MissingBeforeETagMissing bool
	// StaleETagOnMissingIs412 answers 412 instead of 404 to an ETag for what does not exist.
	StaleETagOnMissingIs412 bool
	// ModulesIgnoreDeviceState gives SAS callers the same answers about modules of
	// disabled and missing devices as Entra callers; one live observation has 401.
	ModulesIgnoreDeviceState bool
	// PlainTwinErrors puts a twin's 404 into the plain envelope; since May 2021 it is reported nested.
	PlainTwinErrors bool
	// UpperCaseTracking writes tracking IDs as the newer gateway does: upper case, "-G2:", RFC 3339 time.
	UpperCaseTracking bool
	// BulkErrorNames writes the errorCode of bulk errors as a name (swagger) instead of a number (traffic).
	BulkErrorNames bool
	// RegenerateReportsNonSAS lists devices without keys in the errors of a key
	// regeneration; default is to pass over them.
	RegenerateReportsNonSAS bool
	// LowerCaseTwinThumbprints writes a twin's set thumbprints under lower-case
	// names, as unset ones are; a live hub wrote PrimaryThumbprint.
	LowerCaseTwinThumbprints bool
	// TwinModelID adds the newer member modelId to twins.
	TwinModelID bool
	// DisabledDeviceIs403 answers a disabled device's request with 403
	// DeviceDisabled; default 401 IotHubUnauthorizedAccess.
	DisabledDeviceIs403 bool
	// ProvisioningEnables lets the provisioning service enable a disabled identity
	// when its device registers again; default is that it stays disabled.
	ProvisioningEnables bool
}
