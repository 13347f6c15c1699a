// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package wiretest is a corpus of JSON documents as the two services exchange them, embedded, for tests only. It is
// the third party that clients and emulator both answer to: they share no code, and must agree about these.
//
// SOURCES.md names where the shape of each document comes from. It knows no type of any other package.
package wiretest
