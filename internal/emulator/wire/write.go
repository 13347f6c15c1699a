// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
)

// WriteDocument writes JSON that a person may read, piece by piece: never more of it is in memory than one item of a
// list.
func WriteDocument(w io.Writer, document any) error {
	d := documentWriter{Writer: bufio.NewWriter(w)}
	d.value(reflect.Indirect(reflect.ValueOf(document)), "")
	d.text("\n")
	return d.Flush()
}

// documentWriter keeps its first error until it is flushed.
type documentWriter struct{ *bufio.Writer }

func (d documentWriter) text(parts ...string) {
	for _, part := range parts {
		_, _ = d.WriteString(part)
	}
}

// value writes structures and lists by their parts, and everything else at once.
func (d documentWriter) value(v reflect.Value, indent string) {
	_, itself := v.Interface().(json.Marshaler)
	switch {
	case v.Kind() == reflect.Struct && !itself && !slices.ContainsFunc(reflect.VisibleFields(v.Type()), embedded):
		d.members(v, indent)
	case v.Kind() == reflect.Slice && v.Len() > 0 && !itself:
		d.items(v, indent)
	default:
		var b bytes.Buffer
		_ = json.Indent(&b, JSON(v.Interface()), indent, "  ") // It is JSON.
		_, _ = d.Write(b.Bytes())
	}
}

func embedded(f reflect.StructField) bool { return f.Anonymous }

func (d documentWriter) members(v reflect.Value, indent string) {
	between := "{\n"
	for i, field := range reflect.VisibleFields(v.Type()) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "omitempty") && empty(v.Field(i)) {
			continue
		}
		d.text(between, indent, "  ", string(JSON(name)), ": ")
		d.value(v.Field(i), indent+"  ")
		between = ",\n"
	}
	d.text("\n", indent, "}")
}

// empty is what encoding/json leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}

func (d documentWriter) items(v reflect.Value, indent string) {
	between := "[\n"
	for i := range v.Len() {
		d.text(between, indent, "  ")
		d.value(v.Index(i), indent+"  ")
		between = ",\n"
	}
	d.text("\n", indent, "]")
}
