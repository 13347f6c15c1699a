// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func TestHandover_isPeekedAtAndTakenOnce(t *testing.T) {
	t.Parallel()
	var h azure.Handover
	object := azure.EnrollmentObject("host", "id")
	if _, ok := azure.Peek[string](&h, object); ok {
		t.Error("nothing was left")
	}
	azure.Leave(&h, azure.EnrollmentObject("HOST:443", "ID"), "item")
	for range 2 {
		if item, ok := azure.Peek[string](&h, azure.EnrollmentObject("", "id"), object); !ok || item != "item" {
			t.Errorf("the item should be there: %q", item)
		}
	}
	if item, ok := azure.Take[string](&h, object); !ok || item != "item" {
		t.Errorf("the item should be there to be taken: %q", item)
	}
	if _, ok := azure.Peek[string](&h, object); ok {
		t.Error("it was taken")
	}
}

func TestHandover_isForItsOwnObjectAndType(t *testing.T) {
	t.Parallel()
	var h azure.Handover
	azure.Leave(&h, azure.IdentityObject("host", "id"), 1)
	for name, other := range map[string]azure.Object{
		"another kind": azure.EnrollmentObject("host", "id"), "a group": azure.GroupObject("host", "id"),
		"another host": azure.IdentityObject("other", "id"), "a device in other letters": azure.IdentityObject("host", "ID"),
	} {
		if _, ok := azure.Take[int](&h, other); ok {
			t.Errorf("%s took it", name)
		}
	}
	if _, ok := azure.Take[string](&h, azure.IdentityObject("host", "id")); ok {
		t.Error("it was taken for a text")
	}
	if item, ok := azure.Take[int](&h, azure.IdentityObject("Host", "id")); !ok || item != 1 {
		t.Errorf("its own object should take it: %d", item)
	}
}
