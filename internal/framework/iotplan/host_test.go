// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

func TestHost_isAlwaysPlannedOnceItIsKnown(t *testing.T) {
	t.Parallel()
	host, null, unknown := iottype.Hostname().Value, iottype.Hostname().Null(), iottype.Hostname().Unknown()
	for name, test := range map[string]struct {
		configured, prior iottype.TextValue
		block             string
		known             bool
		want              iottype.TextValue
	}{
		"new, of the block":                {null, null, "a", true, host("a")},
		"new, configured":                  {host("b"), null, "a", true, host("b")},
		"new, nothing named":               {null, null, "", true, null},
		"new, block not known yet":         {null, null, "", false, unknown},
		"new, configured, block unknown":   {host("b"), null, "", false, host("b")},
		"not known yet":                    {unknown, host("a"), "a", true, unknown},
		"of the block, as before":          {null, host("A"), "a", true, host("A")},
		"of another block":                 {null, host("a"), "b", true, host("b")},
		"of a block that is not known":     {null, host("a"), "", false, host("a")},
		"of a block known in this respect": {null, host("a"), "b", false, host("b")},
		"configured in other letters":      {host("A"), host("a"), "b", true, host("a")},
		"configured anew":                  {host("b"), host("a"), "a", true, host("b")},
		"nothing named any more":           {null, host("a"), "", true, null},
	} {
		if got := iotplan.Host(test.configured, test.prior, test.block, test.known); !got.Equal(test.want) {
			t.Errorf("%s: planned %s, not %s", name, got, test.want)
		}
	}
}

func TestSameHost_isSureOfKnownNamesOnly(t *testing.T) {
	t.Parallel()
	host, null, unknown := iottype.Hostname().Value, iottype.Hostname().Null(), iottype.Hostname().Unknown()
	for _, pair := range [][2]iottype.TextValue{
		{host("a"), host("b")}, {null, null}, {unknown, unknown}, {host("a"), null}, {unknown, host("a")},
	} {
		if iotplan.SameHost(pair[0], pair[1]) || iotplan.SameHost(pair[1], pair[0]) {
			t.Errorf("%s and %s need not be the same", pair[0], pair[1])
		}
	}
	if !iotplan.SameHost(host("A"), host("a:443")) {
		t.Error("letter case and the usual port have no meaning")
	}
}
