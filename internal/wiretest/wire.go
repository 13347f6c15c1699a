// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// Generic decodes an object without a type, with numbers as they are written.
func Generic(t *testing.T, data []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return value
}

// ComesBack checks that the documents of a folder, decoded as T, are encoded as they were. same removes from an object
// what may differ without a difference in meaning.
func ComesBack[T any](t *testing.T, folder string, same func(object map[string]any)) {
	t.Helper()
	documents, err := Documents(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		t.Run(document.Name, func(t *testing.T) {
			t.Parallel()
			var value T
			if err := json.Unmarshal(document.Body, &value); err != nil {
				t.Fatal(err)
			}
			encoded, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			got, want := Generic(t, encoded), Generic(t, document.Body)
			same(got)
			same(want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("came back as\n%v, want\n%v", got, want)
			}
		})
	}
}

// KnowsEveryMember checks that decoding the documents of a folder fills every field and leaves no member unknown. types
// holds for each document's name a pointer to decode it into.
func KnowsEveryMember(t *testing.T, folder string, types map[string]any) {
	t.Helper()
	documents, err := Documents(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(documents) != len(types) {
		t.Errorf("%d documents for %d types", len(documents), len(types))
	}
	for _, document := range documents {
		value, known := types[document.Name]
		if !known {
			t.Fatalf("no type for %s", document.Name)
		}
		if err := json.Unmarshal(document.Body, value); err != nil {
			t.Fatal(err)
		}
		for _, problem := range Unread(value) {
			t.Errorf("%s%s", document.Name, problem)
		}
	}
}

// Unread names each field in what value points to that is empty, and each Extra that is not.
func Unread(value any) []string { return unread("", reflect.ValueOf(value)) }

func unread(path string, value reflect.Value) []string {
	var problems []string
	switch value.Kind() {
	case reflect.Pointer:
		return unread(path, value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			name, field := value.Type().Field(i).Name, value.Field(i)
			switch {
			case strings.HasSuffix(name, "Extra"):
				if field.Len() > 0 {
					problems = append(problems, fmt.Sprintf("%s: unknown are %v", path, field))
				}
			case field.IsZero():
				problems = append(problems, fmt.Sprintf("%s.%s is not read", path, name))
			default:
				problems = append(problems, unread(path+"."+name, field)...)
			}
		}
	default: // a leaf
	}
	return problems
}

// Leaks prints values in every way there is and returns the texts that contain the secret, also in hexadecimal.
func Leaks(secret string, values ...any) []string {
	var leaks []string
	add := func(how string, value any, text string) {
		if strings.Contains(text, secret) || strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(secret))) {
			leaks = append(leaks, fmt.Sprintf("%s of %T prints %s", how, value, text))
		}
	}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			add(verb, value, fmt.Sprintf(verb, value))
		}
		if printer, ok := value.(fmt.Stringer); ok {
			add("String", value, printer.String())
		}
		if printer, ok := value.(fmt.GoStringer); ok {
			add("GoString", value, printer.GoString())
		}
	}
	return leaks
}

// Seed adds the documents of folders to a fuzz test's corpus.
func Seed(f *testing.F, folders ...string) {
	f.Helper()
	for _, folder := range folders {
		documents, err := Documents(folder)
		if err != nil {
			f.Fatal(err)
		}
		for _, document := range documents {
			f.Add(document.Body)
		}
	}
}

// Fault is what a client reads of an answer that says no: the service's code, and whether that says that the object is
// absent.
type Fault struct {
	Code   string
	Absent bool
}

// FuzzFaults feeds a client whatever a service or a proxy answers, from a folder of answers on: all can be read, and
// that an object is absent is said by the service's own codes only. header is the one that has the code.
func FuzzFaults(
	f *testing.F, folder, header string, read func(int, http.Header, []byte) Fault, saysAbsent func(code string) bool,
) {
	f.Helper()
	answers, err := Answers(folder)
	if err != nil {
		f.Fatal(err)
	}
	for _, answer := range answers {
		f.Add(answer.Status, answer.Headers[header], answer.Body)
	}
	f.Add(404, "", "<html></html>")
	f.Add(404, "404", "{\"errorCode\":{},\"Message\":[]}")
	f.Add(500, "\xff", "{\"Message\":\"{\"}")
	f.Fuzz(func(t *testing.T, status int, code, body string) {
		fault := read(status, http.Header{http.CanonicalHeaderKey(header): {code}}, []byte(body))
		if fault.Absent && !saysAbsent(fault.Code) {
			t.Errorf("%q does not say that the object is absent", fault.Code)
		}
	})
}
