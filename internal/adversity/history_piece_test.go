// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// piece is an object of the configuration, under its name in events.
type piece struct {
	*acctest.Object

	name, typeName string
	// wanted says that it is in the configuration; asked are its settings, beside those that it must have.
	wanted bool
	asked  map[string]any
	must   map[string]any
	// key is the object of a plain resource among the facts, and import its ID.
	key, imported string
	// was is what its block found, by the names of facts, as long as nobody else has changed it.
	was map[string]fact
}

// pieces are one object of each kind, and a second block, in the order of their dependencies.
func (s *stage) pieces(h *history) []*piece {
	north := h.Hostname("north")
	own := map[string]any{"x509": map[string]any{
		"client_certificates": map[string]any{"primary": h.own.Certificate.PEM()},
	}}
	plant := map[string]any{"x509": map[string]any{
		"signing_certificates": map[string]any{"primary": h.Intermediate.PEM()},
	}}
	all := []*piece{
		{
			name: "entry", typeName: individualType, key: "entry own", imported: "own",
			must: map[string]any{"registration_id": "own", "attestation": own},
		},
		{
			name: "group", typeName: groupType, key: "group plant", imported: "plant",
			must: map[string]any{"enrollment_group_id": "plant", "attestation": plant},
		},
		{
			name: "identity", typeName: identityType, key: "identity " + north + "/pump",
			imported: north + "/pump",
			must:     map[string]any{"device_id": "pump", "iothub_hostname": north},
		},
		{name: "block", typeName: disallowType, must: map[string]any{"registration_id": "dev"}},
		{name: "own-block", typeName: disallowType, must: map[string]any{"registration_id": "own"}},
		{name: "group-block", typeName: groupDisallowType, must: map[string]any{"enrollment_group_id": "plant"}},
	}
	for i, p := range all {
		p.Object, p.asked, p.was = s.objects[i], map[string]any{}, map[string]fact{}
		p.Forget()
	}
	return all
}

func (h *history) piece(name string) *piece {
	for _, p := range h.pieces {
		if p.name == name {
			return p
		}
	}
	h.fail("there is no object %q", name)
	return nil
}

// plain tells whether the piece is an object of a service, and no block.
func (p *piece) plain() bool { return p.key != "" }

func (p *piece) restoring() bool { return p.asked["desired_access"] == "restored" }

// config is what the configuration asks of a piece. Beside a block nobody writes an enabled status out, and a new block
// has nothing to restore.
func (h *history) config(p *piece) tftypes.Value {
	if !p.wanted {
		return p.Nothing()
	}
	if p.State.IsNull() {
		delete(p.asked, "desired_access")
	}
	block := blocks()[p.name]
	if block != "" && h.piece(block).holds() && p.asked["provisioning_status"] == "enabled" {
		delete(p.asked, "provisioning_status") // For good: no configuration changes by itself when the block is gone.
	}
	return p.Config(merged(p.must, p.asked))
}

// holds tells whether a block is there, or asked for.
func (p *piece) holds() bool { return p.wanted || !p.State.IsNull() }

// permission is what a plan says that its apply may enable and delete, by the beginnings of the names of facts.
type permission struct{ enable, remove []string }

func (p permission) enables(name string) bool { return begins(p.enable, name) }

// removes tells whether an object may be deleted: DPS deletes an entry with its record.
func (p permission) removes(name string) bool {
	return begins(p.remove, name) || begins(p.remove, strings.Replace(name, "record ", "entry ", 1))
}

func begins(beginnings []string, name string) bool {
	return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(name, b) })
}

// shown is what the plan of a piece shows to whoever reviews it.
func (h *history) shown(p *piece, planned acctest.Step, destroys, replaces bool) permission {
	if !p.plain() {
		return h.shownByEffects(p, planned)
	}
	var may permission
	if (destroys || replaces) && acctest.Text(p.State, "on_destroy") != "disable" {
		may.remove = append(may.remove, p.key)
		if acctest.Text(p.State, "delete_registrations_on_destroy") == "true" {
			may.remove = append(may.remove, "record ")
		}
	}
	status := "provisioning_status"
	if p.name == "identity" {
		status = "status"
	}
	if !destroys && acctest.Text(planned.Planned, status) == "enabled" && acctest.Text(p.State, status) != "enabled" {
		may.enable = append(may.enable, p.key)
	}
	return may
}

func (h *history) shownByEffects(p *piece, planned acctest.Step) permission {
	kinds := map[string]string{
		"dps_individual_enrollment": "entry ", "dps_enrollment_group": "group ", "iothub_device_identity": "identity ",
		"dps_registration": "record ",
	}
	var may permission
	for _, line := range planned.Effects() {
		fields := strings.Fields(line)
		if len(fields) < 4 { // Only the apply can tell: it deletes what the settings say.
			may.remove = append(may.remove, h.deletedBySetting(planned)...)
			continue
		}
		name := kinds[fields[0]] + fields[1]
		if p.name == "group-block" && fields[0] == "dps_registration" {
			name = "record " // Counted, and not named.
		}
		switch fields[3] {
		case "enable":
			may.enable = append(may.enable, name)
		case "delete":
			may.remove = append(may.remove, name)
		}
	}
	return may
}

func (h *history) deletedBySetting(planned acctest.Step) []string {
	var names []string
	for name, setting := range map[string]string{
		"identity ": "hub_identity_action delete", "entry ": "enrollment_action delete",
		"record ": "delete_registration true", "record": "delete_registrations true",
	} {
		attribute, value, _ := strings.Cut(setting, " ")
		if _, there := acctest.Attributes(planned.Planned)[attribute]; there &&
			acctest.Text(planned.Planned, attribute) == value {
			names = append(names, name)
		}
	}
	return names
}

// disown has blocks forget what they found of objects that somebody else has changed.
func (h *history) disown(before, after map[string]fact) {
	for _, name := range changed(before, after) {
		for _, p := range h.pieces {
			delete(p.was, name)
		}
	}
}

// foundAll notes what a new block found of what it blocks, and may restore.
func (h *history) foundAll(p *piece, before, after map[string]fact, may permission) {
	p.was = map[string]fact{}
	for _, name := range changed(before, after) {
		if h.blocksAlone(p, name) && !may.removes(name) && !h.makes(name, before) {
			p.was[name] = before[name]
		}
	}
}

// blocksAlone tells whether an object is one that this block blocks, and no other one: the identity of a device of a
// group may have two.
func (h *history) blocksAlone(p *piece, name string) bool {
	switch p.name {
	case "block":
		return strings.HasSuffix(name, "dev") && !h.piece("group-block").holds()
	case "own-block":
		return strings.HasSuffix(name, "own") && !h.piece("group-block").holds()
	default:
		return strings.HasPrefix(name, "group ") || !h.piece("block").holds() && !h.piece("own-block").holds()
	}
}

// makes tells whether an object was made by the piece that it is, in the apply that blocked it.
func (h *history) makes(name string, before map[string]fact) bool {
	return before[name].status == "" && slices.ContainsFunc(h.pieces, func(p *piece) bool {
		return p.key == name && p.holds()
	})
}
