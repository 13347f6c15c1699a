// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// queryEntries answers a query whose text is not evaluated: the service returns every
// entry for any text (recorded with "*", "SELECT *", "" and a broken one).
func (d *Service) queryEntries(r serviceRequest) (*wire.Reply, *wire.Problem) {
	var specification struct{ Query *string }
	if err := json.Unmarshal(r.Content, &specification); err != nil || specification.Query == nil {
		return nil, invalid("The request body is not a valid QuerySpecification object.")
	}
	return page(d, r, d.entries[r.kind], func(*entry) bool { return true }, func(e *entry) any { return e.view(false) })
}

// page answers one page. The continuation is present only when more is there.
func page[T any](
	d *Service, r serviceRequest, c *collection[T], keep func(T) bool, view func(T) any,
) (*wire.Reply, *wire.Problem) {
	size := d.pageSize
	if text := r.Header.Get(wire.HeaderMaxItemCount); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, invalid("x-ms-max-item-count must be a positive number.")
		}
		size = min(size, n)
	}
	after, err := readContinuation(r.Header.Get(wire.HeaderContinuation), r.kind)
	if err != nil {
		return nil, invalid("The continuation token is not valid.")
	}
	values, next := c.page(after, size, keep)
	items := make([]any, 0, len(values))
	for _, v := range values {
		items = append(items, view(v))
	}
	reply := wire.OK(items)
	reply.Header.Set(wire.HeaderItemType, r.kind.itemType())
	reply.Header.Set("X-Content-Type-Options", "nosniff")
	if next != 0 {
		reply.Header.Set(wire.HeaderContinuation, writeContinuation(next, r.kind))
	}
	return reply, nil
}

// continuation has the looks of the real one, base64 of a JSON text, and is opaque.
type continuation struct {
	Token string `json:"token"`
	Range struct {
		Min string `json:"min"`
		Max string `json:"max"`
	} `json:"range"`
}

const continuationFormat = "+RID:~%s#RT:%d"

func writeContinuation(after uint64, k kind) string {
	c := continuation{Token: fmt.Sprintf(continuationFormat, k.itemType(), after)}
	c.Range.Max = "FF"
	return wire.Continuation(c)
}

func readContinuation(token string, k kind) (after uint64, err error) {
	if token == "" {
		return 0, nil
	}
	var c continuation
	if err := wire.ReadContinuation(token, &c); err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(c.Token, "+RID:~"+k.itemType()+"#RT:%d", &after)
	return after, err
}
