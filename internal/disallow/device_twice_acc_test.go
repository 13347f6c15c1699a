// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

const (
	twice        = "Two blocks of one object"
	contradicted = "Two blocks contradict each other"
)

// blockOf is a block of a device under a name of its own.
func blockOf(name, registrationID, more string) string {
	return fmt.Sprintf("resource %q %q {\n  registration_id = %q\n%s\n}\n", resourceType, name, registrationID, more)
}

// Whichever of two blocks of one device is planned second is told, in whatever way the two came about.
func TestAccDeviceDisallow_twoBlocksOfOneDeviceAreTold(t *testing.T) {
	t.Parallel()
	one := blockOf("stolen", stolenID, "")
	for name, test := range map[string]struct {
		before string // what is applied first
		config string
		says   string
		args   []string
	}{
		"both new":               {"", one + blockOf("again", stolenID, ""), twice, nil},
		"both new, not alike":    {"", one + blockOf("again", stolenID, `reason = "sold"`), twice, nil},
		"both new, another case": {"", one + blockOf("again", strings.ToUpper(stolenID), ""), twice, nil},
		"of a for_each": {"", fmt.Sprintf("resource %q \"all\" {\n  for_each = toset([\"a\", \"b\"])\n"+
			"  registration_id = %q\n}\n", resourceType, stolenID), twice, nil},
		"a new one beside another": {one, one + blockOf("again", stolenID, ""), twice, nil},
		"a new one beside a replaced one": {
			one, one + blockOf("again", stolenID, ""), twice, []string{"-replace=" + stolen},
		},
		"beside one that takes the name": {
			one + blockOf("other", "other-1", ""), one + blockOf("other", stolenID, ""), twice, nil,
		},
		"they contradict each other": {
			one, blockOf("stolen", stolenID, `desired_access = "restored"`) + blockOf("again", stolenID, ""), contradicted, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			c := f.NewCLI(test.before)
			if test.before != "" {
				c.Apply().Must(0).DoesNotSay(twice, contradicted)
			}
			c.Write(test.config)
			code := map[string]int{twice: 2, contradicted: 1}[test.says]
			c.Plan(test.args...).Must(code).Says(test.says, stolenID, "Keep one of them")
		})
	}
}

// Two that are there are told in every plan; to destroy one of them, or both, is the
// way out, which nothing bars.
func TestAccDeviceDisallow_twoBlocksThatAreThereAreTold(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	both := blockOf("stolen", stolenID, "") + blockOf("again", stolenID, "")
	c := f.NewCLI(blockOf("stolen", stolenID, ""))
	c.Apply().Must(0).DoesNotSay(twice)
	c.Write(both)
	c.Apply().Must(0).Says(twice)
	c.Plan().Must(0).Says(twice)
	c.Plan("-refresh=false").Must(0).Says(twice)
	c.Write(blockOf("stolen", stolenID, ""))
	c.Apply().Must(0).DoesNotSay(twice).Says("1 destroyed")
	c.Write(both)
	c.Apply().Must(0)
	c.Destroy().Must(0).Says("2 destroyed")
	f.device.MustBeOut(f.hub)
}

