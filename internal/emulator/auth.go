// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// The ways in which a service-side caller can be recognised.
const (
	modeSAS   = "sas"
	modeEntra = "entra"
)

// caller is who makes a service-side request and what it may do. In mode "sas" the
// permissions are a policy's, in mode "entra" patterns of data actions without the
// service's prefix ("devices/read", "*/read", "*").
type caller struct {
	mode        string
	principal   string
	permissions map[string]bool
}

// may says whether the caller holds a permission (sas) or a data action (entra).
func (c caller) may(permission string) bool {
	if c.permissions[permission] || c.mode != modeEntra {
		return c.permissions[permission]
	}
	for pattern := range c.permissions {
		if matchesAction(pattern, permission) {
			return true
		}
	}
	return false
}

func newCaller(mode, principal string, granted []string) caller {
	c := caller{mode: mode, principal: principal, permissions: make(map[string]bool, len(granted))}
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

// sasPolicy is a shared access policy of the provisioning service.
type sasPolicy struct {
	name               string
	primary, secondary string
	permissions        []string
}

// newDPSPolicies makes the default policy with all permissions, and one policy per
// permission so that tests can show what a missing one does.
func newDPSPolicies(random wire.Random) []sasPolicy {
	all := []string{
		permissionServiceConfig, permissionEnrollmentRead, permissionEnrollmentWrite,
		permissionRegistrationRead, permissionRegistrationWrite,
	}
	policies := []sasPolicy{{name: "provisioningserviceowner", permissions: all}}
	for _, p := range all {
		name := strings.ToLower(strings.Replace(p, "Status", "", 1))
		policies = append(policies, sasPolicy{name: name, permissions: []string{p}})
	}
	for i := range policies {
		policies[i].primary, policies[i].secondary = random.Key(64), random.Key(64)
	}
	return policies
}

// policyKeys is how a service tells the keys and permissions of a policy.
type policyKeys func(name string) (primary, secondary string, permissions []string, ok bool)

func (d *dps) policyKeys(name string) (primary, secondary string, permissions []string, ok bool) {
	for _, p := range d.policies {
		if p.name == name {
			return p.primary, p.secondary, p.permissions, true
		}
	}
	return "", "", nil, false
}

// recognise finds out who makes a service-side request: a token signed with a policy's
// key, or a bearer token of the emulator's own token endpoint.
func (e *Emulator) recognise(r *http.Request, host string, service service, keys policyKeys) (caller, bool) {
	header := r.Header.Get("Authorization")
	if token, found := strings.CutPrefix(header, "Bearer "); found {
		return e.tokens.recognise(token, service)
	}
	return recogniseSAS(header, host+r.URL.Path, keys, e.now())
}

func recogniseSAS(header, resource string, keys policyKeys, now time.Time) (caller, bool) {
	var granted []string
	name, err := verifySAS(header, resource, func(name string) (primary, secondary string, ok bool) {
		primary, secondary, granted, ok = keys(name)
		return primary, secondary, ok
	}, now)
	if err != nil {
		return caller{}, false
	}
	return newCaller(modeSAS, name, granted), true
}
