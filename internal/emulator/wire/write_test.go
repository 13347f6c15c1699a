// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

type inner struct {
	Name string `json:"name"`
}

type written struct {
	Text   string            `json:"text"`
	None   string            `json:"none,omitempty"`
	Empty  []string          `json:"empty,omitempty"`
	Map    map[string]string `json:"map,omitempty"`
	Absent *inner            `json:"absent,omitempty"`
	Inner  inner             `json:"inner"`
	Raw    []json.RawMessage `json:"raw"`
	List   []struct {
		inner

		Number int `json:"number"`
	} `json:"list"`
	Lists   [][]int  `json:"lists"`
	Nothing []string `json:"nothing"`
	Pointer *inner   `json:"pointer"`
}

func TestWriteDocument_writesWhatTheEncoderOfTheLibraryWrites(t *testing.T) {
	t.Parallel()
	full := written{
		Text: "a <b> & \"c\"", Map: map[string]string{"k": "v", "a": "b"}, Inner: inner{"x"},
		Raw:   []json.RawMessage{json.RawMessage(`{"a":[1,2],"b":{}}`), json.RawMessage(`null`)},
		Lists: [][]int{{1, 2}, {}, nil}, Pointer: &inner{"p"}, Absent: &inner{"there"},
	}
	full.List = append(full.List, struct {
		inner

		Number int `json:"number"`
	}{inner{"embedded"}, 1})
	for _, document := range []any{written{}, &full} {
		var got, want bytes.Buffer
		if err := WriteDocument(&got, document); err != nil {
			t.Fatal(err)
		}
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(document); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("got\n%s\nwant\n%s", got.String(), want.String())
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriteDocument_saysThatItCouldNot(t *testing.T) {
	t.Parallel()
	if err := WriteDocument(full{}, written{}); err == nil || err.Error() != "no room" {
		t.Error(err)
	}
}
