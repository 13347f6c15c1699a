// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

// Replacing are the ways to replace a disabled object whose configuration does not change; status is its attribute that
// says so. Of a replacement that was asked for, Terraform shows no warnings of the half that creates: the plan shows
// the status, as one that does not change.
func (c *CLI) Replacing(address, status string) map[string]func() {
	return map[string]func(){
		"-replace": func() {
			c.Apply("-replace=" + address).Must(0).DoesNotSay(`-> "enabled"`)
		},
		"saved -replace": func() {
			c.Plan("-replace=" + address).Must(2).Says("will be replaced, as requested")
			after, _ := c.Change(address).Change.After.(map[string]any)
			if after[status] != "disabled" {
				c.world.T.Errorf("a policy reads %v", after[status])
			}
			c.Run("apply", "-no-color", "plan.out").Must(0)
		},
		"taint": func() {
			c.Run("taint", address).Must(0)
			c.Apply().Must(0).Says("stays disabled")
		},
		"taint without a refresh": func() {
			c.Run("taint", address).Must(0)
			c.Apply("-refresh=false").Must(0).Says("stays disabled")
		},
	}
}
