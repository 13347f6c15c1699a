// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// devicePolicyName is the skn of a device's token. The Python device SDK leaves it out, and
// the embedded SDKs call it optional.
const devicePolicyName = "registration"

// signed says whether a token is made with one of two keys for the resource.
func (d *rules) signed(header, resource string, keys [2]string) bool {
	_, err := caller.VerifySAS(header, resource, func(name string) ([2]string, bool) {
		return keys, name == "" || strings.EqualFold(name, devicePolicyName)
	}, d.now())
	return err == nil
}

// proveBySignature tries the individual enrollment's keys, or derives the device's keys
// from each group's: a registration does not name its group.
func (d *prover) proveBySignature(r deviceRequest, individual *entry) (attempt, *wire.Problem) {
	header := r.Header.Get("Authorization")
	if individual != nil {
		switch individual.Attestation.Type {
		case typeSymmetricKey:
			key := individual.Attestation.SymmetricKey
			keys := [2]string{key.PrimaryKey, key.SecondaryKey}
			if d.signed(header, r.resource, keys) {
				return attempt{governing: individual, proof: proof{keys: keys}, keys: &keys}, nil
			}
		case typeTPM:
			return d.proveByTPM(r, individual)
		}
		return attempt{}, unauthorized("Unauthorized")
	}
	id := r.id
	if d.choices.LowerCaseDerivation {
		id = strings.ToLower(id)
	}
	for g := range d.entries[kindGroup].all {
		key := g.Attestation.SymmetricKey
		if key == nil {
			continue
		}
		keys := [2]string{caller.DeriveKey(key.PrimaryKey, id), caller.DeriveKey(key.SecondaryKey, id)}
		if d.signed(header, r.resource, keys) {
			return attempt{governing: g, proof: proof{keys: keys}, keys: &keys}, nil
		}
	}
	if r.body.TPM != nil {
		return attempt{}, notFound(kindIndividual)
	}
	return attempt{}, unauthorized("Unauthorized")
}
