// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestCopied_isTheInstanceOfAnotherObject(t *testing.T) {
	t.Parallel()
	private, err := json.Marshal(map[string][]byte{"entry": []byte(`{"value":{"etag":"\"AAA=\""}}`)})
	if err != nil {
		t.Fatal(err)
	}
	instance, err := json.Marshal(map[string]any{
		"attributes": map[string]string{"registration_id": first, "status": "enabled"}, "private": private,
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := copied(instance, map[string]string{first: idOf(7), `"AAA="`: `"BBB="`})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Attributes map[string]string `json:"attributes"`
		Private    []byte            `json:"private"`
	}
	var values map[string][]byte
	if err := json.Unmarshal(made, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got.Private, &values); err != nil {
		t.Fatal(err)
	}
	if id := got.Attributes["registration_id"]; id != "bench-00007" || got.Attributes["status"] != "enabled" {
		t.Errorf("the attributes are %v", got.Attributes)
	}
	if got, want := string(values["entry"]), `{"value":{"etag":"\"BBB=\""}}`; got != want {
		t.Errorf("private state is %s, want %s", got, want)
	}
}

func TestKind_isMeasuredInFleetsThatAnInstanceTakes(t *testing.T) {
	t.Parallel()
	wanted := []int{10, 100, 1000}
	if sizes := groups().sizes(wanted); !slices.Equal(sizes, []int{10, 100}) {
		t.Errorf("groups are measured by %v", sizes)
	}
	if sizes := identities().sizes(wanted); !slices.Equal(sizes, wanted) {
		t.Errorf("identities are measured by %v", sizes)
	}
}
