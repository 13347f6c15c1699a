// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

func TestConnect_sendsATokenForTheScope(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]string{"": "Bearer t:https://test/.default", "other": "Bearer t:other"} {
		tr := &transport{replies: []reply{ok(`{}`)}}
		o := &azrest.ClientOptions{Options: *options(tr, newClock()), Scope: scope}
		p, err := azrest.ConnectWithCredential(testService(), "H.example", wiretest.Credential("t:"), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil || p.Host() != "h.example" {
			t.Errorf("host is %s, %v", p.Host(), err)
		}
		if got := tr.requests[0].Header.Get("Authorization"); got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	}
}

func TestConnect_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	_, err := azrest.ConnectWithCredential(testService(), "h.example", nil, nil)
	if err == nil || err.Error() != "the Test client needs a credential" {
		t.Errorf("error is %v", err)
	}
	_, err = azrest.ConnectWithCredential(testService(), "bad", wiretest.Credential(""), nil)
	if err == nil || err.Error() != "the Test host name is not usable: it is bad" {
		t.Errorf("error is %v", err)
	}
}
