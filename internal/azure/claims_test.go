// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
)

func TestClaims_tellWhicheverComesSecond(t *testing.T) {
	t.Parallel()
	object := azure.EnrollmentObject("dps.example", "sensor-1")
	for first, second := range map[azure.ClaimKind]azure.ClaimKind{
		azure.ClaimEnabled: azure.ClaimBlocked, azure.ClaimBlocked: azure.ClaimEnabled,
	} {
		var claims azure.Claims
		if other, contradicted := claims.Make(first, object, "the first"); contradicted || other != "" {
			t.Errorf("%s: nobody has claimed anything yet, not %q", first, other)
		}
		if _, contradicted := claims.Make(first, object, "the first"); contradicted {
			t.Errorf("%s: a claim does not contradict itself", first)
		}
		if other, contradicted := claims.Make(second, object, "the second"); !contradicted || other != "the first" {
			t.Errorf("%s after %s should name the first, not %q", second, first, other)
		}
		if other, contradicted := claims.Make(first, object, "the first"); !contradicted || other != "the second" {
			t.Errorf("the second claim should have been kept, not %q", other)
		}
	}
}

func TestClaims_ofOtherObjectsContradictNothing(t *testing.T) {
	t.Parallel()
	var claims azure.Claims
	claims.Make(azure.ClaimBlocked, azure.EnrollmentObject("dps.example", "a"), "a block")
	claims.Make(azure.ClaimBlocked, azure.IdentityObject("hub.example", "a"), "a block")
	for object, want := range map[azure.Object]bool{
		azure.EnrollmentObject("DPS.example", "A"):   true,
		azure.EnrollmentObject("dps.example", "b"):   false,
		azure.EnrollmentObject("other.example", "a"): false,
		azure.EnrollmentObject("hub.example", "a"):   false,
		azure.IdentityObject("HUB.example", "a"):     true,
		azure.IdentityObject("hub.example", "A"):     false,
		azure.IdentityObject("dps.example", "a"):     false,
	} {
		if _, contradicted := claims.Make(azure.ClaimEnabled, object, "an entry"); contradicted != want {
			t.Errorf("%v contradicts: %v", object, contradicted)
		}
	}
}

func TestClaims_madeAtOnceAreToldToOneOfTheTwoAtLeast(t *testing.T) {
	t.Parallel()
	var claims azure.Claims
	var told [100]atomic.Bool
	var all sync.WaitGroup
	for i := range told {
		for _, kind := range []azure.ClaimKind{azure.ClaimEnabled, azure.ClaimBlocked} {
			all.Go(func() {
				object := azure.IdentityObject("hub.example", fmt.Sprint(i))
				if _, contradicted := claims.Make(kind, object, string(kind)); contradicted {
					told[i].Store(true)
				}
			})
		}
	}
	all.Wait()
	for i := range told {
		if !told[i].Load() {
			t.Errorf("nobody was told of the contradiction about %d", i)
		}
	}
}

// Of what is made enabled a block is told without a contradiction: it will be disabled by the next apply.
func TestClaims_tellABlockOfWhatIsBornBesideIt(t *testing.T) {
	t.Parallel()
	object := azure.EnrollmentObject("dps.example", "sensor-1")
	var claims azure.Claims
	if _, made := claims.Made(azure.ClaimBorn, object); made {
		t.Error("nobody has claimed anything yet")
	}
	claims.Make(azure.ClaimBorn, object, "the entry")
	if _, contradicted := claims.Make(azure.ClaimBlocked, object, "the block"); contradicted {
		t.Error("this is no contradiction")
	}
	if by, made := claims.Made(azure.ClaimBorn, object); !made || by != "the entry" {
		t.Errorf("the entry should be named, not %q", by)
	}
	if by, blocked := claims.Make(azure.ClaimBorn, object, "the entry"); !blocked || by != "the block" {
		t.Errorf("the block should be named, not %q", by)
	}
}
