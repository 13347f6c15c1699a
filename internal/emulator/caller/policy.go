// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"fmt"
	"maps"
	"slices"
)

// Policy is a shared access policy of a service; its keys are in base64.
type Policy struct {
	Name        string
	Keys        [2]string
	Permissions []string
}

// Policies are those of one service.
type Policies []Policy

// With adds the setting's policies, and gives keys to all: the setting's own, or new ones of size bytes.
func (p Policies) With(s Setting, size int) Policies {
	for _, name := range slices.Sorted(maps.Keys(s.Policies)) {
		p = append(p, Policy{Name: name, Permissions: s.Policies[name]})
	}
	for i := range p {
		keys, fixed := [2]string{}, false
		if s.PolicyKeys != nil {
			keys, fixed = s.PolicyKeys(p[i].Name)
		}
		if !fixed {
			keys = [2]string{s.Random.Key(size), s.Random.Key(size)}
		}
		p[i].Keys = keys
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
