// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// MemberError says what is wrong with one member of a document that a person wrote.
type MemberError struct {
	// Path leads to the member: "hubs[0].devices[3].status".
	Path, Problem string
}

func (e *MemberError) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

// Below is the path of a member, or of an item such as "[3]", of what path leads to.
func Below(path, name string) string {
	if path == "" || strings.HasPrefix(name, "[") {
		return path + name
	}
	return path + "." + name
}

// ReadDocument reads JSON that a person wrote. What the services would ignore is refused here, with its path: a member
// that has no place is a mistake.
func ReadDocument(raw []byte, path string, into any) error {
	if err := checkSyntax(raw, path); err != nil {
		return err
	}
	if err := checkMembers(raw, path, reflect.TypeOf(into)); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &MemberError{path, err.Error()}
	}
	return nil
}

func checkSyntax(raw []byte, path string) error {
	var whole json.RawMessage
	err := json.Unmarshal(raw, &whole)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(raw[:min(int(syntax.Offset), len(raw))], []byte("\n"))
		return &MemberError{path, fmt.Sprintf("line %d is no JSON: %v", line, err)}
	}
	return &MemberError{path, err.Error()}
}

// checkMembers holds a value against the type that it is to be read into.
func checkMembers(raw json.RawMessage, path string, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if string(bytes.TrimSpace(raw)) == "null" {
		return nil
	}
	_, reads := reflect.New(t).Interface().(json.Unmarshaler)
	switch {
	case reads:
	case t.Kind() == reflect.Struct:
		return checkObject(raw, path, t)
	case t.Kind() == reflect.Map:
		return eachMember(raw, path, func(string) (reflect.Type, bool) { return t.Elem(), true })
	case t.Kind() == reflect.Slice:
		return checkList(raw, path, t.Elem())
	}
	if err := json.Unmarshal(raw, reflect.New(t).Interface()); err != nil {
		return &MemberError{path, problemOf(err, t)}
	}
	return nil
}

// problemOf words the error of a value without members.
func problemOf(err error, t reflect.Type) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	expected := "a number"
	if t.Kind() == reflect.String {
		expected = "a text"
	} else if t.Kind() == reflect.Bool {
		expected = "true or false"
	}
	return fmt.Sprintf("expected %s, not a %s", expected, wrong.Value)
}

func checkObject(raw json.RawMessage, path string, t reflect.Type) error {
	members := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && name != "" && name != "-" {
			members[name] = f.Type
		}
	}
	return eachMember(raw, path, func(name string) (reflect.Type, bool) {
		t, known := members[name]
		return t, known
	})
}

func eachMember(raw json.RawMessage, path string, typeOf func(name string) (reflect.Type, bool)) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return &MemberError{path, "expected an object"}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		t, known := typeOf(name)
		if !known {
			return &MemberError{Below(path, name), "there is no such member"}
		}
		if err := checkMembers(members[name], Below(path, name), t); err != nil {
			return err
		}
	}
	return nil
}

func checkList(raw json.RawMessage, path string, t reflect.Type) error {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return &MemberError{path, "expected a list"}
	}
	for i, item := range items {
		if err := checkMembers(item, Below(path, fmt.Sprintf("[%d]", i)), t); err != nil {
			return err
		}
	}
	return nil
}
