// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// prover believes a device or does not: by the entries, and by its latest challenge.
type prover struct {
	rules
	store
}

// attempt is one device's authenticated try to register: who it is, which entry governs it, and what it showed.
type attempt struct {
	// registrationID is spelled as the device spells it.
	registrationID string
	governing      *entry
	proof          proof
	// keys and thumbprint are what the hub will let the device in with.
	keys       *[2]string
	thumbprint string
	info       *certificateInfo
	// endorsementKey is set for TPM attestation.
	endorsementKey string
	payload        json.RawMessage
}

// proof is how the device proved itself, to be shown again at each poll.
type proof struct {
	keys       [2]string
	thumbprint string
}

// proves says whether a request shows the proof again.
func (d *prover) proves(r deviceRequest, p proof) bool {
	if header := r.Header.Get("Authorization"); header != "" {
		return d.signed(header, r.resource, p.keys)
	}
	leaf, _ := presented(r)
	return leaf != nil && thumbprintSHA256(leaf) == p.thumbprint
}

// identify authenticates the device and finds its governing entry: the individual enrollment of that registration ID,
// whatever its attestation, and only without one a group. A disabled entry governs like an enabled one.
func (d *prover) identify(r deviceRequest) (attempt, *wire.Problem) {
	individual, _ := d.entries[kindIndividual].get(r.id)
	a, p := d.prove(r, individual)
	if p != nil && individual != nil && individual.disabled() && d.choices.DisabledWithoutProof {
		if viaGroup, refused := d.prove(r, nil); refused == nil {
			viaGroup.governing = individual
			a, p = viaGroup, nil
		}
	}
	if p != nil {
		return attempt{}, p
	}
	a.registrationID, a.payload = r.id, r.body.Payload
	return a, nil
}

// prove checks the device's credential against an individual enrollment, or against the groups when there is none.
func (d *prover) prove(r deviceRequest, individual *entry) (attempt, *wire.Problem) {
	if r.Header.Get("Authorization") != "" {
		return d.proveBySignature(r, individual)
	}
	if r.body.TPM != nil {
		return attempt{}, d.challenge(r, individual)
	}
	if leaf, chain := presented(r); leaf != nil {
		return d.proveByCertificate(r, individual, leaf, chain)
	}
	return attempt{}, unauthorized("Unauthorized")
}
