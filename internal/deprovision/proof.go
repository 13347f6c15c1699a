// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import "slices"

// Proof is why a device has no way back once its individual enrollment is gone.
type Proof string

// The proofs.
const (
	// ProofNone is no proof: the device may come back, whether or not a way is known.
	ProofNone Proof = ""
	// ProofTPM is a device that is attested by TPM: no group can do that.
	ProofTPM Proof = "tpm"
	// ProofOwnKey is a device with a symmetric key in an entry of its own, while no symmetric-key group is enabled.
	ProofOwnKey Proof = "own_key"
	// ProofSelfSigned is a device all of whose certificates were signed by their own keys: no CA is above them.
	ProofSelfSigned Proof = "self_signed"
	// ProofNoGroup is a device for whose kind no group is enabled.
	ProofNoGroup Proof = "no_group"
)

// Lasting tells whether a proof holds whatever becomes of the groups.
func (p Proof) Lasting() bool { return p == ProofTPM || p == ProofSelfSigned }

// ProofOf tells whether it is proven that no group admits the device, and by what: by the most lasting of the proofs,
// because a group can be enabled any day. Whatever proves it, ReenrollPaths is empty. The reverse does not hold: no
// path is known for a device that the caller says has a symmetric key, beside an enabled X.509 group, but without an
// entry of its own nothing shows that it has this key and nothing else.
func ProofOf(d Device) Proof {
	switch {
	case len(ReenrollPaths(d)) > 0:
		return ProofNone
	case d.Attestation == TPM:
		return ProofTPM
	case d.Attestation == SymmetricKey && d.Individual != nil && d.Individual.Attestation == SymmetricKey:
		return ProofOwnKey
	case selfSignedAlone(d):
		return ProofSelfSigned
	case !slices.ContainsFunc(d.Groups, func(g Group) bool { return g.admits() && mayCover(d.Attestation, g) }):
		return ProofNoGroup
	}
	return ProofNone
}

// mayCover tells whether a group is of the kind of a device. Only of an X.509 device it is certain which kind that is.
func mayCover(device Attestation, g Group) bool { return device != X509 || g.Attestation.mayBe(X509) }
