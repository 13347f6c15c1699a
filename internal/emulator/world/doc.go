// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package world is what the tests of the emulator and of its provisioning service have in
// common: an emulator that is started, an HTTP client that trusts it, an operator who
// writes entries, and devices with their certificate authorities.
//
// It may know the clients of the provider no more than the emulator does: requests are
// written out, and signatures computed, a second time.
package world
