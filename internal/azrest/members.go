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
)

// UnmarshalMembers decodes a JSON object into the struct that known points to, and keeps in extra the members that
// no field is named for, so that a later write sends them back. A member is known by its exact name or, failing that,
// by its name without regard to case; null is the same as absent. The struct's type must not have an UnmarshalJSON
// of its own: it is called from there, with the methods stripped:
//
//	func (t *T) UnmarshalJSON(data []byte) error {
//		type plain T
//		return azrest.UnmarshalMembers(data, (*plain)(t), &t.Extra)
//	}
func UnmarshalMembers(data []byte, known any, extra *map[string]json.RawMessage) error {
	members, err := membersOf(data)
	if err != nil {
		return err
	}
	*extra = nil
	target := reflect.ValueOf(known).Elem()
	names := fieldNames(target.Type())
	for i, name := range names {
		at := indexOf(members, name)
		if name == "" || at < 0 {
			continue
		}
		value := members[at].value
		members = slices.Delete(members, at, at+1)
		if string(value) == "null" {
			continue
		}
		if err := json.Unmarshal(value, target.Field(i).Addr().Interface()); err != nil {
			return inMember(name, err)
		}
	}
	for _, m := range members {
		if *extra == nil {
			*extra = map[string]json.RawMessage{}
		}
		(*extra)[m.name] = m.value
	}
	return nil
}

// MarshalMembers encodes the struct known, followed by the members of extra in the order of their names. A member of
// extra with the exact name of a field is left out: the field decides. As in UnmarshalMembers, the struct's type must
// not have a MarshalJSON of its own.
func MarshalMembers(known any, extra map[string]json.RawMessage) ([]byte, error) {
	encoded, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	fields := fieldNames(reflect.TypeOf(known))
	var names []string
	for name := range extra {
		if !slices.Contains(fields, name) || name == "" {
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

type member struct {
	name  string
	value json.RawMessage
}

// membersOf returns the members of a JSON object in their order. Of members with the same name the last one counts.
func membersOf(data []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, &memberError{problem: "it is not an object"}
	}
	var members []member
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, &memberError{problem: "it is not an object"}
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members = slices.DeleteFunc(members, func(m member) bool { return m.name == name })
		members = append(members, member{name: name, value: value})
	}
	return members, nil
}

func indexOf(members []member, name string) int {
	if at := slices.IndexFunc(members, func(m member) bool { return m.name == name }); at >= 0 {
		return at
	}
	return slices.IndexFunc(members, func(m member) bool { return strings.EqualFold(m.name, name) })
}

// fieldNames returns the JSON name of each field, "" for those that are not members.
func fieldNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" {
			names[i] = name
		}
	}
	return names
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
