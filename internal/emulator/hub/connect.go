// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"crypto/x509"
	"net/http"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// receive answers POST /devices/{id}/messages/events: 204 when the device's own key or certificate is good and its
// identity is enabled. The message is counted as activity and forgotten.
func (h *Hub) receive(q *call) (*wire.Reply, *wire.Problem) {
	if p := h.connect(q.Request.Request, q.deviceID); p != nil {
		return nil, p
	}
	return wire.NoContent(), nil
}

// nextMessage answers GET /devices/{id}/messages/deviceBound: sending messages to devices is
// not modelled, and an empty queue is 204 (azure-docs, iot-hub-devguide-messages-c2d).
func (h *Hub) nextMessage(q *call) (*wire.Reply, *wire.Problem) { return h.receive(q) }

// connect lets a device in, or says why not. An unknown device and a bad credential look alike from outside.
func (h *Hub) connect(r *http.Request, id string) *wire.Problem {
	h.mu.RLock()
	d := h.devices[id]
	var auth authentication
	var disabled bool
	if d != nil {
		auth, disabled = d.auth, d.disabled
	}
	h.mu.RUnlock()

	refused := unauthorized()
	if d == nil || !h.proves(r, id, auth) {
		return refused
	}
	if disabled {
		if h.choices.DisabledDeviceIs403 {
			return problemf(codeDeviceDisabled, "%s", id)
		}
		return refused
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d.lastActivity = h.now()
	return nil
}

// proves tells whether the request shows a credential for the device: a token of its
// own key, a token of a policy that may connect as any device, or its certificate.
func (h *Hub) proves(r *http.Request, id string, auth authentication) bool {
	if token := r.Header.Get("Authorization"); token != "" {
		resource := h.Hostname() + "/devices/" + id
		_, err := caller.VerifySAS(token, resource, func(keyName string) ([2]string, bool) {
			if keyName == "" {
				return auth.keys, auth.kind == authSAS
			}
			policy, found := h.front.Policies.Find(keyName)
			return policy.Keys, found && slices.Contains(policy.Permissions, deviceConnect)
		}, h.now())
		return err == nil
	}
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return false
	}
	leaf := r.TLS.PeerCertificates[0]
	switch auth.kind {
	case authSelfSigned:
		// For thumbprints the service looks at nothing but the validity period (Azure/iotedge#621).
		return auth.hasThumbprintOf(leaf) && !h.now().Before(leaf.NotBefore) && !h.now().After(leaf.NotAfter)
	case authCA:
		return leaf.Subject.CommonName == id && h.chains(leaf, r.TLS.PeerCertificates[1:])
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
