// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package sas

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
)

// ConnectionString is a service connection string: a host and one of its shared access policies. The zero value
// signs nothing useful; make one with ParseConnectionString.
type ConnectionString struct {
	// HostName is the host as the string spells it, with a port when the string has one.
	HostName string
	// SharedAccessKeyName is the name of the shared access policy, such as "iothubowner".
	SharedAccessKeyName string

	key string // the decoded key; a string so that values can be compared
}

// String returns the connection string with its key left out.
func (c ConnectionString) String() string {
	return "HostName=" + c.HostName + ";SharedAccessKeyName=" + c.SharedAccessKeyName + ";SharedAccessKey=[redacted]"
}

// GoString returns what String returns, so that %#v shows no key either.
func (c ConnectionString) GoString() string { return c.String() }

// Format writes what String returns for every verb: a key must not be reachable by an unusual one.
func (c ConnectionString) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// The parts a connection string may have, in the spelling of messages.
const (
	partHostName = "HostName"
	partKeyName  = "SharedAccessKeyName"
	partKey      = "SharedAccessKey"
)

// ParseConnectionString reads "HostName=…;SharedAccessKeyName=…;SharedAccessKey=…". Order and the case of the names
// do not matter, and a trailing semicolon is allowed. The error says which part is at fault, and never repeats a
// value: a pasted key must not come back in a log.
func ParseConnectionString(s string) (ConnectionString, error) {
	if strings.TrimSpace(s) == "" {
		return ConnectionString{}, errors.New("the connection string is empty")
	}
	parts, err := splitParts(s)
	if err != nil {
		return ConnectionString{}, err
	}
	for _, name := range []string{partHostName, partKeyName, partKey} {
		if parts[name] == "" {
			return ConnectionString{}, fmt.Errorf("the connection string has no %s", name)
		}
	}
	if err := cloud.CheckHost(parts[partHostName]); err != nil {
		return ConnectionString{}, fmt.Errorf("the connection string's HostName is not usable: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(parts[partKey])
	if err != nil || len(key) == 0 {
		return ConnectionString{}, errors.New("the connection string's SharedAccessKey is not base64: was it cut off?")
	}
	return ConnectionString{
		HostName:            parts[partHostName],
		SharedAccessKeyName: parts[partKeyName],
		key:                 string(key),
	}, nil
}

func splitParts(s string) (map[string]string, error) {
	parts := map[string]string{}
	for i, part := range strings.Split(s, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, found := strings.Cut(part, "=")
		if !found {
			return nil, fmt.Errorf("part %d of the connection string is not of the form NAME=VALUE", i+1)
		}
		known, err := partName(strings.TrimSpace(name), i+1)
		if err != nil {
			return nil, err
		}
		if _, repeated := parts[known]; repeated {
			return nil, fmt.Errorf("the connection string has more than one %s", known)
		}
		parts[known] = strings.TrimSpace(value)
	}
	return parts, nil
}

// partName returns the canonical name of a part. An unknown name is not repeated in the error: whoever pastes a bare
// key gives "key=" a name that is the key.
func partName(name string, position int) (string, error) {
	for _, known := range []string{partHostName, partKeyName, partKey} {
		if strings.EqualFold(name, known) {
			return known, nil
		}
	}
	for _, device := range []string{"DeviceId", "ModuleId", "x509", "GatewayHostName"} {
		if strings.EqualFold(name, device) {
			return "", fmt.Errorf("the connection string has a %s: this is a device's connection string, "+
				"and a service's is needed (HostName, SharedAccessKeyName, SharedAccessKey)", device)
		}
	}
	for _, other := range []string{"Endpoint", "EntityPath"} {
		if strings.EqualFold(name, other) {
			return "", fmt.Errorf("the connection string has an %s: this is an Event Hubs connection string, "+
				"and a service's is needed (HostName, SharedAccessKeyName, SharedAccessKey)", other)
		}
	}
	if strings.EqualFold(name, "SharedAccessSignature") {
		return "", errors.New("the connection string has a SharedAccessSignature: " +
			"only strings with a key are supported")
	}
	return "", fmt.Errorf("part %d of the connection string has an unknown name "+
		"(known are HostName, SharedAccessKeyName, SharedAccessKey)", position)
}
