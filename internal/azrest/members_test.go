// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// box is an object with known members of several kinds.
type box struct {
	Name    *string                    `json:"name,omitempty"`
	Count   *int                       `json:"count,omitempty"`
	Inner   *box                       `json:"inner,omitempty"`
	List    []box                      `json:"list,omitzero"`
	Free    json.RawMessage            `json:"free,omitempty"`
	Always  *string                    `json:"always"`
	Ignored string                     `json:"-"`
	Extra   map[string]json.RawMessage `json:"-"`
}

func (b *box) UnmarshalJSON(data []byte) error { return azrest.UnmarshalMembers(data, b, &b.Extra) }

func (b box) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(b, b.Extra) }

func TestMembers_comeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{}`:                                  `{"always":null}`,
		`{"always":"a","new":1,"also":[{}]}`:  `{"always":"a","also":[{}],"new":1}`,
		`{"always":null,"n":null}`:            `{"always":null,"n":null}`,
		`{"NAME":"n","Count":2,"always":"a"}`: `{"name":"n","count":2,"always":"a"}`,
		`{"Name":"v","name":"n","nAME":"w","always":"a"}`: `{"name":"n","always":"a","Name":"v","nAME":"w"}`,
		`{"inner":{"x":1,"inner":{"y":2,"always":""},"always":""}}`: `{"inner":{"inner":{"always":"","y":2},` +
			`"always":"","x":1},"always":null}`,
		`{"list":[{"a":1,"always":null},{"b":2,"always":null}]}`: `{"list":[{"always":null,"a":1},` +
			`{"always":null,"b":2}],"always":null}`,
		`{"list":[]}`:               `{"list":[],"always":null}`,
		`{"list":null,"name":null}`: `{"always":null}`,
		`{"free":{"n":1.0,"big":12345678901234567890.10,"e":1E5}}`: `{"free":{"n":1.0,` +
			`"big":12345678901234567890.10,"e":1E5},"always":null}`,
		`{"new":1e999,"-":2,"":3}`: `{"always":null,"":3,"-":2,"new":1e999}`,
		`{"Extra":1,"Ignored":2}`:  `{"always":null,"Extra":1,"Ignored":2}`,
		`{"a":1,"a":2}`:            `{"always":null,"a":2}`,
		` { "a" : [ 1 , 2 ] } `:    `{"always":null,"a":[1,2]}`,
		`{"q\"uote":1,"ü":2}`:      `{"always":null,"q\"uote":1,"ü":2}`,
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			var b box
			if err := json.Unmarshal([]byte(in), &b); err != nil {
				t.Fatal(err)
			}
			out, err := json.Marshal(b)
			if err != nil || string(out) != want {
				t.Errorf("came back as\n%s, %v, want\n%s", out, err, want)
			}
		})
	}
}

// crate is an object whose members, Extra included, are those of a box and one of its own.
type crate struct {
	ID string `json:"id"`
	content
}

// content has the fields of a box without its methods, which a crate would have instead of its own.
type content box

func (c *crate) UnmarshalJSON(data []byte) error { return azrest.UnmarshalMembers(data, c, &c.Extra) }

func (c crate) MarshalJSON() ([]byte, error) { return azrest.MarshalMembers(c, c.Extra) }

func TestMembers_ofAnEmbeddedStructAreTheObjectsOwn(t *testing.T) {
	t.Parallel()
	const document = `{"id":"c","name":"n","inner":{"always":"","deep":1},"always":"a","new":[1.50]}`
	var c crate
	if err := json.Unmarshal([]byte(document), &c); err != nil {
		t.Fatal(err)
	}
	if c.ID != "c" || c.Name == nil || *c.Name != "n" || c.Inner == nil || len(c.Extra) != 1 {
		t.Errorf("read %+v", c)
	}
	if out, err := json.Marshal(c); err != nil || string(out) != document {
		t.Errorf("came back as\n%s, %v, want\n%s", out, err, document)
	}
}

func TestMembers_ofAFieldDecideOverExtra(t *testing.T) {
	t.Parallel()
	name := "field"
	out, err := json.Marshal(box{Name: &name, Extra: map[string]json.RawMessage{
		"name": json.RawMessage(`"extra"`), "count": json.RawMessage(`1`), "empty": nil,
	}})
	if want := `{"name":"field","always":null,"empty":null}`; err != nil || string(out) != want {
		t.Errorf("encoded %s, %v, want %s", out, err, want)
	}
}

func TestMembers_replaceWhatWasThere(t *testing.T) {
	t.Parallel()
	b := box{Extra: map[string]json.RawMessage{"old": json.RawMessage("1")}}
	if err := json.Unmarshal([]byte(`{}`), &b); err != nil || b.Extra != nil {
		t.Errorf("read %v, %v", b.Extra, err)
	}
}

func TestMembers_thatCannotBeReadAreNamedByTheirPath(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"name":5}`:                          `member "name": it is a JSON number, which does not fit a string`,
		`{"inner":{"list":[{"count":"77"}]}}`: `member "inner.list.count": it is a JSON string, which does not fit a int`,
		`{"inner":[]}`:                        `member "inner": it is not an object`,
		`{"inner":"s"}`:                       `member "inner": it is not an object`,
		`{"count":1.5}`:                       `member "count": it is a JSON number`,
		`[]`:                                  `it is not an object`,
		`"s"`:                                 `it is not an object`,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, ok(body))
			_, err := azrest.Do[box](t.Context(), p, azrest.Call{Method: http.MethodGet, Path: []string{"b"}})
			if err == nil || !strings.Contains(err.Error(), "the answer cannot be read: "+want) {
				t.Errorf("error is %v, want one with %s", err, want)
			}
		})
	}
}

