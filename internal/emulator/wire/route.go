// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import "strings"

// Bucket names one sort of calls that a service limits separately; the empty one is not limited.
type Bucket string

// Of is the bucket of one device, where a service limits each by itself.
func (b Bucket) Of(id string) Bucket { return b + "/" + Bucket(strings.ToLower(id)) }

// Sort is the sort of calls, of all devices.
func (b Bucket) Sort() Bucket {
	sort, _, _ := strings.Cut(string(b), "/")
	return Bucket(sort)
}

// Route is one call that a service answers, and what it takes.
type Route[Run any] struct {
	// Method is empty where a path is known that answers none.
	Method string
	// Pattern is the path. A star is an ID; everything else has no case.
	Pattern string
	// Permission is what a shared access policy must have; none where devices prove themselves.
	Permission string
	// Actions are the data actions that a role must have, all of them.
	Actions []string
	Bucket  Bucket
	// MaxBody is the most that is read of a request; 0 means the service's usual limit.
	MaxBody int64
	Run     Run
}

// On makes a route of a call like "GET devices/*".
func On[Run any](call, permission string, bucket Bucket, run Run, actions ...string) Route[Run] {
	method, pattern, _ := strings.Cut(call, " ")
	return Route[Run]{
		Method: method, Pattern: pattern, Permission: permission, Actions: actions, Bucket: bucket, Run: run,
	}
}

// Reading gives the route a limit of its own.
func (r Route[Run]) Reading(most int64) Route[Run] {
	r.MaxBody = most
	return r
}

// Routes are those of one service. The first one that fits counts.
type Routes[Run any] []Route[Run]

// Find finds the route of a call and the IDs in its path. Without a route, known says that
// the path is answered to another method.
func (r Routes[Run]) Find(method string, segments []string) (route *Route[Run], ids []string, known bool) {
	for i := range r {
		ids, fits := Match(r[i].Pattern, segments)
		if fits && r[i].Method == method {
			return &r[i], ids, true
		}
		known = known || fits
	}
	return nil, nil, known
}

// Match compares a path with a pattern and gives the IDs, which are not empty.
func Match(pattern string, segments []string) (ids []string, fits bool) {
	if strings.Count(pattern, "/") != len(segments)-1 {
		return nil, false
	}
	for i, part := range strings.Split(pattern, "/") {
		switch {
		case part == "*" && segments[i] != "":
			ids = append(ids, segments[i])
		case part == "*", !strings.EqualFold(part, segments[i]):
			return nil, false
		}
	}
	return ids, true
}
