// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// memoryKey is the key of the resource's private state.
const memoryKey = "device"

// memory is what the resource keeps besides its attributes. Private state is readable in the state file: no secret goes
// in.
type memory struct {
	// Unfinished says that the last create or update did not come to its end.
	Unfinished bool `json:"unfinished,omitempty"`
	// EntryDigest stands for what the entry that this resource made says besides its status.
	EntryDigest string `json:"entry_digest,omitempty"`
	// EntryChanged says that the entry was found to say something else since.
	EntryChanged bool `json:"entry_changed,omitempty"`
	// Held are the identities that were disabled, by host.
	Held map[string]heldIdentity `json:"held,omitempty"`
	// Suspected are hubs that hold or may hold an identity which nothing but a search connects with the device.
	Suspected []string `json:"suspected,omitempty"`
	// Attested is how the device's entry said that the device proves itself; it outlives the entry.
	Attested *attested `json:"attested,omitempty"`
	// OtherCertificate says that a hub knew the device by a certificate that its entry does not hold.
	OtherCertificate bool `json:"other_certificate,omitempty"`
}

// heldIdentity is an identity that was disabled: one that was made anew since is not enabled again.
type heldIdentity struct {
	Generation string `json:"generation"`
	// Reason is the status reason that stood there before, if any.
	Reason *string `json:"reason,omitempty"`
}

// attested is the attestation of an entry, all of it public. Once the entry is deleted, nothing else tells which groups
// can never cover the device.
type attested struct {
	Attestation  string                    `json:"attestation"`
	Certificates []deprovision.Certificate `json:"certificates,omitempty"`
}

// privateGetter and privateSetter are the framework's private state in requests and responses.
type privateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// recall reads the memory; private state of no or of another shape is an empty memory, which only ever leaves more
// blocked.
func recall(ctx context.Context, private privateGetter) (memory, diag.Diagnostics) {
	raw, diags := private.GetKey(ctx, memoryKey)
	var m memory
	if len(raw) > 0 && json.Unmarshal(raw, &m) != nil {
		m = memory{EntryChanged: true}
	}
	return m, diags
}

func (m memory) keep(ctx context.Context, private privateSetter) diag.Diagnostics {
	slices.Sort(m.Suspected)
	m.Suspected = slices.Compact(m.Suspected)
	raw, err := json.Marshal(m)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Provider defect", err.Error())}
	}
	return private.SetKey(ctx, memoryKey, raw)
}

func (m memory) suspects(host string) bool { return slices.Contains(m.Suspected, host) }

// trust drops the suspicion about a hub: what is there has been acted on.
func (m *memory) trust(host string) {
	m.Suspected = slices.DeleteFunc(m.Suspected, func(suspected string) bool { return suspected == host })
}

// hold notes an identity that is being disabled. The reason of the same identity that was noted first stays.
func (m *memory) hold(host, generation string, reason *string) {
	if held, known := m.Held[host]; known && held.Generation == generation {
		return
	}
	if m.Held == nil {
		m.Held = map[string]heldIdentity{}
	}
	m.Held[host] = heldIdentity{Generation: generation, Reason: reason}
}

// madeAnew tells whether the identity in a hub is another one than the one that was disabled there.
func (m memory) madeAnew(identity facts.Identity) bool {
	held, known := m.Held[identity.Host]
	return known && held.Generation != "" && identity.Device != nil && identity.Device.GenerationID != held.Generation
}

// learn keeps how somebody else's entry says that its device proves itself, as far as the hubs bear it out. An entry
// that is made to block a device may be of any attestation: a symmetric key is believed only where a hub knows the
// device by a key, and nothing is where a hub knows it by a certificate that the entry does not hold.
func (m *memory) learn(entry *azdps.IndividualEnrollment, found map[string]facts.Identity) {
	byKey, byOwn, byOther := shownTo(found)
	m.OtherCertificate = byOther || m.OtherCertificate && !byOwn
	said := facts.Individual(entry)
	if _, marked := markOf(entry); said == nil || marked || m.OtherCertificate {
		return
	}
	if said.Attestation != deprovision.SymmetricKey || byKey {
		m.Attested = &attested{Attestation: string(said.Attestation), Certificates: said.Certificates}
	}
}

// shownTo tells how hubs know the device: by a key, by a certificate that is given or in its entry, or by another one.
func shownTo(found map[string]facts.Identity) (byKey, byOwn, byOther bool) {
	for _, identity := range found {
		if identity.Status == deprovision.Unverified || identity.Device == nil || identity.Device.Authentication == nil {
			continue
		}
		switch kind := identity.Device.Authentication.Type; {
		case kind == aziothub.AuthenticationSAS:
			byKey = true
		case identity.Proven:
			byOwn = true
		default:
			byOther = true
		}
	}
	return byKey, byOwn, byOther
}
