// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package certificate reads one X.509 certificate, or a chain of them, from PEM text and tells the facts that the
// Device Provisioning Service derives from it: names, serial number, thumbprints and validity.
//
// It is pure: a value goes in, a value or an error comes out. It may not know the network, the file system, the
// clock, Terraform or Azure's clients; whether a certificate has expired is asked by those who know the time.
// Nothing that is read here is trusted: no certificate is verified against a store, and no private key is kept,
// named or printed. A text that holds one is refused before anything else is looked at.
//
// # Words
//
//   - leaf: the certificate that a device presents as its own; its common name is the registration ID.
//   - chain: the certificates above the leaf, the one that issued the leaf first.
//   - stand-in: the text "sha256:" and a thumbprint, in place of a certificate that the service never returns.
//   - thumbprint: the hash of the certificate's DER, in upper-case hexadecimal as Azure writes it.
//
// Names are worded as .NET words them ("CN=leaf, O=Contoso", the most specific part first), because this is the
// wording that users see in the portal. The exact wording of the service is not documented, so names must not be
// compared as text with those that the service returns; thumbprints can be.
package certificate
