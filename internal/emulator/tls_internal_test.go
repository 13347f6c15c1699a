// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/x509"
	"net"
	"testing"
)

// listenerAt only tells its address: not every machine has all loopback addresses.
type listenerAt struct {
	net.Listener
	address net.TCPAddr
}

func (l listenerAt) Addr() net.Addr { return &l.address }

func TestNewEndpoint_namesTheUsualAddressesLocalhost(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"127.0.0.1": "localhost", "::1": "localhost", "127.0.0.2": "127.0.0.2",
	} {
		l := listenerAt{address: net.TCPAddr{IP: net.ParseIP(address), Port: 443}}
		if got := newEndpoint([]net.Listener{l}, "").host; got != want {
			t.Errorf("%s: host %s, want %s", address, got, want)
		}
	}
}

// Clients of MQTT know no other port than 8883 where the one of the service goes without saying.
func TestListenMQTT_hasAPortOfItsOwnBeside443Only(t *testing.T) {
	t.Parallel()
	ca, err := newAuthorityPair()
	if err != nil {
		t.Fatal(err)
	}
	server, err := ca.issueServer(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"127.0.0.1:443": "127.0.0.1:8883", "127.0.0.1:8443": "", "127.0.0.1:0": "",
	} {
		listeners, err := listenMQTT(address, server)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(listeners) > 0 {
			got = listeners[0].Addr().String()
		}
		if got != want {
			t.Errorf("beside %s: %q, want %q", address, got, want)
		}
		if err := closed([]endpoint{{mqtt: listeners}}, nil); err != nil {
			t.Error(err)
		}
	}
}

func TestServerCertificate_namesEveryAddress(t *testing.T) {
	t.Parallel()
	ca, err := newAuthorityPair()
	if err != nil {
		t.Fatal(err)
	}
	server, err := ca.issueServer([]string{"", "localhost:443", "127.0.0.2:443"}, []string{"emulator", "192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(server.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.pem())
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "127.0.0.2", "emulator", "192.0.2.7"} {
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: "example.com", Roots: roots}); err == nil {
		t.Error("the certificate is good for any name")
	}
}
