// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Named is a resource whose objects differ in their names for the most part, of which validation says the same.
type Named interface {
	resource.Resource

	// Alone names the texts of a configuration that validation looks at one by one, with the validators that the schema
	// has for them, and compares with nothing else but for their lengths. Nil means none.
	Alone(config Attributes) []string
}

// Passed are the configurations of a resource type that validation has passed without a word, each without its names.
// Of a fleet there is one, or a few.
type Passed struct {
	attributes []string
	texts      map[string]schema.StringAttribute

	mu    sync.Mutex
	known map[Likeness]struct{}
}

// Likeness is all of a configuration but its names, of which it has the lengths.
type Likeness [sha256.Size]byte

// mostLikenesses bounds what is remembered of a fleet in which no object is like another.
const mostLikenesses = 1024

// NewPassed reads the schema of a resource. Nil is for one with blocks, which are no attributes.
func NewPassed(s schema.Schema) *Passed {
	if len(s.Blocks) > 0 {
		return nil
	}
	p := &Passed{
		attributes: slices.Sorted(maps.Keys(s.Attributes)), texts: map[string]schema.StringAttribute{},
		known: map[Likeness]struct{}{},
	}
	for name, attribute := range s.Attributes {
		if text, ok := attribute.(schema.StringAttribute); ok {
			p.texts[name] = text
		}
	}
	return p
}

// LikenessOf is the likeness of a configuration with these names; false when its names are not as their validators want
// them, or it has not just the attributes of the schema. The flags are what else validation depends on.
func (p *Passed) LikenessOf(ctx context.Context, config Attributes, names []string, flags ...bool) (Likeness, bool) {
	if len(names) == 0 || len(config) != len(p.attributes) {
		return Likeness{}, false
	}
	seen := make([]byte, 0, 1024)
	for _, flag := range flags {
		seen = append(seen, map[bool]byte{false: 'n', true: 'y'}[flag])
	}
	for _, name := range p.attributes {
		raw, there := config[name]
		if !there {
			return Likeness{}, false
		}
		seen = binary.AppendUvarint(seen, uint64(len(raw)))
		text, isText := config.Text(name)
		switch {
		case !isText || !slices.Contains(names, name):
			seen = append(append(seen, '='), raw...)
		case !p.valid(ctx, name, text):
			return Likeness{}, false
		default:
			seen = append(seen, '~')
		}
	}
	return sha256.Sum256(seen), true
}

// valid tells whether the validators of an attribute say nothing of a text.
func (p *Passed) valid(ctx context.Context, name, text string) bool {
	attribute, known := p.texts[name]
	if !known {
		return false
	}
	for _, check := range attribute.Validators {
		var resp validator.StringResponse
		check.ValidateString(ctx, validator.StringRequest{
			Path: path.Root(name), PathExpression: path.MatchRoot(name), ConfigValue: types.StringValue(text),
		}, &resp)
		if len(resp.Diagnostics) > 0 {
			return false
		}
	}
	return true
}

// Has tells whether a configuration of this likeness has passed.
func (p *Passed) Has(l Likeness) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.known[l]
	return known
}

// Add notes that a configuration of this likeness has passed.
func (p *Passed) Add(l Likeness) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) < mostLikenesses {
		p.known[l] = struct{}{}
	}
}
