// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package dps is the emulated Device Provisioning Service: enrollments, their queries and bulk calls, registration
// records, the device API, and the assignment of devices to hubs.
//
// It may know no hub but through [Hub].
//
// # Words
//
// An entry is an individual enrollment or an enrollment group. The governing entry is the one that decides about a
// device. A record is the service's memory of a registration. An attempt is one device's call of register; its
// operation ends in a record.
//
// # Choices
//
// Where nobody outside the service knows what it does, the emulator chooses once:
//
//   - A PUT with an If-Match on a missing entry is 404 for "*", 412 for an entity tag;
//     a DELETE is 404 in both cases. An entity tag of any malformed kind is 412.
//   - An omitted provisioningStatus is stored as "enabled"; an explicit null stays null.
//   - Keys that an update leaves out, or empty, stay: the C# SDK's ReprovisioningE2ETests
//     update so, and the device goes on registering with the keys it had.
//   - The attestation type of an entry may change.
//   - An X.509 entry written back with info only keeps the certificate with that
//     thumbprint from either slot; info of any other certificate is 400.
//   - Individual enrollments accept client certificates or CA references, groups signing
//     certificates or CA references; CA references must name a verified certificate.
//   - Identifiers end in a letter, a digit or a dash, and keep the spelling of their
//     creation; a device's key is derived from the spelling that the device uses.
//   - Bulk: eleven items are 400; "update" is a PUT with the item's entity tag, 404 when
//     nothing is there; "updateIfMatchETag" without a tag is 412; items run in order.
//   - Pages hold at most Config.PageSize items, whatever is asked; a continuation that
//     is not ours is 400; the registrations of an unknown group are an empty list.
//   - Error numbers nobody recorded: 400001 invalid request, 403000 role missing, 404203 no
//     registration record, 405000, 409203 registration in progress, 412201 to 412203 by
//     kind, 413000, 415000, 429001, 400208 no hub, 400209 hub refused the device,
//     403202 too many groups.
//   - A device whose individual enrollment is of another attestation, or stores another
//     certificate, is 401 and leaves no record, even where a group would match.
//   - An unknown ID scope is 401, an operation that is not the device's latest 404.
//   - A second register while one runs is 409 and counts as a poll, and so does a service's
//     look at the record: an assignment waits for polls only so that tests see it run.
//   - A record that says "disabled" or "failed" forgets the hub; the next admission is an
//     initial assignment.
//   - A record goes with its individual enrollment, not with its group: the Azure CLI's
//     test_dps_device_registration_x509_lifecycle registers one certificate round after
//     round and meets a first registration each time. An update keeps the record.
//   - A registration that failed, or ended disabled, has no substatus (recorded failures).
//   - A re-registration keeps the device ID of its record; the hub identity's
//     authentication is replaced, its twin and its status are kept.
//   - The webhook of a custom allocation has ten seconds and one try.
//   - A caller with an Entra token without the role is 401 (see Choices for 403).
package dps
