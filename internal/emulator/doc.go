// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package emulator serves the Device Provisioning Service and IoT Hubs over real TLS, out of memory: for acceptance
// tests, for users' own pipelines and for the demonstration. Others than this machine reach it only when it is told so.
//
// # Goals
//
// It tells the truth about the wire: paths, status codes, error envelopes, If-Match tables, defaults, time and ETag
// formats, what is never returned. It is strict where the services are strict and tolerant where real clients rely on
// it (route names in any case, a trailing slash, read-only members sent back, quoted and bare entity tags, query text
// of any kind, a GET with a body, SAS tokens whose resource is not URL-encoded). A device is believed only for its own
// credential: mutual TLS, a signature, or a solved TPM challenge.
//
// It may know nothing of the clients: it and the packages below it import the standard
// library only, so that a mistake made there cannot be made here by the same line. emulator/mqtt alone has libraries,
// of its protocol, which neither the provider nor its clients have.
//
// # Parts
//
// This package starts and links the services and stands before them: listeners, journal, faults, holds, throttles and
// the admin listener. The services are emulator/dps and emulator/hub, which do not know each other; emulator/query
// reads a hub's query language, emulator/caller finds out who calls, emulator/authority gives tokens in the place of
// Microsoft Entra ID, emulator/wire is what both services spell alike, emulator/mqtt carries the topics of devices that
// stay connected to the same handlers. emulator/world is for their tests.
//
// # Words
//
// A fault is an injected failure, a hold a request that waits for a test, a seed a world that an emulator starts with
// or is written down as.
//
// # Not modelled
//
// Loud 501 answers, seen in the journal: routes nobody described, API versions after 2021-11-01-preview (certificate
// signing requests, credential policies). Also absent: AMQP, MQTT 5, what becomes of messages of devices, the control
// plane, regions (geoLatency spreads like hashed), hub weights, quotas, proof of possession for inline signing
// certificates, certificate validity periods, and the binary format of a real TPM's credential blob (see
// dps/device_tpm.go for the one used instead).
//
// # Differences on purpose
//
// No Strict-Transport-Security header: a browser would remember it for every server on localhost. Location and the
// names of hubs carry a port. MQTT has the port of HTTPS, so that these names lead to it, and 8883 beside 443 only.
// Keys, the ID scope and the certificate authority are new at each start, unless a seed has them.
//
// # Choices
//
// Where nobody outside the services knows what they do, the emulator chooses once: see
// [DPSChoices] with the documentation of emulator/dps, and [HubChoices].
package emulator
