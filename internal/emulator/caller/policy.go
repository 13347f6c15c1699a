// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"fmt"
	"maps"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Policy is a shared access policy of a service; its keys are in base64.
type Policy struct {
	Name        string
	Keys        [2]string
	Permissions []string
}

// Policies are those of one service.
type Policies []Policy

// With adds policies that are given by name, with their permissions, and gives keys of size bytes to all.
func (p Policies) With(more map[string][]string, random wire.Random, size int) Policies {
	for _, name := range slices.Sorted(maps.Keys(more)) {
		p = append(p, Policy{Name: name, Permissions: more[name]})
	}
	for i := range p {
		p[i].Keys = [2]string{random.Key(size), random.Key(size)}
	}
	return p
}

// Find finds a policy by its name, in the case given.
func (p Policies) Find(name string) (policy Policy, found bool) {
	for _, policy := range p {
		if policy.Name == name {
			return policy, true
		}
	}
	return Policy{}, false
}

func (p Policies) keys(name string) (keys [2]string, found bool) {
	policy, found := p.Find(name)
	return policy.Keys, found
}

// ConnectionString is the service connection string of a policy.
func (f *Front) ConnectionString(policy string) (text string, found bool) {
	p, found := f.Policies.Find(policy)
	if !found {
		return "", false
	}
	return fmt.Sprintf("HostName=%s;SharedAccessKeyName=%s;SharedAccessKey=%s", f.Host(), policy, p.Keys[0]), true
}
