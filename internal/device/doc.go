// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package device is the Terraform face of device identities, the entries of an IoT hub's registry: the managed
// resource, the data sources, the list for queries and the ephemeral credentials.
//
// A PUT of an identity replaces all of it. What is left out is not kept but reset: without authentication the hub makes
// new keys, without scopes a device loses its parent, and an edge device must send its own scope back. So every change
// here starts from what was just read and sends everything back with its ETag, members that nobody here knows included.
// What a plan did not show is not overwritten: when somebody else changed a managed attribute after the plan was made,
// the apply says which, from what to what, and writes nothing.
//
// It knows one hub at a time and nothing of DPS, and decides nothing about devices; it only warns that DPS may bring
// back what is deleted here. Keys are in configuration and in what is sent, never in state. Connection state and
// activity change by themselves, so that only the data source shows them.
//
// # Words
//
//   - managed: what is managed of an identity, in Go's types; those of a hub's answer and those of a model compare.
//   - scope: what a hub calls an edge device's place, by which it can be named as a parent; opaque.
//   - generation: what tells an identity from one of the same name that was deleted before.
//   - step: one write; becoming a leaf with a parent takes an edge device two.
package device