func TestRequireMember_namesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if err := azrest.RequireMember("deviceId", "d"); err != nil {
		t.Error(err)
	}
	if err := azrest.RequireMember("deviceId", ""); err == nil || err.Error() != `member "deviceId": it is missing` {
		t.Errorf("error is %v", err)
	}
}

func TestMembers_ofManyAreReadInReasonableTime(t *testing.T) {
	t.Parallel()
	var in bytes.Buffer
	in.WriteString(`{"always":null`)
	for i := range 50_000 {
		in.WriteString(`,"m` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/1000) + `":1`)
	}
	in.WriteString("}")
	var b box
	if err := json.Unmarshal(in.Bytes(), &b); err != nil || len(b.Extra) < 1000 {
		t.Errorf("read %d members, %v", len(b.Extra), err)
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"name":"n","new":{"a":[1,2.50,null]},"inner":{"x":true},"list":[{"Name":"a"}],"free":[1E9]}`))
	f.Add([]byte(`{"NAME":"a","name":null,"":{},"\u0000":"\ud800"}`))
	f.Add([]byte(`{"kKk":1,"ſ":2,"Inner":{"inner":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var b box
		if !json.Valid(data) || json.Unmarshal(data, &b) != nil || bytes.TrimSpace(data)[0] != '{' {
			return
		}
		out, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, values(t, out), values(t, data))
	})
}

// values decodes data with numbers as they are written.
func values(t *testing.T, data []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// contains fails unless out has every member of in, known members under their own spelling and null ones excepted.
func contains(t *testing.T, out, in any) {
	t.Helper()
	from, isObject := in.(map[string]any)
	if !isObject {
		if !reflect.DeepEqual(out, in) {
			t.Errorf("%v became %v", in, out)
		}
		return
	}
	to, ok := out.(map[string]any)
	if !ok {
		t.Fatalf("%v became %v", in, out)
	}
	for name, value := range from {
		got, found := to[name]
		known := knownName(name)
		if known != "" && known != name && !found {
			got, found = to[known]
		}
		switch {
		case known != "" && value == nil:
		case !found:
			t.Errorf("member %q is lost: %v became %v", name, in, out)
		case known == "inner":
			contains(t, got, value)
		case known == "list":
			before, after := value.([]any), got.([]any)
			if len(before) != len(after) {
				t.Fatalf("%v became %v", value, got)
			}
			for i := range before {
				contains(t, after[i], before[i])
			}
		case !reflect.DeepEqual(got, value):
			t.Errorf("member %q: %v became %v", name, value, got)
		}
	}
}

func knownName(name string) string {
	for _, known := range []string{"name", "count", "inner", "list", "free", "always"} {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return ""
}
