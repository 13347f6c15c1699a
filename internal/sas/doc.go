// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package sas holds the shared access signatures of both services: connection strings, the tokens that are
// signed with their keys, the azcore policy that signs each request, and the keys that devices of an
// enrollment group derive.
//
// Words: a connection string names a host, a policy and the policy's key; a token is what is sent instead of the
// key; a resource is what a token is good for (here always a host).
//
// It knows nothing of either service's operations, of Terraform or of the emulator. No error, String or Format of
// this package ever shows a key.
package sas
