// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package enrollment is the Terraform face of DPS enrollments: individual enrollments, enrollment groups, their keys
// and the registration records that devices leave behind.
//
// An individual enrollment and an enrollment group differ in few members, so that both are one entry here: what only
// one of them has is null in the other. An entry on the wire, its model in Terraform and what differs between the kinds
// otherwise are in entry.go, the lifecycle of both is in entry_resource.go. Members that are more than a value are
// translated in the files that are named for them (attestation.go, allocation.go, certificate_facts.go). A data source
// shows the values of the model. An attribute has its place in entry_schema.go, in the model, and in the file of its
// member.
//
// It decides nothing about devices: which groups would let a device in is asked of package deprovision. It never puts a
// key into state, and reads one only when a write has to send it along or when an ephemeral resource is asked for it.
//
// # Words
//
//   - entry: an individual enrollment or an enrollment group.
//   - slot: the primary or the secondary place for a certificate or a key.
//   - stand-in: "sha256:<thumbprint>", in state for a certificate that only the service has seen.
//   - prior: what state or plan said before; it lends its spelling where the service's means the same.
//   - echo: the service's answer to a write.
package enrollment
