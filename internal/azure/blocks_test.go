// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

// Each case is what core sends for one object in one walk, and after which plan another block of it is found.
func TestBlocks_findASecondBlockAndNoReplacement(t *testing.T) {
	t.Parallel()
	const blocked, restored = "blocked", "restored"
	kept := azure.BlockPlan{Access: blocked, Remembers: true}
	made := azure.BlockPlan{Access: blocked, New: true}
	second := azure.BlockPlan{Access: blocked, New: true, Remembers: true}
	forgetful := azure.BlockPlan{Access: blocked}
	lifted := azure.BlockPlan{Access: restored, Remembers: true}
	unknown := azure.BlockPlan{Remembers: true}
	for name, test := range map[string]struct {
		plans []azure.BlockPlan
		found string // the access of the other block that the last plan finds; "-" when it finds none
	}{
		"one that is kept":                   {[]azure.BlockPlan{kept}, "-"},
		"one that is new":                    {[]azure.BlockPlan{made}, "-"},
		"one that is replaced":               {[]azure.BlockPlan{kept, second}, "-"},
		"one that is replaced, not at all":   {[]azure.BlockPlan{second}, "-"},
		"one without memory, replaced":       {[]azure.BlockPlan{forgetful, made}, "-"},
		"two that are kept":                  {[]azure.BlockPlan{kept, kept}, blocked},
		"two that are new":                   {[]azure.BlockPlan{made, made}, blocked},
		"a new one beside one that is kept":  {[]azure.BlockPlan{kept, made}, blocked},
		"one that is kept beside a new one":  {[]azure.BlockPlan{made, kept}, blocked},
		"a new one beside a replaced one":    {[]azure.BlockPlan{kept, second, made}, blocked},
		"a replaced one beside a new one":    {[]azure.BlockPlan{made, kept}, blocked},
		"without memory, after a new one":    {[]azure.BlockPlan{made, forgetful}, blocked},
		"two without memory":                 {[]azure.BlockPlan{forgetful, forgetful}, blocked},
		"one that is kept, one lifted":       {[]azure.BlockPlan{kept, lifted}, blocked},
		"lifted, among two that block":       {[]azure.BlockPlan{kept, lifted, kept}, restored},
		"new, beside one lifted, forgetful":  {[]azure.BlockPlan{{Access: restored}, made}, restored},
		"of an access that nobody knows":     {[]azure.BlockPlan{kept, unknown}, blocked},
		"without memory, access not known":   {[]azure.BlockPlan{{}, {Access: blocked, New: true}}, "-"},
		"beside one of an access not known":  {[]azure.BlockPlan{unknown, kept}, ""},
		"replaced twice by two halves alike": {[]azure.BlockPlan{kept, second, second}, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b azure.Blocks
			device, other := azure.EnrollmentObject("dps.example", "dev"), azure.EnrollmentObject("dps.example", "other")
			b.Meet(other, made)
			for i, plan := range test.plans {
				access, found := b.Meet(device, plan)
				if i < len(test.plans)-1 {
					continue
				}
				if found != (test.found != "-") || found && access != test.found {
					t.Errorf("found is %v, %q", found, access)
				}
			}
		})
	}
}
