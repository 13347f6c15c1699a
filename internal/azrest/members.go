// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// UnmarshalMembers decodes a JSON object into the struct that known points to, and keeps in extra the members that
// no field is named for, so that a later write sends them back. A member is known by its exact name or, failing that,
// by its name without regard to case; null is the same as absent. The members of a struct that is embedded are the
// object's own, as encoding/json has it; an Extra among them serves the whole. It is what the UnmarshalJSON of a type
// with such an Extra field calls:
//
//	func (t *T) UnmarshalJSON(data []byte) error { return azrest.UnmarshalMembers(data, t, &t.Extra) }
func UnmarshalMembers(data []byte, known any, extra *map[string]json.RawMessage) error {
	members, err := membersOf(data)
	if err != nil {
		return err
	}
	target := reflect.ValueOf(known).Elem()
	for _, field := range memberFields(target.Type()) {
		name := memberName(field)
		value, found := members.take(name)
		if !found || string(value) == "null" {
			continue
		}
		if err := json.Unmarshal(value, target.FieldByIndex(field.Index).Addr().Interface()); err != nil {
			return inMember(name, err)
		}
	}
	*extra = members.rest()
	return nil
}

// RequireMember returns an error unless value, the decoded member of that name, says something. An object without its
// own ID is not the service's.
func RequireMember(name, value string) error {
	if value == "" {
		return &memberError{path: []string{name}, problem: "it is missing"}
	}
	return nil
}

// MarshalMembers encodes the struct known, followed by the members of extra in the order of their names. A member of
// extra with the exact name of a field is left out: the field decides. It is what the MarshalJSON of a type with such
// an Extra field calls.
func MarshalMembers(known any, extra map[string]json.RawMessage) ([]byte, error) {
	fields := memberFields(reflect.TypeOf(known))
	encoded, err := json.Marshal(onlyFields(known, fields))
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range extra {
		if !slices.ContainsFunc(fields, func(f reflect.StructField) bool { return memberName(f) == name }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := bytes.NewBuffer(bytes.TrimSuffix(encoded, []byte("}")))
	for _, name := range names {
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(key)
		out.WriteByte(':')
		if len(extra[name]) == 0 {
			out.WriteString("null")
		} else {
			out.Write(extra[name])
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// onlyFields copies the fields of a struct into one that has these fields and nothing else: its own MarshalJSON, which
// asked for this, must not be called again.
func onlyFields(known any, fields []reflect.StructField) any {
	plain := make([]reflect.StructField, len(fields))
	for i, field := range fields {
		plain[i] = reflect.StructField{Name: field.Name, Type: field.Type, Tag: field.Tag}
	}
	value := reflect.New(reflect.StructOf(plain)).Elem()
	for i, field := range fields {
		value.Field(i).Set(reflect.ValueOf(known).FieldByIndex(field.Index))
	}
	return value.Interface()
}

// objectMembers are the members of a JSON object that no field has taken yet.
type objectMembers map[string]json.RawMessage

// membersOf reads a JSON object. Of members with the same name the last one counts.
func membersOf(data []byte) (objectMembers, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, &memberError{problem: "it is not an object"}
	}
	members := objectMembers{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members[fmt.Sprint(name)] = value // a name is always a string
	}
	return members, nil
}

// take removes the member of that name, or else the first in order whose name differs by case only.
func (m objectMembers) take(name string) (json.RawMessage, bool) {
	found := name
	if _, exact := m[name]; !exact {
		var others []string
		for other := range m {
			if strings.EqualFold(other, name) {
				others = append(others, other)
			}
		}
		if len(others) == 0 {
			return nil, false
		}
		found = slices.Min(others)
	}
	value := m[found]
	delete(m, found)
	return value, true
}

func (m objectMembers) rest() map[string]json.RawMessage {
	if len(m) == 0 {
		return nil
	}
	return m
}

// memberFields are the fields of a struct that are members, those of embedded structs included. Nobody may change them.
func memberFields(t reflect.Type) []reflect.StructField {
	if known, ok := fieldsByType.Load(t); ok {
		if fields, ok := known.([]reflect.StructField); ok {
			return fields
		}
	}
	fields := slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return memberName(f) == "" })
	fieldsByType.Store(t, fields)
	return fields
}

// fieldsByType are the member fields of each struct that was looked at: a fleet has a hundred thousand objects of a
// few types.
var fieldsByType sync.Map //nolint:gochecknoglobals // What is in it never changes.

// memberName is the JSON name of a field; empty for one that is not a member.
func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

// memberError says which member cannot be read, without any of its value.
type memberError struct {
	path    []string
	problem string
}

// Error returns the path of the member and what is wrong with it.
func (e *memberError) Error() string {
	if len(e.path) == 0 {
		return e.problem
	}
	return fmt.Sprintf("member %q: %s", strings.Join(e.path, "."), e.problem)
}

func inMember(name string, err error) error {
	inner := asMemberError(err)
	return &memberError{path: append([]string{name}, inner.path...), problem: inner.problem}
}

// asMemberError words an error of encoding/json, whose own text may quote a number that was read.
func asMemberError(err error) *memberError {
	if e, ok := errors.AsType[*memberError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(e.Value, " ")
		return &memberError{problem: fmt.Sprintf("it is a JSON %s, which does not fit a %s", kind, e.Type)}
	}
	return &memberError{problem: "it cannot be read"}
}

// describe words an error of decoding an answer.
func describe(err error) error { return asMemberError(err) }
