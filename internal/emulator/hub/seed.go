// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Seed is what a hub starts with, and what it can be written down as: everything that it remembers but connections and
// what is under way over them.
type Seed struct {
	// Name and Policies are those that a hub is made with; Reset leaves them.
	Name     string                  `json:"name"`
	Policies map[string]wire.KeyPair `json:"policies,omitempty"`
	Devices  []SeedDevice            `json:"devices,omitempty"`
}

// SeedDevice is a device as a PUT has it, with its twin and its modules. What a hub gives an identity, such as a
// generation ID, is kept where it is given.
type SeedDevice struct {
	identityRequest
	seedIdentity
	StatusUpdatedTime string       `json:"statusUpdatedTime"`
	Modules           []SeedModule `json:"modules"`
}

// SeedModule is a module of a device.
type SeedModule struct {
	identityRequest
	seedIdentity
}

// seedIdentity is what a hub gives an identity.
type seedIdentity struct {
	GenerationID     string   `json:"generationId"`
	ETag             string   `json:"etag"`
	LastActivityTime string   `json:"lastActivityTime"`
	Twin             seedTwin `json:"twin"`
}

type seedTwin struct {
	ETag       string `json:"etag"`
	Version    int64  `json:"version"`
	Tags       part   `json:"tags"`
	Properties struct {
		Desired  part `json:"desired"`
		Reported part `json:"reported"`
	} `json:"properties"`
}

// MarshalJSON writes the members that say something, in the order of the wire.
func (d SeedDevice) MarshalJSON() ([]byte, error) {
	o := own{}
	o.add("deviceId", d.DeviceID, true)
	o.add("status", d.Status, d.Status != nil)
	o.add("statusReason", d.StatusReason, d.StatusReason != nil)
	o.add("statusUpdatedTime", d.StatusUpdatedTime, d.StatusUpdatedTime != "")
	d.addTo(&o, &d.identityRequest)
	o.add("capabilities", d.Capabilities, d.Capabilities != nil)
	o.add("deviceScope", d.DeviceScope, d.DeviceScope != nil)
	o.add("parentScopes", d.ParentScopes, d.ParentScopes != nil)
	o.add("modules", d.Modules, len(d.Modules) > 0)
	return o.MarshalJSON()
}

// MarshalJSON writes the members that say something.
func (m SeedModule) MarshalJSON() ([]byte, error) {
	o := own{}
	o.add("moduleId", m.ModuleID, true)
	o.add("managedBy", m.ManagedBy, m.ManagedBy != nil)
	m.addTo(&o, &m.identityRequest)
	return o.MarshalJSON()
}

func (s *seedIdentity) addTo(o *own, r *identityRequest) {
	o.add("generationId", s.GenerationID, s.GenerationID != "")
	o.add("etag", s.ETag, s.ETag != "")
	o.add("lastActivityTime", s.LastActivityTime, s.LastActivityTime != "")
	o.add("attributes", r.Attributes.values, r.Attributes.given)
	o.add("authentication", r.Authentication, r.Authentication != nil)
	o.add("twin", s.Twin, true)
}

// MarshalJSON writes the twin.
func (t seedTwin) MarshalJSON() ([]byte, error) {
	o := own{}
	o.add("etag", t.ETag, t.ETag != "")
	o.add("version", t.Version, t.Version > 0)
	o.add("tags", t.Tags.values, len(t.Tags.values) > 0)
	o.add("properties", own{
		{name: "desired", value: t.Properties.Desired.values}, {name: "reported", value: t.Properties.Reported.values},
	}, true)
	return o.MarshalJSON()
}

// Dump writes down what the hub remembers.
func (h *Hub) Dump() Seed {
	h.mu.RLock()
	defer h.mu.RUnlock()
	s := Seed{Name: h.name, Policies: map[string]wire.KeyPair{}}
	for _, p := range h.front.Policies {
		s.Policies[p.Name] = wire.KeyPair{Primary: p.Keys[0], Secondary: p.Keys[1]}
	}
	for _, id := range h.ids {
		s.Devices = append(s.Devices, h.devices[id].seed())
	}
	return s
}

