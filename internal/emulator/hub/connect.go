// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/x509"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// receive answers POST /devices/{id}/messages/events: 204 when the device's own key or certificate is good and its
// identity is enabled. The message is counted as activity and forgotten.
func (h *Hub) receive(q *call) (*wire.Reply, *wire.Problem) {
	if p := h.connect(q, func(*identity) {}); p != nil {
		return nil, p
	}
	return wire.NoContent(), nil
}

// connect lets a device or a module in and does what it came for, or says why not. An unknown one and a bad credential
// look alike from outside.
func (h *Hub) connect(q *call, run func(*identity)) *wire.Problem {
	h.mu.RLock()
	_, before := h.found(q)
	var auth authentication
	if before != nil {
		auth = before.auth
	}
	h.mu.RUnlock()
	if before == nil || !h.proves(q, auth) {
		return unauthorized()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d, i := h.found(q)
	if i != before || i.auth != auth {
		return unauthorized() // Deleted or given other keys meanwhile.
	}
	if d.disabled {
		if h.choices.DisabledDeviceIs403 {
			return problemf(codeDeviceDisabled, "%s", d.id)
		}
		return unauthorized()
	}
	i.lastActivity = h.now()
	run(i)
	return nil
}

// found is the device that a call is about, and the identity: the device's own, or its module's.
func (h *registry) found(q *call) (*device, *identity) {
	d := h.devices[q.deviceID]
	if d == nil || q.moduleID == "" {
		return d, d.found()
	}
	return d, d.modules[q.moduleID].found()
}

// proves tells whether the request shows a credential for the device or module: a token of its
// own key, a token of a policy that may connect as any device, or its certificate.
func (h *Hub) proves(q *call, auth authentication) bool {
	name, resource := q.deviceID, h.Hostname()+"/devices/"+q.deviceID
	if q.moduleID != "" {
		name, resource = name+"/"+q.moduleID, resource+"/modules/"+q.moduleID
	}
	if token := q.Header.Get("Authorization"); token != "" {
		_, err := caller.VerifySAS(token, resource, func(keyName string) ([2]string, bool) {
			if keyName == "" {
				return auth.keys, auth.kind == authSAS
			}
			policy, found := h.front.Policies.Find(keyName)
			return policy.Keys, found && slices.Contains(policy.Permissions, deviceConnect)
		}, h.now())
		return err == nil
	}
	if q.TLS == nil || len(q.TLS.PeerCertificates) == 0 {
		return false
	}
	leaf := q.TLS.PeerCertificates[0]
	switch auth.kind {
	case authSelfSigned:
		// For thumbprints the service looks at nothing but the validity period (Azure/iotedge#621).
		return auth.hasThumbprintOf(leaf) && !h.now().Before(leaf.NotBefore) && !h.now().After(leaf.NotAfter)
	case authCA:
		return leaf.Subject.CommonName == name && h.chains(leaf, q.TLS.PeerCertificates[1:])
	}
	return false
}

// chains tells whether the certificate leads to a CA certificate registered at the hub.
func (h *Hub) chains(leaf *x509.Certificate, others []*x509.Certificate) bool {
	intermediates := x509.NewCertPool()
	for _, c := range others {
		intermediates.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: h.roots, Intermediates: intermediates, CurrentTime: h.now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}
