// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package deprovision decides, from facts alone: which enrollment governs a device, whether the device may come in,
// and what a change does.
//
// It is pure and total: values go in, values come out, nothing fails. It may not know the network, the clock, the
// file system, Terraform or the clients of Azure's services; the package facts gathers what it is asked about.
//
// # Words
//
//   - governing enrollment: the entry that decides for a device. An individual enrollment always governs. Otherwise
//     the group nearest to the leaf does, also when it is disabled: DPS then refuses the device and looks no further.
//   - chain: the certificates from the device's own, the leaf, upwards.
//   - path: an enabled group that would admit the device if its individual enrollment vanished.
//   - match: how it is known that a group covers a device; never more certain than it is.
//   - access: whether the device may come in, summed up from everything.
//   - effect: what one change does to one object.
//
// # Rules for paths
//
// The leaves of a device are the first certificate of its chain and the client certificates of its individual
// enrollment; it may present any of them, so the most certain match over all leaves counts. The way upwards from a
// leaf is followed by name, because names and thumbprints are all that the service tells of a certificate: from the
// leaf's issuer to any certificate with that subject (of the chain, or of any group, enabled or not), to its
// issuer, and so on. The certificates of the chain are on the way in any case.
//
//  1. A group one of whose certificates has the thumbprint of a certificate of the chain, or of a leaf: thumbprint.
//  2. A group one of whose certificates has a subject that is on the way upwards: issuer.
//  3. Any other X.509 group: possible, if the way is open. It is open where it leads to a name that no known
//     certificate has as its subject: an unseen CA is there, and anything may be above it. It is closed where it
//     ends at a self-signed certificate.
//  4. A group whose CA certificate is only referred to by name cannot be compared: possible, unless the leaf is
//     self-signed, for then no CA is above it.
//  5. An X.509 device, or one of unknown attestation, of which no certificate is known: every X.509 group is
//     possible.
//  6. A device with a symmetric key, or of unknown attestation: every symmetric-key group is possible. Nothing can
//     prove or refute it, because a registration does not name its group.
//  7. Otherwise there is no path: a device with a TPM, or with a symmetric key and no known certificate, is covered
//     by no X.509 group, and an X.509 device by no symmetric-key group.
//
// A group that is nearer to the leaf and disabled does not hide the enabled ones above it. It refuses the device
// today, which Governing tells, but it stops nobody from enabling or deleting it, and then those above count.
//
// What rests on names assumes that a distinguished name is borne by one CA. CAs that share a name mostly add paths;
// but a way is also taken as known to its end where only a namesake of the CA above is known. A chain that reaches
// its root leaves nothing to this assumption.
package deprovision
