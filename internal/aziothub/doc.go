// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package aziothub is the client of an IoT hub's identity registry, version 2021-04-12: device identities, and of
// their neighbours what is needed to read identities cheaply, twins and queries.
//
// A PUT of an identity replaces all of it, and what is left out is not kept but reset: without authentication new
// keys are made, without parentScopes a parent is lost. So an update starts from what was read and sends everything
// back, members unknown to this package included (Extra), with the ETag that was read.
//
// Two things are as the hub does them and not as its documentation has it (observed on live hubs): a PUT without
// If-Match creates and never replaces, and a DELETE without If-Match is refused.
//
// It knows nothing of Terraform, of the DPS or of what a status means for a device.
package aziothub
