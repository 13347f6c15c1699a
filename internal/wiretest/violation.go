// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Violations says in what an exchange goes against the specification; nothing when it keeps to it. Both bodies are
// read. The texts name paths and members, and never a value.
func (s *Specification) Violations(request *http.Request, answer *http.Response) []string {
	op := s.find(request)
	if op == nil {
		return []string{fmt.Sprintf("%s %s is not declared", request.Method, request.URL.EscapedPath())}
	}
	if op.Unchecked {
		return nil
	}
	c := &checker{op: op}
	c.request(request)
	c.answer(answer)
	return c.found
}

// checker collects what is wrong with one exchange.
type checker struct {
	op    *operation
	where string // "request" or "answer 200"
	found []string
}

func (c *checker) add(member, format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf("%s: %s%s %s", c.op.name, c.where, member, fmt.Sprintf(format, args...)))
}

func (c *checker) request(r *http.Request) {
	c.where = "request"
	query := r.URL.Query()
	if query.Get("api-version") == "" {
		c.add("", "has no api-version")
	}
	for name := range query {
		if name != "api-version" && !slices.Contains(c.op.Query, name) {
			c.add("", "has the undeclared query parameter %s", name)
		}
	}
	// Only these headers mean something to the services.
	for _, name := range []string{"If-Match", "x-ms-max-item-count", "x-ms-continuation"} {
		if len(r.Header.Values(name)) > 0 && !slices.Contains(c.op.Headers, name) {
			c.add("", "has the undeclared header %s", name)
		}
	}
	c.body(r.Body, c.op.Request)
}

func (c *checker) answer(a *http.Response) {
	c.where = "answer " + strconv.Itoa(a.StatusCode)
	status := strconv.Itoa(a.StatusCode)
	if items := status + " " + a.Header.Get("x-ms-item-type"); c.op.Answers[items] != "" {
		status = items
	}
	kind, declared := c.op.Answers[status]
	if !declared && a.StatusCode >= 400 {
		status = "default"
		kind, declared = c.op.Answers[status]
	}
	if !declared {
		c.add("", "is not declared")
		return
	}
	for _, name := range c.op.AnswerHeaders[status] {
		if always := status == "default" || status == "202"; always && a.Header.Get(name) == "" {
			c.add("", "has no header %s", name)
		}
	}
	if a.Header.Get("x-ms-continuation") != "" && !slices.Contains(c.op.AnswerHeaders[status], "x-ms-continuation") {
		c.add("", "has the undeclared header x-ms-continuation")
	}
	c.body(a.Body, kind)
}

// body checks a whole body, which may be missing where the sender was refused before it was read.
func (c *checker) body(from io.Reader, kind string) {
	if from == nil {
		return
	}
	text, err := io.ReadAll(from)
	text = bytes.TrimSpace(text)
	switch {
	case err != nil:
		c.add("", "cannot be read: %v", err)
		return
	case len(text) == 0 && (kind == "" || c.where == "request"):
		return
	case kind == "":
		c.add("", "has a body, and none is declared")
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		c.add("", "is not JSON")
		return
	}
	c.value("", value, kind)
}

// value checks one value. The specifications call nothing nullable, and both services send nulls for most of what is
// unset, so that null is good wherever a member may be left out.
func (c *checker) value(at string, value any, kind string) {
	if alternatives := strings.Split(kind, " or "); len(alternatives) > 1 {
		c.oneOf(at, value, alternatives)
		return
	}
	if value == nil || kind == "any" {
		return
	}
	switch {
	case strings.HasPrefix(kind, "["):
		list, ok := value.([]any)
		if !ok {
			c.add(at, "is no list")
		}
		for _, element := range list {
			c.value(at+"[]", element, kind[1:len(kind)-1])
		}
	case strings.HasPrefix(kind, "{"):
		object, ok := value.(map[string]any)
		if !ok {
			c.add(at, "is no object")
		}
		for _, element := range object {
			c.value(at+".*", element, kind[1:len(kind)-1])
		}
	case strings.HasPrefix(kind, "= "):
		if text, ok := value.(string); !ok || !slices.Contains(strings.Fields(kind)[1:], text) {
			c.add(at, "is none of %s", strings.Join(strings.Fields(kind)[1:], ", "))
		}
	case c.op.types[kind] != nil:
		c.members(at, value, c.op.types[kind])
	default:
		if !isScalar(value, kind) {
			c.add(at, "is no %s", kind)
		}
	}
}

// oneOf accepts what one alternative accepts, and reports against the first.
func (c *checker) oneOf(at string, value any, alternatives []string) {
	var first []string
	for i, kind := range alternatives {
		try := &checker{op: c.op, where: c.where}
		try.value(at, value, kind)
		if len(try.found) == 0 {
			return
		}
		if i == 0 {
			first = try.found
		}
	}
	c.found = append(c.found, first...)
}

func (c *checker) members(at string, value any, declared map[string]string) {
	object, ok := value.(map[string]any)
	if !ok {
		c.add(at, "is no object")
		return
	}
	for name, member := range object {
		kind, known := declared[name]
		if !known {
			kind, known = declared[name+"!"]
		}
		if !known {
			kind, known = declared["*"]
		}
		if !known {
			c.add(at+"."+name, "is not declared")
			continue
		}
		c.value(at+"."+name, member, kind)
	}
	for name := range declared {
		if bare, required := strings.CutSuffix(name, "!"); required && object[bare] == nil {
			c.add(at+"."+bare, "is missing")
		}
	}
}

func isScalar(value any, kind string) bool {
	text, isText := value.(string)
	switch kind {
	case "string":
		return isText
	case "time":
		_, err := time.Parse(time.RFC3339Nano, text)
		return isText && err == nil && strings.HasSuffix(text, "Z")
	case "localTime":
		_, err := time.Parse("2006-01-02T15:04:05.9999999", text)
		return isText && err == nil
	case "integer":
		number, ok := value.(json.Number)
		if !ok {
			return false
		}
		_, err := number.Int64()
		return err == nil
	case "number":
		_, ok := value.(json.Number)
		return ok
	case "boolean":
		_, ok := value.(bool)
		return ok
	case "object":
		_, ok := value.(map[string]any)
		return ok
	}
	return false
}
