// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"cmp"
	"slices"
	"strings"
)

// store is all that a service remembers.
type store struct {
	entries [2]*collection[*entry]
	records *collection[*record]
	// operations holds the latest of each registration ID, by the lower-case ID.
	operations map[string]*operation
	// nonces holds the key of the latest TPM challenge of each registration ID, by the lower-case ID.
	nonces map[string]string
	etags  uint32
}

func newStore() store {
	return store{
		entries:    [2]*collection[*entry]{newCollection[*entry](), newCollection[*entry]()},
		records:    newCollection[*record](),
		operations: map[string]*operation{}, nonces: map[string]string{},
	}
}

// collection keeps values by an ID that is compared without case, and lists them in
// the order of their creation, which is stable while pages are being read.
type collection[T any] struct {
	byID  map[string]*item[T]
	order []*item[T]
	next  uint64
	gone  int
}

type item[T any] struct {
	sequence uint64
	value    T
	removed  bool
}

func newCollection[T any]() *collection[T] { return &collection[T]{byID: map[string]*item[T]{}} }

func (c *collection[T]) get(id string) (value T, found bool) {
	i, found := c.byID[strings.ToLower(id)]
	if !found {
		return value, false
	}
	return i.value, true
}

func (c *collection[T]) put(id string, value T) {
	key := strings.ToLower(id)
	if i, found := c.byID[key]; found {
		i.value = value
		return
	}
	c.next++
	i := &item[T]{sequence: c.next, value: value}
	c.byID[key] = i
	c.order = append(c.order, i)
}

// remove marks the place in the order; the order is rebuilt when half of it is gone.
func (c *collection[T]) remove(id string) {
	key := strings.ToLower(id)
	i, found := c.byID[key]
	if !found {
		return
	}
	delete(c.byID, key)
	i.removed = true
	if c.gone++; c.gone*2 > len(c.order) {
		c.order = slices.DeleteFunc(c.order, func(i *item[T]) bool { return i.removed })
		c.gone = 0
	}
}

// page gives up to n values after a place in the order. next is the place to go on from, 0 when nothing is left.
func (c *collection[T]) page(after uint64, n int, keep func(T) bool) (values []T, next uint64) {
	start, _ := slices.BinarySearchFunc(c.order, after+1, func(i *item[T], s uint64) int {
		return cmp.Compare(i.sequence, s)
	})
	last := after
	for _, i := range c.order[start:] {
		if i.removed || !keep(i.value) {
			continue
		}
		if len(values) == n {
			return values, last
		}
		values = append(values, i.value)
		last = i.sequence
	}
	return values, 0
}

// all walks the values in the order of their creation.
func (c *collection[T]) all(yield func(T) bool) {
	for _, i := range c.order {
		if !i.removed && !yield(i.value) {
			return
		}
	}
}
