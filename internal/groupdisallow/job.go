// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// job is what is to become of the identities of one hub.
type job struct {
	// action is Disable, Delete or Enable.
	action deprovision.Action
	// reason says why something is disabled, mark how that ends.
	reason string
	mark   mark
	// most is how many may be deleted; negative for any number.
	most int
}

// needs tells whether an identity as it was found is to be written.
func (j job) needs(f found) bool {
	switch {
	case f.status == deprovision.Absent:
		return false
	case j.action == deprovision.Disable:
		return f.status == deprovision.Enabled
	case j.action == deprovision.Enable:
		return f.status == deprovision.Disabled && j.mark.on(f.reason)
	}
	return true
}

// goal is an identity as it is to be written.
func (j job) goal(f found) aziothub.Device {
	goal := *f.device
	goal.Status, goal.StatusReason = aziothub.StatusEnabled, nil
	if j.action == deprovision.Disable {
		goal.Status, goal.StatusReason = aziothub.StatusDisabled, new(j.mark.reason(j.reason))
	}
	return goal
}

// left is an identity once it was written.
func (j job) left(f found) found {
	if j.action == deprovision.Delete {
		return found{status: deprovision.Absent}
	}
	goal := j.goal(f)
	return found{status: statusOf(goal.Disabled()), reason: goal.StatusReason}
}
