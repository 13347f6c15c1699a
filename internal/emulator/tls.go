// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strconv"
	"time"
)

// serverValidity is long enough for a standalone emulator that nobody restarts and
// short enough for clients that refuse long-lived server certificates.
const serverValidity = 365 * 24 * time.Hour

// authorityPair is the certificate authority of the listeners.
type authorityPair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newAuthorityPair makes a certificate authority. Here and for what it signs the real clock counts, whatever the
// emulator's clock says, because clients check the validity against theirs.
func newAuthorityPair() (authorityPair, error) {
	notBefore := time.Now().Add(-time.Hour)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Azure IoT emulator CA"},
		NotBefore: notBefore, NotAfter: notBefore.Add(serverValidity),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, key, err := sign(ca, ca, nil)
	if err != nil {
		return authorityPair{}, fmt.Errorf("making the emulator's CA: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	return authorityPair{made, key}, err
}

func (a authorityPair) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// issueServer makes the server certificate, for the loopback names, the addresses that are listened on, and further
// names and addresses.
func (a authorityPair) issueServer(addresses, names []string) (tls.Certificate, error) {
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: a.certificate.NotBefore, NotAfter: a.certificate.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	for _, address := range addresses {
		host, _, _ := net.SplitHostPort(address)
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		}
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	der, key, err := sign(leaf, a.certificate, a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making the emulator's server certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: key}, nil
}

// sign makes a certificate with a new key, signed with parentKey, or, without one, with its own.
func sign(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if parentKey == nil {
		parentKey = key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	return der, key, err
}

// parseCACertificates reads one certificate of each PEM text.
func parseCACertificates(pems map[string][]byte) (map[string]*x509.Certificate, error) {
	cas := make(map[string]*x509.Certificate, len(pems))
	for name, text := range pems {
		block, _ := pem.Decode(text)
		if block == nil {
			return nil, fmt.Errorf("the CA certificate %q is not in PEM", name)
		}
		ca, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the CA certificate %q cannot be read: %w", name, err)
		}
		cas[name] = ca
	}
	return cas, nil
}

// listenTLS listens on a loopback address. Client certificates are requested but not verified in the handshake: service
// calls come without one, and an unknown one must get a 401 answer instead of a broken handshake. HTTP/1.1 only, so
// that a fault can cut a connection under one request.
func listenTLS(address string, server tls.Certificate) (net.Listener, error) {
	l, err := listen(address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{server},
		ClientAuth:   tls.RequestClientCert,
		NextProtos:   []string{"http/1.1", "mqtt"},
		MinVersion:   tls.VersionTLS12,
	}), nil
}

// endpoint is where one service listens.
type endpoint struct {
	// host is localhost:PORT, or ADDRESS:PORT for another address than the usual ones: the way to several services on
	// port 443, which some clients need. That port is no part of the name: devices sign for the name as they
	// are told it, and the Node SDK's HTTP client takes "host:443" for a name.
	host      string
	listeners []net.Listener
	// mqtt is the port that MQTT has where HTTPS has its own: clients find it by themselves.
	mqtt []net.Listener
}

func newEndpoint(listeners []net.Listener, public string) endpoint {
	host, port, _ := net.SplitHostPort(publicAddress(listeners[0].Addr(), public))
	if host == loopback || host == "::1" {
		host = "localhost"
	}
	if port != "443" {
		host = net.JoinHostPort(host, port)
	}
	return endpoint{host: host, listeners: listeners}
}

// openEndpoints listens on each address, or on none of them.
func openEndpoints(addresses []string, public string, server tls.Certificate) ([]endpoint, error) {
	endpoints := make([]endpoint, 0, len(addresses))
	for i, address := range addresses {
		listeners, err := listenBoth(address, server)
		if err == nil {
			next := newEndpoint(listeners, public)
			if i < len(addresses)-1 { // The last one is the authority's.
				next.mqtt, err = listenMQTT(address, server)
			}
			taken := func(other endpoint) bool { return other.host == next.host }
			if err == nil && slices.ContainsFunc(endpoints, taken) {
				err = fmt.Errorf("two services would be %s", next.host)
			}
			endpoints = append(endpoints, next)
		}
		if err != nil {
			return nil, closed(endpoints, err)
		}
	}
	return endpoints, nil
}

// closed is an error after which nothing listens any more.
func closed(endpoints []endpoint, err error) error {
	for _, opened := range endpoints {
		for _, l := range slices.Concat(opened.listeners, opened.mqtt) {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// listenBoth listens on an IPv4 loopback address and, where it can, on the same port of
// the IPv6 one: "localhost" means either to clients, and some try only the first.
func listenBoth(address string, server tls.Certificate) ([]net.Listener, error) {
	first, err := listenTLS(address, server)
	if err != nil {
		return nil, err
	}
	listeners := []net.Listener{first}
	if at, isTCP := first.Addr().(*net.TCPAddr); isTCP && at.IP.Equal(net.IPv4(127, 0, 0, 1)) {
		second, err := listenTLS(net.JoinHostPort("::1", strconv.Itoa(at.Port)), server)
		if err == nil {
			listeners = append(listeners, second)
		}
	}
	return listeners, nil
}

// listenMQTT listens on port 8883 beside a service on port 443.
func listenMQTT(address string, server tls.Certificate) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "443" {
		return nil, err
	}
	return listenBoth(net.JoinHostPort(host, "8883"), server)
}

func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	return l, nil
}
