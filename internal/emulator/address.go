// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"
)

// loopback is where an emulator listens that was told nothing else.
const loopback = "127.0.0.1"

// isLoopback tells whether only this machine reaches a host.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address completes an address to HOST:PORT. Without a host it is that of the options, without a port any free one.
// What other machines could reach is refused unless the options say that they may.
func (o Options) address(given string) (string, error) {
	host, port, err := net.SplitHostPort(cmp.Or(given, ":0"))
	if err != nil {
		return "", fmt.Errorf("the address %q is not HOST:PORT: %w", given, err)
	}
	host = cmp.Or(host, o.Listen)
	if !isLoopback(host) && isLoopback(o.Listen) {
		return "", fmt.Errorf(
			"the address %q is not on the loopback interface; the emulator serves nobody else unless it is told to listen there",
			given)
	}
	return net.JoinHostPort(host, port), nil
}

// addresses are where the services listen: the provisioning service, the hubs, and the authority at last.
func (o Options) addresses() ([]string, error) {
	given := []string{o.DPSAddr}
	for i, h := range o.Hubs {
		sameName := func(other HubOptions) bool { return strings.EqualFold(other.Name, h.Name) }
		if h.Name == "" || slices.ContainsFunc(o.Hubs[:i], sameName) {
			return nil, fmt.Errorf("the hub name %q is empty or given twice", h.Name)
		}
		given = append(given, h.Addr)
	}
	given = append(given, o.AuthorityAddr)
	for i := range given {
		address, err := o.address(given[i])
		if err != nil {
			return nil, err
		}
		given[i] = address
	}
	return given, nil
}

// publicAddress is where clients find a listener: under the public host, if there is one; one that listens everywhere
// is found here.
func publicAddress(at net.Addr, public string) string {
	host, port, _ := net.SplitHostPort(at.String())
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = loopback
	}
	return net.JoinHostPort(cmp.Or(public, host), port)
}

// certified are the names and addresses of the server certificate besides those that are listened on.
func (o Options) certified() []string {
	if o.PublicHost == "" {
		return o.ServerNames
	}
	return append([]string{o.PublicHost}, o.ServerNames...)
}

// answersTo tells whether the admin listener answers a request to a host name: a page in a browser must not reach it
// through a name of its own.
func (o Options) answersTo(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	named := slices.ContainsFunc(o.certified(), func(name string) bool { return strings.EqualFold(name, host) })
	return isLoopback(host) || named || !isLoopback(o.Listen) && net.ParseIP(host) != nil
}