// Core plans one block more than once in many ways, and none is taken for another block.
func TestAccDeviceDisallow_oneBlockIsNeverTakenForTwo(t *testing.T) {
	t.Parallel()
	one := blockOf("stolen", stolenID, "")
	createFirst := "lifecycle {\n    create_before_destroy = true\n  }"
	triggered := "resource \"terraform_data\" \"it\" {\n  input = %q\n}\n" + blockOf("stolen", stolenID,
		"lifecycle {\n    replace_triggered_by = [terraform_data.it]\n  }")
	all := "resource " + fmt.Sprintf("%q", resourceType) + " \"all\" {\n  for_each = toset([%s])\n" +
		"  registration_id = each.key\n}\n"
	for name, tell := range map[string]func(*acctest.CLI) []acctest.Run{
		"settled": func(c *acctest.CLI) []acctest.Run {
			return []acctest.Run{c.Plan(), c.Plan("-refresh-only"), c.Apply(), c.Plan("-destroy"), c.Destroy()}
		},
		"changed": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("stolen", stolenID, `reason = "sold"`))
			plan, apply := c.Plan(), c.Apply()
			c.Write(blockOf("stolen", stolenID, `desired_access = "restored"`))
			return []acctest.Run{plan, apply, c.Apply()}
		},
		"replaced on request": func(c *acctest.CLI) []acctest.Run {
			return []acctest.Run{c.Plan("-replace=" + stolen), c.Apply("plan.out"), c.Apply("-replace=" + stolen)}
		},
		"replaced by another device, and back": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("stolen", "other-1", ""))
			there := c.Apply()
			c.Write(one)
			return []acctest.Run{there, c.Apply()}
		},
		"replaced, the new one first": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("stolen", stolenID, createFirst))
			return []acctest.Run{c.Plan("-replace=" + stolen), c.Apply("plan.out")}
		},
		"replaced with something else": func(c *acctest.CLI) []acctest.Run {
			c.Write(fmt.Sprintf(triggered, "a"))
			first := c.Apply()
			c.Write(fmt.Sprintf(triggered, "b"))
			return []acctest.Run{first, c.Plan(), c.Apply()}
		},
		"tainted": func(c *acctest.CLI) []acctest.Run {
			taint := c.Run("taint", stolen)
			return []acctest.Run{taint, c.Plan(), c.Apply("plan.out")}
		},
		"tainted, the new one first": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("stolen", stolenID, createFirst))
			taint := c.Run("taint", stolen)
			return []acctest.Run{taint, c.Plan(), c.Apply("plan.out")}
		},
		"moved": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("moved", stolenID, "") + "moved {\n  from = " + stolen + "\n  to = " + resourceType + ".moved\n}\n")
			return []acctest.Run{c.Plan(), c.Apply()}
		},
		"renamed": func(c *acctest.CLI) []acctest.Run {
			c.Write(blockOf("renamed", stolenID, ""))
			return []acctest.Run{c.Plan(), c.Apply()}
		},
		"imported": func(c *acctest.CLI) []acctest.Run {
			forgotten := c.Run("state", "rm", stolen)
			c.Write(one + "import {\n  to = " + stolen + "\n  id = \"" + stolenID + "\"\n}\n")
			return []acctest.Run{forgotten, c.Plan(), c.Apply()}
		},
		"of a for_each that gets another": func(c *acctest.CLI) []acctest.Run {
			c.Write(fmt.Sprintf(all, `"other-1"`))
			first := c.Apply()
			c.Write(fmt.Sprintf(all, `"other-1", "`+stolenID+`"`))
			return []acctest.Run{first, c.Plan(), c.Apply()}
		},
		"swapped with another": func(c *acctest.CLI) []acctest.Run {
			c.Write(one + blockOf("other", "other-1", ""))
			first := c.Apply()
			c.Write(blockOf("stolen", "other-1", "") + blockOf("other", stolenID, ""))
			return []acctest.Run{first, c.Plan(), c.Apply()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			c := f.NewCLI(one)
			for i, run := range append([]acctest.Run{c.Apply()}, tell(c)...) {
				if run.Code == 1 {
					t.Fatalf("command %d fails: %s", i, run.Output)
				}
				run.DoesNotSay(twice, contradicted)
			}
		})
	}
}

// A block whose private state was lost looks like a new one when it is replaced: nothing is said then.
func TestAccDeviceDisallow_oneBlockWithoutMemoryIsNotTakenForTwo(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	c := f.NewCLI(blockOf("stolen", stolenID, ""))
	c.Apply().Must(0)
	c.Script("jq 'del(.resources[].instances[].private)' terraform.tfstate > without\n" +
		"mv without terraform.tfstate").Must(0)
	c.Plan("-refresh=false", "-replace="+stolen).Must(2).DoesNotSay(twice, contradicted)
}

// What core sends of a replacement, its state first and then none, is of one block, also when core keeps the warnings
// of both; without that private state the same is of two.
func TestDeviceDisallow_twoPlansOfAReplacementAreOneBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*acctest.Object)
		second  func(*acctest.Object, tftypes.Value) acctest.Step
		two     bool
	}{
		"replaced": {func(*acctest.Object) {}, (*acctest.Object).PlanReplacement, false},
		"replaced, without memory": {
			func(o *acctest.Object) { o.Private = nil }, (*acctest.Object).PlanReplacement, false,
		},
		"kept, and a new one": {func(*acctest.Object) {}, func(o *acctest.Object, config tftypes.Value) acctest.Step {
			o.Tainted = true // Of such a one, as of a new one, core hands no private state over.
			return o.PlanReplacement(config)
		}, true},
		"kept, and another one": {func(*acctest.Object) {}, (*acctest.Object).Plan, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, config := newFleet(t).blocked(nil)
			test.prepare(o)
			o.Reconfigure()
			first, second := o.Plan(config), test.second(o, config)
			acctest.MustNotSay(t, first.Warnings(), twice)
			if told := strings.Contains(second.Warnings(), twice); told != test.two {
				t.Errorf("two blocks are told: %v\n%s", told, second.Warnings())
			}
		})
	}
}
