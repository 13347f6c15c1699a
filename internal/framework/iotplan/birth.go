// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotstate"
)

// Birth is what a plan makes of a new object. Terraform does not ask for a plan of the half of a replacement that
// deletes, but hands it the private state of the half that creates: a Delete that finds a Birth has a Create behind it,
// and this is the object that it makes.
type Birth struct {
	// Host and ID name the object; empty when they were not known yet.
	Host string `json:"host,omitempty"`
	ID   string `json:"id,omitempty"`
	// Standing is the planned one; its status is empty when it was not known yet.
	Standing
	// Configured says that configuration writes the status out.
	Configured bool `json:"configured,omitempty"`
}

// Keep leaves the Birth for the Delete of the same replacement.
func (b Birth) Keep(ctx context.Context, private iotstate.Setter) diag.Diagnostics {
	diags := birthKey().Keep(ctx, private, &b)
	return append(diags, seenKey().Forget(ctx, private)...) // A Delete that failed leaves its note in private state.
}

// Before is how an object stood before a replacement of which a plan shows the half that creates: as its Delete has
// handed over by now, as the plan of its move has noted, or as the service says when it is asked.
func (b Birth) Before(
	ctx context.Context, private iotstate.Getter,
	handedOver func() (Standing, bool), ask func() (Standing, diag.Diagnostics),
) (Standing, diag.Diagnostics) {
	if was, ok := handedOver(); ok {
		return was, nil
	}
	moved, diags := RecallMoved(ctx, private)
	if moved.Disabled() || b.Host == "" || b.ID == "" {
		return moved, diags
	}
	was, more := ask()
	return was, append(diags, more...)
}

// BeforeUnknown is the warning of a plan that could not read whether there is a disabled object.
func BeforeUnknown(a iotdiag.Attempt, err error) diag.Diagnostic {
	a.Afterwards = fmt.Sprintf("Whether the %s exists, and is disabled, is not known to this plan. One that turns out to "+
		"be disabled is not replaced by an enabled one.", a.Noun)
	return iotdiag.Warned(a, err)
}

// StaysDisabled is the warning of a plan that makes an object disabled because there is a disabled one; attribute is
// the one that could say otherwise.
func StaysDisabled(attribute, noun, id, host string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(attribute), iotdiag.Titled(noun)+" stays disabled", fmt.Sprintf(
		"The %s %q at %s was found disabled, and %s is left out, so that the one that replaces it is made disabled as well; "+
			"only %q, written out, enables it. If Terraform reports an inconsistent final plan here, it was disabled after the "+
			"plan was made: nothing was written, plan again.", noun, id, host, attribute, enabled))
}

// GoneDisabled is what is true after a replacement has deleted a disabled object and could not make it again.
func GoneDisabled(attribute, noun string) string {
	return fmt.Sprintf("The %s that was to be replaced was disabled, and is deleted by now. The next plan knows nothing "+
		"of it and makes an enabled one: write %s = %q out first.", noun, attribute, disabled)
}

// EnabledAndBlocked is the error of a configuration that enables an object which block, a composite of the same
// provider block, keeps disabled.
func EnabledAndBlocked(attribute, noun, id, host, block string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), "Enabled and blocked at once", fmt.Sprintf(
		"%s = %q is configured for the %s %q at %s, and %s blocks it: each apply would undo the other's. Leave %s "+
			"out to keep the block, or lift it there (desired_access = \"restored\").",
		attribute, enabled, noun, id, host, block, attribute))
}

// BornBesideBlock is the warning of a plan that makes an object enabled which block, a composite of the same provider
// block, keeps disabled: the one does not see what the other makes in the same apply.
func BornBesideBlock(at path.Path, born, attribute, block string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, "Made enabled beside its block", fmt.Sprintf(
		"%s is made by this plan, enabled, and %s blocks it. What an apply makes is not known to the block in it: devices "+
			"can come in from then on until the next apply, which blocks them again. Write %s = %q out where it is made, or "+
			"apply again at once.", born, block, attribute, disabled))
}
