// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Seed is a world: what an emulator starts with, and what it can be written down as. It holds every key. Hubs are
// called by their short names, so that it fits whatever ports a start gets. The authority's applications are not in it.
type Seed struct {
	// Authority is the certificate authority of the listeners.
	Authority *SeedAuthority `json:"certificate_authority,omitempty"`
	// CACertificates are verified CA certificates (PEM) by name, for CA references.
	CACertificates map[string]string `json:"ca_certificates,omitempty"`
	DPS            dps.Seed          `json:"provisioning_service"`
	Hubs           []hub.Seed        `json:"hubs,omitempty"`
}

// SeedAuthority is a certificate and its key, in PEM.
type SeedAuthority struct {
	Certificate string `json:"certificate"`
	PrivateKey  string `json:"private_key"`
}

// ParseSeed reads a seed from JSON. An error names the path of the member that is wrong.
func ParseSeed(text []byte) (*Seed, error) {
	s := &Seed{}
	if err := wire.ReadDocument(text, "", s); err != nil {
		return nil, err
	}
	return s, s.checkKeys()
}

// checkKeys refuses keys that nobody could sign with.
func (s *Seed) checkKeys() error {
	all := map[string]map[string]wire.KeyPair{"provisioning_service.policies": s.DPS.Policies}
	for i, h := range s.Hubs {
		all[fmt.Sprintf("hubs[%d].policies", i)] = h.Policies
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		for _, name := range slices.Sorted(maps.Keys(all[path])) {
			pair := all[path][name]
			for member, key := range map[string]string{"primary_key": pair.Primary, "secondary_key": pair.Secondary} {
				if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) < 16 || len(raw) > 64 {
					return &wire.MemberError{
						Path: wire.Below(wire.Below(path, name), member), Problem: "expected base64 of 16 to 64 bytes",
					}
				}
			}
		}
	}
	return nil
}

// hubs are those that the seed has; without one there is "hub1".
func (s *Seed) hubs() []HubOptions {
	var all []HubOptions
	for _, h := range s.Hubs {
		all = append(all, HubOptions{Name: h.Name})
	}
	if all == nil {
		return []HubOptions{{Name: "hub1"}}
	}
	return all
}

// hub is what the seed says of a hub, or an empty seed.
func (s *Seed) hub(name string) hub.Seed {
	for _, h := range s.Hubs {
		if strings.EqualFold(h.Name, name) {
			return h
		}
	}
	return hub.Seed{Name: name}
}

// fits refuses a seed with hubs or policies that the options do not have.
func (s *Seed) fits(o Options) error {
	for i, h := range s.Hubs {
		named := func(other HubOptions) bool { return strings.EqualFold(other.Name, h.Name) }
		if !slices.ContainsFunc(o.Hubs, named) {
			return &wire.MemberError{Path: fmt.Sprintf("hubs[%d].name", i), Problem: fmt.Sprintf("no hub is called %q", h.Name)}
		}
	}
	return nil
}

// caCertificates adds those of the seed to those of the options, which count where both have one.
func (s *Seed) caCertificates(given map[string][]byte) map[string][]byte {
	all := map[string][]byte{}
	for name, text := range s.CACertificates {
		all[name] = []byte(text)
	}
	maps.Copy(all, given)
	return all
}

// authority is the certificate authority of the listeners: the seed's, or a new one.
func (s *Seed) authority() (authorityPair, error) {
	if s.Authority == nil {
		return newAuthorityPair()
	}
	wrong := func(problem string) (authorityPair, error) {
		return authorityPair{}, &wire.MemberError{Path: "certificate_authority", Problem: problem}
	}
	pair, err := tls.X509KeyPair([]byte(s.Authority.Certificate), []byte(s.Authority.PrivateKey))
	if err != nil {
		return wrong(err.Error())
	}
	key, isEC := pair.PrivateKey.(*ecdsa.PrivateKey)
	switch {
	case !isEC || !pair.Leaf.IsCA:
		return wrong("expected a CA certificate with its ECDSA key")
	case time.Now().After(pair.Leaf.NotAfter):
		return wrong("the certificate ended on " + pair.Leaf.NotAfter.Format(time.DateOnly) + "; leave it out for a new one")
	}
	return authorityPair{pair.Leaf, key}, nil
}

