// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package azdps is the client of the Device Provisioning Service's service API, version 2021-10-01: individual
// enrollments, enrollment groups and registration records.
//
// Words are the service's: an enrollment has an attestation, which says how the device proves itself; a registration
// is the service's record of an attempt to register, and outlives the enrollment that admitted it.
//
// Three things differ from what a reader may expect. A PUT replaces everything, so an update starts from what was
// read, members unknown to this package included (Extra). An update of a symmetric-key enrollment that does not
// carry the keys may have the service generate new ones: they are read with the attestation calls and sent back. And
// the body's ETag is sent as it stands, without quotes.
//
// It knows nothing of Terraform, of IoT hubs or of what an enrollment means for a device.
package azdps
