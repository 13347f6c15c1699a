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
//   - chain: the certificates from the device's own, the leaf, upwards, as one of the ways that may lead there.
//   - path: an enabled group that admits the device, or may, if its individual enrollment vanishes.
//   - match: how it is known that a group covers a device; never more certain than it is.
//   - proof: why it is certain that no group admits the device once its individual enrollment is gone.
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
// A way that is known is not the only one: a CA may be certified by several others, and the device presents the chain
// that it likes. Therefore nothing that is seen rules a CA out, neither a whole chain nor its end at a root.
//
//  1. A group one of whose certificates has the thumbprint of a certificate of the chain above the leaf: thumbprint.
//  2. A group one of whose certificates has a subject that is on the way upwards: issuer. CAs may share a name, so that
//     this is less certain.
//  3. Any other X.509 group, also one whose CA certificate is only referred to by name: possible.
//  4. A device all of whose leaves were signed by their own keys, and that holds no other certificate, is covered by no
//     X.509 group. Equal names do not make a leaf self-signed, because a CA can bear the name of a device: whoever read
//     the certificate has checked the signature. A CA certificate for the leaf's own key and name would open a way, but
//     the device could present that as well, so it is one of the other certificates; where a group shows a
//     certificate of the leaf's name it may be one: possible.
//  5. An X.509 device, or one of unknown attestation, of which no certificate is known, and any device that has shown a
//     certificate which is not known: every X.509 group is possible.
//  6. A device with a symmetric key, or of unknown attestation: every symmetric-key group is possible. Nothing can
//     prove or refute it, because a registration does not name its group.
//  7. Otherwise there is no path: a device with a TPM, or with a symmetric key and no known certificate, is covered
//     by no X.509 group, and an X.509 device by no symmetric-key group.
//
// A group that is nearer to the leaf and disabled does not hide the enabled ones above it. It refuses the device
// today, which Governing tells, but it stops nobody from enabling or deleting it, and then those above count.
//
// # Rules for proof
//
// Whoever deletes an entry for good relies on there being no way back. Four things prove it, as long as there is no
// path either: a TPM, which no group admits; a symmetric key in an entry of the device's own, while no symmetric-key
// group is enabled; leaves that their own keys signed (rule 4); and that no enabled group is of the device's kind, for
// which every group counts unless the device is known to be an X.509 one. A chain proves nothing, however long.
//
// # Rules for governing
//
// The nearest group decides, but how near a group is depends on the chain that is presented. A group is certain where
// the device's chain has its certificate, and those that cannot be as near on any chain are no rivals: next to the leaf
// are only certificates that bear its issuer's name, and any may be above these. Whatever may come first, by a
// name or a reference that could be anything, is a rival.
package deprovision