func (a authorityPair) seed() (*SeedAuthority, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, fmt.Errorf("writing the key of the emulator's CA: %w", err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return &SeedAuthority{Certificate: string(a.pem()), PrivateKey: string(key)}, nil
}

// Dump is the world as JSON that ParseSeed reads. It holds every key.
func (e *Emulator) Dump() ([]byte, error) {
	var b bytes.Buffer
	err := e.WriteDump(&b)
	return b.Bytes(), err
}

// WriteDump writes the world down as JSON that ParseSeed reads, one service after the other. It holds every key.
func (e *Emulator) WriteDump(w io.Writer) error {
	authority, err := e.ca.seed()
	if err != nil {
		return err
	}
	s := Seed{Authority: authority, DPS: e.dps.Dump(e.names()), CACertificates: map[string]string{}}
	for name, text := range e.cas {
		s.CACertificates[name] = string(text)
	}
	for _, h := range e.hubs {
		s.Hubs = append(s.Hubs, h.Dump())
	}
	if err := wire.WriteDocument(w, s); err != nil {
		return fmt.Errorf("writing the world down: %w", err)
	}
	return nil
}

// names translate between a hub's short name and its host name; what is neither stays.
func (e *Emulator) names() dps.Names {
	translated := func(from, to func(*Hub) string) func(string) string {
		return func(text string) string {
			for _, h := range e.hubs {
				if strings.EqualFold(from(h), text) {
					return to(h)
				}
			}
			return text
		}
	}
	return dps.Names{
		NameOf: translated((*Hub).Hostname, (*Hub).Name), HostOf: translated((*Hub).Name, (*Hub).Hostname),
	}
}

// Reset makes the world what it was at the start, and ends faults, holds, latency and the journal. Keys, applications
// and limits stay.
func (e *Emulator) Reset() error {
	if err := e.plant(); err != nil {
		return err
	}
	e.ClearFaults()
	e.gate.holds.releaseAll()
	e.SetLatency(0)
	e.ClearJournal()
	return nil
}

// plant makes the services remember what the seed says.
func (e *Emulator) plant() error {
	if err := checkPolicies(e.seed.DPS.Policies, e.DPSPolicies()); err != nil {
		return below("provisioning_service", err)
	}
	if err := below("provisioning_service", e.dps.Reset(e.seed.DPS, e.names())); err != nil {
		return err
	}
	for _, h := range e.hubs {
		at := slices.IndexFunc(e.seed.Hubs, func(s hub.Seed) bool { return strings.EqualFold(s.Name, h.Name()) })
		seed := e.seed.hub(h.Name())
		err := checkPolicies(seed.Policies, h.Policies())
		if err == nil {
			err = h.Reset(seed)
		}
		if err != nil {
			return below(fmt.Sprintf("hubs[%d]", at), err)
		}
	}
	return nil
}

// checkPolicies refuses keys for a policy that a service does not have.
func checkPolicies(seeded map[string]wire.KeyPair, policies caller.Policies) error {
	for _, name := range slices.Sorted(maps.Keys(seeded)) {
		if _, known := policies.Find(name); !known {
			return &wire.MemberError{Path: wire.Below("policies", name), Problem: "there is no such policy"}
		}
	}
	return nil
}

// inSeed says of an error about a member that the seed has it.
func inSeed(err error) error {
	var wrong *wire.MemberError
	if errors.As(err, &wrong) {
		return fmt.Errorf("the seed: %w", err)
	}
	return err
}

// below completes the path of an error.
func below(path string, err error) error {
	var wrong *wire.MemberError
	if errors.As(err, &wrong) {
		return &wire.MemberError{Path: wire.Below(path, wrong.Path), Problem: wrong.Problem}
	}
	return err
}
