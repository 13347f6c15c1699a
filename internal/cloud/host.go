// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package cloud

import (
	"errors"
	"strconv"
	"strings"
)

// CheckHost says what is wrong with the form of a service's host name. It is bare: neither scheme nor path, with an
// optional port. The error does not repeat it: people paste connection strings where a host name belongs.
func CheckHost(host string) error {
	name, port, hasPort := cutPort(host)
	switch {
	case strings.TrimSpace(host) == "":
		return errors.New("it is empty")
	case strings.Contains(host, "://"):
		return errors.New("it has a scheme: give the host name alone")
	case strings.Contains(host, ";"):
		return errors.New("it is no host name but looks like a connection string: give the host name alone")
	case strings.ContainsAny(host, `/\?#`):
		return errors.New("it has a path: give the host name alone")
	case strings.Contains(host, "@"):
		return errors.New("it has user information: give the host name alone")
	case !isName(name) && !isIPv6(name):
		return errors.New("it is not a host name")
	case !hasPort:
		return nil
	}
	if port, err := strconv.ParseUint(port, 10, 16); err != nil || port == 0 {
		return errors.New("its port is not a number between 1 and 65535")
	}
	return nil
}

// cutPort cuts a host in two at the colon before its port. An IPv6 address has colons, in brackets.
func cutPort(host string) (name, port string, hasPort bool) {
	if end := strings.LastIndexByte(host, ']'); end >= 0 {
		port, hasPort = strings.CutPrefix(host[end+1:], ":")
		if !hasPort {
			return host, "", false
		}
		return host[:end+1], port, true
	}
	return strings.Cut(host, ":")
}

func isName(name string) bool {
	inside := func(r rune) bool { return isAlphanumeric(r) || r == '-' || r == '.' }
	return name != "" && strings.IndexFunc(name, func(r rune) bool { return !inside(r) }) < 0 &&
		isAlphanumeric(rune(name[0])) && isAlphanumeric(rune(name[len(name)-1]))
}

func isAlphanumeric(r rune) bool {
	return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

func isIPv6(name string) bool {
	address, opened := strings.CutPrefix(name, "[")
	address, closed := strings.CutSuffix(address, "]")
	return opened && closed && address != "" && strings.Trim(address, "0123456789ABCDEFabcdef:") == ""
}
