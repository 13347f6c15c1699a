// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package caller

import (
	"net/http"
	"slices"
	"strings"
)

// Mode is the way in which a service-side caller is recognised.
type Mode string

// The modes.
const (
	SAS   Mode = "sas"
	Entra Mode = "entra"
)

// Caller is who makes a service-side request and what it may do. In mode SAS the permissions are a policy's, in mode
// Entra patterns of data actions without the service's prefix ("devices/read", "*/read", "*").
type Caller struct {
	Mode        Mode
	Principal   string
	permissions map[string]bool
}

// May says whether the caller holds a permission (sas) or a data action (entra).
func (c Caller) May(permission string) bool {
	if c.permissions[permission] || c.Mode != Entra {
		return c.permissions[permission]
	}
	for pattern := range c.permissions {
		if matchesAction(pattern, permission) {
			return true
		}
	}
	return false
}

// Allowed says whether the caller may make a call: by the permission in mode SAS, by all
// of the data actions in mode Entra.
func (c Caller) Allowed(permission string, actions []string) bool {
	if c.Mode != Entra {
		return c.May(permission)
	}
	return !slices.ContainsFunc(actions, func(action string) bool { return !c.May(action) })
}

// New is a caller to whom the permissions are granted.
func New(mode Mode, principal string, granted ...string) Caller {
	c := Caller{Mode: mode, Principal: principal, permissions: make(map[string]bool, len(granted))}
	for _, g := range granted {
		c.permissions[g] = true
	}
	return c
}

// matchesAction compares a data action with a pattern whose star stands for any text.
func matchesAction(pattern, action string) bool {
	before, after, star := strings.Cut(strings.ToLower(pattern), "*")
	action = strings.ToLower(action)
	if !star {
		return before == action
	}
	return len(action) >= len(before)+len(after) &&
		strings.HasPrefix(action, before) && strings.HasSuffix(action, after)
}

// Recognise finds out who makes a service-side request of a host: a token signed with a
// policy's key, or a bearer token of the issuer.
func (t *Issuer) Recognise(r *http.Request, host string, service Service, policies Policies) (Caller, bool) {
	header := r.Header.Get("Authorization")
	if token, found := strings.CutPrefix(header, "Bearer "); found {
		return t.recognise(token, service)
	}
	name, err := VerifySAS(header, host+r.URL.Path, policies.keys, t.now())
	if err != nil {
		return Caller{}, false
	}
	policy, found := policies.Find(name)
	return New(SAS, name, policy.Permissions...), found
}
