// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func TestTwinsRefused_isNewsOncePerHub(t *testing.T) {
	t.Parallel()
	services := public(t, nil)
	hub := func(host string) *azure.Hub {
		found, err := services.Hub(host, azure.HubNamed)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if !hub("north.example").TwinsReadable() {
		t.Error("nobody has refused a twin yet")
	}
	if !hub("North.example").TwinsRefused() || hub("north.EXAMPLE:443").TwinsRefused() {
		t.Error("a hub's first refusal is news, and its second is not")
	}
	if hub("NORTH.example").TwinsReadable() || !hub("south.example").TwinsReadable() {
		t.Error("what one hub refuses, another one may not")
	}
	if services = public(t, nil); !hub("north.example").TwinsReadable() {
		t.Error("a refusal outlives its operation")
	}
}

func TestSilence_isThatOfAHostWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want bool
	}{{nil, false}, {&azrest.Error{Status: http.StatusForbidden}, false}, {&azrest.TransportError{}, true}} {
		hub := azure.NewHub(nil)
		hub.NoteSilence(test.err)
		if hub.NoteSilence(nil); hub.Silent() != test.want {
			t.Errorf("silent after %v: %t", test.err, !test.want)
		}
	}
}
