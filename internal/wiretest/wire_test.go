// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

func TestUnread_namesEmptyFieldsAndUnknownMembers(t *testing.T) {
	t.Parallel()
	type inner struct {
		Full, Empty string
		Extra       map[string]json.RawMessage
	}
	got := wiretest.Unread(&struct {
		Inner   *inner
		Nothing *inner
		List    []string
	}{Inner: &inner{Full: "f", Extra: map[string]json.RawMessage{"new": nil}}, List: []string{"x"}})
	want := []string{".Inner.Empty is not read", ".Inner: unknown are map[new:[]]", ".Nothing is not read"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if got := wiretest.Unread(&inner{Full: "f", Empty: "e"}); got != nil {
		t.Errorf("found %q in what is read", got)
	}
}

func TestLeaks_findsSecretsHoweverTheyArePrinted(t *testing.T) {
	t.Parallel()
	if got := wiretest.Leaks("key-", struct{ Key string }{"key-1"}); len(got) != 7 {
		t.Errorf("found %q", got)
	}
	if got := wiretest.Leaks("key-", talkative{}); len(got) != 7+2 {
		t.Errorf("found %q", got)
	}
	if got := wiretest.Leaks("key-", struct{ Key string }{"redacted"}); got != nil {
		t.Errorf("found %q", got)
	}
}

// talkative prints a secret that it does not even hold.
type talkative struct{}

func (talkative) String() string { return "key-1" }

func (talkative) GoString() string { return "key-2" }
