// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package wiretest is what the tests of both clients share. First of all a corpus of JSON documents as the two services
// exchange them, embedded: it is the third party that clients and emulator both answer to, since they share no code and
// must agree about these. SOURCES.md names where the shape of each document comes from. Then a Service that is a list
// of exchanges, and checks of what every type of the wire has to do. And what the public specifications declare, with a
// check of whole exchanges against it; spec/README.md says how it is written.
//
// It knows what clients are made with (azrest, sas), and no type of the clients themselves.
package wiretest