func (d *device) seed() SeedDevice {
	status := d.status()
	s := SeedDevice{seedIdentity: d.identity.seed(), StatusUpdatedTime: timeText(d.statusUpdated)}
	s.identityRequest = identityRequest{
		DeviceID: &d.id, Status: &status, StatusReason: d.statusReason, Authentication: d.auth.wire(),
		Attributes: part{values: d.attributes, given: d.attributes != nil},
	}
	if d.edge {
		s.Capabilities = &capabilitiesBody{IotEdge: true}
	}
	// The device may change while what is made here is being written.
	scope, parents := d.scope, d.parents
	if scope != "" {
		s.DeviceScope = &scope
	}
	if len(parents) > 0 {
		s.ParentScopes = &parents
	}
	for _, id := range slices.Sorted(maps.Keys(d.modules)) {
		m := d.modules[id]
		module := SeedModule{seedIdentity: m.seed()}
		module.identityRequest = identityRequest{
			ModuleID: &m.id, ManagedBy: m.managedBy, Authentication: m.auth.wire(),
			Attributes: part{values: m.attributes, given: m.attributes != nil},
		}
		s.Modules = append(s.Modules, module)
	}
	return s
}

func (i *identity) seed() seedIdentity {
	s := seedIdentity{
		GenerationID: strconv.FormatInt(i.generation, 10), ETag: i.etag(), LastActivityTime: timeText(i.lastActivity),
	}
	s.Twin = seedTwin{ETag: i.twin.etag(), Version: i.twin.version}
	s.Twin.Tags = part{values: i.twin.tags, given: true}
	s.Twin.Properties.Desired = part{values: i.twin.desired.seed(), given: true}
	s.Twin.Properties.Reported = part{values: i.twin.reported.seed(), given: true}
	return s
}

// seed has $metadata and $version among its values.
func (s section) seed() tree {
	version := strconv.FormatInt(s.version, 10)
	return append(slices.Clone(s.values), field{name: "$metadata", value: metadata{s.values, s.at}},
		field{name: "$version", value: jsonNumber(version)})
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return wire.Time(t)
}

// seedError says which device or module is wrong, and why.
type seedError struct{ member, problem string }

// Reset forgets everything and remembers what the seed says, or changes nothing and says where the seed is wrong.
func (h *Hub) Reset(s Seed) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := registry{minter: h.minter, choices: h.choices, devices: map[string]*device{}, scopes: map[string]string{}}
	for i := range s.Devices {
		if wrong := next.plant(&s.Devices[i]); wrong != nil {
			at := fmt.Sprintf("devices[%d]", i)
			return &wire.MemberError{Path: wire.Below(at, wrong.member), Problem: wrong.problem}
		}
	}
	for _, id := range slices.Backward(slices.Clone(h.ids)) {
		h.drop(h.devices[id])
	}
	h.devices, h.ids, h.scopes, h.ghosts = next.devices, slices.Sorted(maps.Keys(next.devices)), next.scopes, nil
	h.minter = next.minter
	return nil
}

// plant makes a device without the questions that a PUT asks about its place, which the devices around it answer.
func (h *registry) plant(s *SeedDevice) *seedError {
	id := textOf(s.DeviceID)
	disabled, p := readStatus(s.Status)
	switch {
	case !validID(id):
		return &seedError{"deviceId", "the ID is not valid"}
	case h.devices[id] != nil:
		return &seedError{"deviceId", id + " is there twice"}
	case p != nil:
		return &seedError{"status", "expected enabled or disabled"}
	}
	i, wrong := h.plantIdentity(&s.identityRequest, &s.seedIdentity, false)
	if wrong != nil {
		return wrong
	}
	d := &device{identity: i, id: id, disabled: disabled, statusReason: s.StatusReason}
	if wrong := readTime(s.StatusUpdatedTime, &d.statusUpdated, "statusUpdatedTime"); wrong != nil {
		return wrong
	}
	h.devices[id] = d
	h.settlePlanted(d, s)
	for n := range s.Modules {
		if wrong := h.plantModule(d, &s.Modules[n]); wrong != nil {
			wrong.member = wire.Below(fmt.Sprintf("modules[%d]", n), wrong.member)
			return wrong
		}
	}
	return nil
}

