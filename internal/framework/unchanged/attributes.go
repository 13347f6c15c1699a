// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package unchanged

import (
	"bytes"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Attributes are those of an object, by name, each as Terraform has encoded it. Nil is no object, and has none.
type Attributes map[string]msgpack.RawMessage

// Decode is the object of a request; false when it is null, not known, or in another form than MessagePack.
func Decode(value *tfprotov6.DynamicValue) (Attributes, bool) {
	if value == nil || len(value.JSON) > 0 {
		return nil, false
	}
	return decode(value.MsgPack)
}

func decode(raw []byte) (Attributes, bool) {
	var a Attributes
	if err := msgpack.Unmarshal(raw, &a); err != nil || a == nil {
		return nil, false
	}
	return a, true
}

// Null tells whether an attribute is there and null.
func (a Attributes) Null(name string) bool {
	raw, there := a[name]
	return there && len(raw) == 0 // The decoder hands out nothing for what is nil.
}

// Text is an attribute that is a text; false when it is none, null or not known.
func (a Attributes) Text(name string) (string, bool) {
	raw := a[name]
	if len(raw) == 0 || !msgpcode.IsString(raw[0]) {
		return "", false
	}
	var text string
	err := msgpack.Unmarshal(raw, &text)
	return text, err == nil
}

// Bool is an attribute that is true or false; known is false when it is neither.
func (a Attributes) Bool(name string) (value, known bool) {
	if len(a[name]) != 1 {
		return false, false
	}
	code := a[name][0]
	return code == msgpcode.True, code == msgpcode.True || code == msgpcode.False
}

// Below are the attributes of an attribute that is an object; nil when it is none.
func (a Attributes) Below(name string) Attributes {
	below, _ := decode(a[name])
	return below
}

// same tells whether an attribute is encoded in the same bytes in both.
func (a Attributes) same(other Attributes, name string) bool {
	raw, there := a[name]
	another, alsoThere := other[name]
	return there && alsoThere && bytes.Equal(raw, another)
}
