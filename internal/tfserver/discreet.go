// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// privateKey is one as a text shows it: quoted or not, whole or cut off; with the five dashes of PEM, or the four and a
// space of SSH2.
var privateKey = regexp.MustCompile(
	`(?is)-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY ?-{4,5}(.*?-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY ?-{4,5}|.*)`)

// reword takes private keys out of what is said of a configuration: checks quote the value that they refuse, and
// somebody has given the wrong file. Where values are known only when it is planned, they are checked then.
//
// It also names the attribute that is meant: of one in an object Terraform shows the line where the object begins.
func reword(said []*tfprotov6.Diagnostic) {
	for _, d := range said {
		d.Detail = privateKey.ReplaceAllLiteralString(d.Detail, "(a private key, which is not shown)")
		d.Attribute = untilValue(d.Attribute)
		if at := place(d.Attribute); !strings.Contains(d.Summary+d.Detail, at) {
			d.Detail = strings.TrimSpace(d.Detail) + "\n\nAttribute: " + at
		}
	}
}

// plainKey is a key of a map that may be shown: it is no secret that was put into the wrong place.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// untilValue is a path up to an element of a set, which has no address but its value: that would be logged, and may be
// a secret.
func untilValue(at *tftypes.AttributePath) *tftypes.AttributePath {
	if at == nil {
		return nil
	}
	steps := at.Steps()
	end := slices.IndexFunc(steps, func(step tftypes.AttributePathStep) bool {
		_, isValue := step.(tftypes.ElementKeyValue)
		return isValue
	})
	if end < 0 {
		return at
	}
	return tftypes.NewAttributePathWithSteps(steps[:end])
}

// place is a path as configuration writes it; empty for none.
func place(at *tftypes.AttributePath) string {
	if at == nil {
		return ""
	}
	var b strings.Builder
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		case tftypes.ElementKeyString:
			if !plainKey.MatchString(string(step)) {
				b.WriteString("[…]")
				continue
			}
			fmt.Fprintf(&b, "[%q]", string(step))
		}
	}
	return b.String()
}

// saidIn are the diagnostics of an answer or an event, whichever RPC it is of.
func saidIn(answer any) []*tfprotov6.Diagnostic {
	if event, ok := answer.(tfprotov6.InvokeActionEvent); ok {
		answer = event.Type
	}
	v := reflect.Indirect(reflect.ValueOf(answer))
	if v.Kind() != reflect.Struct {
		return nil
	}
	field := v.FieldByName("Diagnostics")
	if !field.IsValid() {
		return nil
	}
	said, _ := field.Interface().([]*tfprotov6.Diagnostic)
	return said
}
