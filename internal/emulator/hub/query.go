// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"errors"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/query"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxQueryPage is the service's largest page; larger wishes are cut down, because the Azure CLI asks for 1000.
const maxQueryPage = 100

// queryCursor is what a continuation token holds: where the page ended.
type queryCursor struct {
	Query    uint64 `json:"q"`
	DeviceID string `json:"d"`
	ModuleID string `json:"m,omitempty"`
	Returned int    `json:"n"`
}

type queryRequest struct {
	Query string `json:"query"`
}

// queryDevices answers POST /devices/query.
func (h *Hub) queryDevices(q *call, body *queryRequest) (*wire.Reply, *wire.Problem) {
	parsed, err := query.Parse(body.Query)
	if err != nil {
		return nil, queryProblem(err)
	}
	cursor, p := readCursor(q.Header.Get(wire.HeaderContinuation), body.Query)
	if p != nil {
		return nil, p
	}
	page := h.pageSize
	if n, err := strconv.Atoi(q.Header.Get(wire.HeaderMaxItemCount)); err == nil && n > 0 {
		page = min(page, n)
	}
	s := &queryScan{h: h, query: parsed, cursor: cursor, page: page, attributes: q.attributes}
	return s.run(), nil
}

// headerDetail is for people: only the emulator has it.
const headerDetail = "X-Emulator-Detail"

// queryProblem words a refused query as the service does, and tells the reader of the answer's headers more.
func queryProblem(err error) *wire.Problem {
	p := problemf(codeArgumentInvalid, "BadRequest")
	var unsupported *query.UnsupportedError
	if errors.As(err, &unsupported) {
		p = problemf(codeNotModelled, "The emulator's query language: %s", err)
	}
	p.Header = http.Header{headerDetail: {err.Error()}}
	return p
}

func hashQuery(text string) uint64 {
	f := fnv.New64a()
	_, _ = f.Write([]byte(text))
	return f.Sum64()
}

// readCursor opens a continuation token, which is good for the query that made it only.
func readCursor(token, text string) (queryCursor, *wire.Problem) {
	cursor := queryCursor{Query: hashQuery(text)}
	if token == "" {
		return cursor, nil
	}
	var given queryCursor
	if wire.ReadContinuation(token, &given) != nil || given.Query != cursor.Query {
		return cursor, problemf(codeArgumentInvalid, "The continuation token is invalid")
	}
	return given, nil
}

// queryScan is one page of a query being made.
type queryScan struct {
	h          *Hub
	query      *query.Query
	cursor     queryCursor
	page       int
	attributes bool

	start  queryCursor
	rows   []any
	groups *query.Groups // nil where rows are records
	full   bool
}

// run looks at every record behind the cursor, in the order of IDs.
func (s *queryScan) run() *wire.Reply {
	s.rows, s.start = []any{}, s.cursor
	if s.query.Aggregated() {
		s.groups = s.query.Groups()
	}
	for d := range s.devices() {
		if s.full {
			break
		}
		if s.query.Source == query.Modules {
			s.modules(d)
		} else if d.id > s.start.DeviceID {
			s.see(d, nil)
		}
	}
	if s.groups != nil {
		s.group()
	}
	reply := wire.OK(s.rows)
	reply.Header.Set(wire.HeaderItemType, "Raw")
	if s.query.All() {
		reply.Header.Set(wire.HeaderItemType, "Twin")
	}
	if s.full && (s.query.Top == 0 || s.cursor.Returned < s.query.Top) {
		reply.Header.Set(wire.HeaderContinuation, wire.Continuation(s.cursor))
	}
	return reply
}

func (s *queryScan) modules(d *device) {
	for _, id := range slices.Sorted(maps.Keys(d.modules)) {
		if s.full || d.id < s.start.DeviceID || d.id == s.start.DeviceID && id <= s.start.ModuleID {
			continue
		}
		s.see(d, d.modules[id])
	}
}

// see adds a matching record to the page: the twin of a module, or of the device where m is
// nil. A record beyond a full page only shows that there is more.
func (s *queryScan) see(d *device, m *module) {
	r := twinRecord{&s.h.choices, d, m, s.attributes}
	switch {
	case !s.query.Matches(r):
		return
	case s.groups != nil:
		s.groups.Add(r)
		return
	case len(s.rows) == s.page, s.query.Top > 0 && s.cursor.Returned == s.query.Top:
		s.full = true
		return
	case s.query.All():
		s.rows = append(s.rows, r.whole())
	default:
		s.rows = append(s.rows, s.project(r))
	}
	s.cursor.Returned++
	s.cursor.DeviceID, s.cursor.ModuleID = d.id, ""
	if m != nil {
		s.cursor.ModuleID = m.id
	}
}

// group makes one page of all groups.
func (s *queryScan) group() {
	for _, values := range s.groups.Rows() {
		if s.query.Top > 0 && len(s.rows) == s.query.Top {
			return
		}
		row := newBuilder(nil)
		for _, v := range values {
			row.set(field{name: v.Name, value: v.Value})
		}
		s.rows = append(s.rows, row.tree)
	}
}

// project keeps the selected fields that exist.
func (s *queryScan) project(r twinRecord) tree {
	row := newBuilder(nil)
	for _, c := range s.query.Columns {
		if v, ok := r.Lookup(c.Path); ok {
			row.set(field{name: c.Name, value: v})
		}
	}
	return row.tree
}
