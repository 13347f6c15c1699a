// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// house is a document with every sort of member.
type house struct {
	floor
	Rooms  []room          `json:"rooms"`
	Keys   map[string]room `json:"keys"`
	Secret string
}

type floor struct {
	Level int `json:"level"`
}

type room struct {
	Name *string `json:"name,omitempty"`
	Dark bool    `json:"dark"`
}

func TestReadDocument_namesTheMemberThatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"level":1,"rooms":[{"name":"a"},{"name":null,"dark":true}],"keys":{"x":{"dark":true}}}`: "",
		`null`:               "",
		"{\n\"level\":1,\n}": "at: line 3 is no JSON: invalid character '}' looking for beginning of object key string",
		`{"level":"1"}`:      "at.level: expected a number, not a string",
		`{"levels":1}`:       "at.levels: there is no such member",
		`{"Secret":"x"}`:     "at.Secret: there is no such member",
		`{"rooms":{}}`:       "at.rooms: expected a list",
		`{"rooms":[{"dark":true},{"dork":true}]}`: "at.rooms[1].dork: there is no such member",
		`{"rooms":[{"name":1}]}`:                  "at.rooms[0].name: expected a text, not a number",
		`{"keys":{"x":{"dark":"no"}}}`:            "at.keys.x.dark: expected true or false, not a string",
		`{"keys":[]}`:                             "at.keys: expected an object",
	} {
		got := ""
		if err := wire.ReadDocument([]byte(text), "at", &house{}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	var h house
	if err := wire.ReadDocument([]byte(`{"level":2,"rooms":[{"dark":true}]}`), "", &h); err != nil ||
		h.Level != 2 || !h.Rooms[0].Dark {
		t.Errorf("read %+v: %v", h, err)
	}
	if err := wire.ReadDocument([]byte(`[]`), "", &h); err == nil || err.Error() != "expected an object" {
		t.Errorf("a list: %v", err)
	}
}
