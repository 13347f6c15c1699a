// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// Only a block that held when it was last looked at, with everything read, is settled.
func TestSettled_isWhatHeldWithEverythingRead(t *testing.T) {
	t.Parallel()
	north := deprovision.IdentityID{Host: "north", DeviceID: "device"}
	south := deprovision.IdentityID{Host: "south", DeviceID: "device"}
	for name, change := range map[string]func(m *memory, b *deprovision.Block, w *wanted){
		"":                      func(*memory, *deprovision.Block, *wanted) {},
		"nothing seen":          func(m *memory, _ *deprovision.Block, _ *wanted) { m.Seen = nil },
		"no entry seen":         func(m *memory, _ *deprovision.Block, _ *wanted) { m.Seen.ETag = "" },
		"entry deleted":         func(_ *memory, b *deprovision.Block, _ *wanted) { b.State.Enrollment = deprovision.Absent },
		"assignment in flight":  func(m *memory, _ *deprovision.Block, _ *wanted) { m.Shut = false },
		"whereabouts not known": func(m *memory, _ *deprovision.Block, _ *wanted) { m.Placed = false },
		"unfinished":            func(m *memory, _ *deprovision.Block, _ *wanted) { m.Unfinished = true },
		"came back":             func(m *memory, _ *deprovision.Block, _ *wanted) { m.CameBack = true },
		"restored":              func(_ *memory, _ *deprovision.Block, w *wanted) { w.Restore = true },
		"not blocked":           func(_ *memory, b *deprovision.Block, _ *wanted) { b.Access = deprovision.Allowed },
		"entry enabled": func(_ *memory, b *deprovision.Block, _ *wanted) {
			b.State.Enrollment = deprovision.Enabled
		},
		"identity not in memory": func(m *memory, _ *deprovision.Block, _ *wanted) { delete(m.Identities, north.String()) },
		"identity not in state":  func(_ *memory, b *deprovision.Block, _ *wanted) { delete(b.State.Identities, south) },
		"another identity": func(m *memory, _ *deprovision.Block, _ *wanted) {
			delete(m.Identities, north.String())
			m.Identities["west/device"] = identityMemory{ETag: "1"}
		},
		"identity without an ETag": func(m *memory, _ *deprovision.Block, _ *wanted) {
			m.Identities[north.String()] = identityMemory{}
		},
		"absent identity with an ETag": func(m *memory, _ *deprovision.Block, _ *wanted) {
			m.Identities[south.String()] = identityMemory{ETag: "1"}
		},
	} {
		m := memory{Shut: true, Placed: true, Seen: &facts.Seen{ETag: "1"}, Identities: map[string]identityMemory{
			north.String(): {ETag: "1"}, south.String(): {},
		}}
		b := deprovision.Block{Access: deprovision.Blocked, State: deprovision.State{
			Enrollment: deprovision.Disabled, Identities: map[deprovision.IdentityID]deprovision.Status{
				north: deprovision.Disabled, south: deprovision.Absent,
			},
		}}
		w := wanted{}
		change(&m, &b, &w)
		if settled := m.settled(b, w); settled != (name == "") {
			t.Errorf("%q: settled %t", name, settled)
		}
	}
}

// An assignment that is in flight may end after the entry was disabled, which moves no ETag.
func TestAfter_remembersAnAssignmentInFlight(t *testing.T) {
	t.Parallel()
	for status, shut := range map[string]bool{azdps.RegistrationAssigning: false, azdps.RegistrationAssigned: true} {
		m := memory{}.after(facts.Evidence{Record: &azdps.Registration{Status: status}},
			deprovision.Evidence{Enrollment: deprovision.Disabled})
		if m.Shut != shut {
			t.Errorf("%s: shut %t", status, m.Shut)
		}
	}
}
