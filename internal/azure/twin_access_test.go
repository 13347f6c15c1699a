// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func TestTwinsRefused_isNewsOncePerHub(t *testing.T) {
	t.Parallel()
	services := azure.New(azure.Config{})
	if !services.TwinsReadable("north.example") {
		t.Error("nobody has refused a twin yet")
	}
	if !services.TwinsRefused("North.example") || services.TwinsRefused("north.EXAMPLE") {
		t.Error("a hub's first refusal is news, and its second is not")
	}
	if services.TwinsReadable("NORTH.example") || !services.TwinsReadable("south.example") {
		t.Error("what one hub refuses, another one may not")
	}
	if !azure.New(azure.Config{}).TwinsReadable("north.example") {
		t.Error("a refusal outlives its operation")
	}
}