// settlePlanted puts a device where the seed says; an edge device without a scope gets one.
func (h *registry) settlePlanted(d *device, s *SeedDevice) {
	asked := scopingOf(&s.identityRequest)
	scope, parents := asked.scope, asked.parents
	switch {
	case asked.edge && scope == "":
		scope = scopePrefix + d.id + "-" + strconv.FormatInt(d.generation, 10)
	case !asked.edge && scope != "" && parents == nil:
		parents = []string{scope}
	}
	h.settle(d, asked.edge, scope, parents)
}

func (h *registry) plantModule(d *device, s *SeedModule) *seedError {
	id := textOf(s.ModuleID)
	system := d.edge && slices.Contains(systemModules(), id)
	if !validID(id) || strings.HasPrefix(id, "$") && !system {
		return &seedError{"moduleId", "the ID is not valid"}
	}
	if d.modules[id] != nil && !system {
		return &seedError{"moduleId", id + " is there twice"}
	}
	i, wrong := h.plantIdentity(&s.identityRequest, &s.seedIdentity, true)
	if wrong != nil {
		return wrong
	}
	if d.modules == nil {
		d.modules = map[string]*module{}
	}
	d.modules[id] = &module{identity: i, id: id, managedBy: s.ManagedBy}
	return nil
}

// plantIdentity is the identity as the seed says, without a time of birth: it is in the index of queries already.
func (h *registry) plantIdentity(r *identityRequest, s *seedIdentity, isModule bool) (i identity, wrong *seedError) {
	auth, p := h.readAuthentication(r.Authentication, isModule)
	if a := r.Authentication; isModule && a != nil && textOf(a.Type) == authNone {
		auth, p = authentication{kind: authNone}, nil
	}
	if p != nil {
		return i, &seedError{"authentication", p.Text}
	}
	if p := checkTree(r.Attributes.values, "attributes", tagLimit); p != nil {
		return i, &seedError{"attributes", p.Text}
	}
	i = h.newIdentity(auth, h.now())
	if isModule {
		i = h.newModuleIdentity(auth)
	}
	i.created, i.attributes = time.Time{}, r.Attributes.values
	if s.GenerationID != "" {
		n, err := strconv.ParseInt(s.GenerationID, 10, 64)
		if err != nil {
			return i, &seedError{"generationId", "expected a whole number as text"}
		}
		i.generation, h.lastTicks = n, max(h.lastTicks, n)
	}
	if s.ETag != "" {
		raw, _ := base64.StdEncoding.DecodeString(s.ETag)
		n, err := strconv.ParseUint(string(raw), 10, 64)
		if err != nil {
			return i, &seedError{"etag", "this is none of a hub"}
		}
		i.counter = n
	}
	if wrong := readTime(s.LastActivityTime, &i.lastActivity, "lastActivityTime"); wrong != nil {
		return i, wrong
	}
	i.twin, wrong = h.plantTwin(i.twin, &s.Twin)
	if wrong != nil {
		wrong.member = wire.Below("twin", wrong.member)
	}
	return i, wrong
}

func (h *registry) plantTwin(fresh twin, s *seedTwin) (twin, *seedError) {
	t := fresh
	if s.ETag != "" {
		raw, _ := base64.StdEncoding.DecodeString(s.ETag)
		if len(raw) != 8 {
			return t, &seedError{"etag", "this is none of a twin"}
		}
		t.counter = binary.BigEndian.Uint64(raw)
	}
	if s.Version > 0 {
		t.version = s.Version
	}
	t.tags = tree(nil).merge(s.Tags.values, stamp{})
	if p := checkTree(t.tags, "tags", tagLimit); p != nil {
		return t, &seedError{"tags", p.Text}
	}
	for name, into := range map[string]struct {
		given part
		to    *section
	}{"desired": {s.Properties.Desired, &t.desired}, "reported": {s.Properties.Reported, &t.reported}} {
		if !into.given.given {
			continue
		}
		planted, problem := into.to.planted(into.given.values)
		if problem == "" {
			if p := checkTree(planted.values, name+" properties", propertyLimit); p != nil {
				problem = p.Text
			}
		}
		if problem != "" {
			return t, &seedError{"properties." + name, problem}
		}
		*into.to = planted
	}
	return t, nil
}

func readTime(text string, to *time.Time, member string) *seedError {
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return &seedError{member, "expected a moment such as 2026-01-31T12:00:00Z"}
	}
	*to = at
	return nil
}
