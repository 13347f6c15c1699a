// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// Warnings are for people. Each names its device and hub in the detail, because Terraform drops warnings that repeat
// another one.

// gone is the warning of a read that finds no identity.
func gone(host, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Device identity is gone", fmt.Sprintf(
		"The device identity %q was deleted from %s outside Terraform. Unless its resource is removed, the next apply "+
			"makes it again.", id, host))
}

// anotherGeneration is the warning of a read that finds an identity that was made anew.
func anotherGeneration(host, id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s was deleted and made again outside Terraform. Its keys, twin and modules are not "+
			"those of before; keys given by configuration are sent again with the next apply.", id, host))
}

// destroyed is the warning of a plan that destroys an identity, or that replaces it by another one. now is how it is,
// state how Terraform last saw it.
func destroyed(now, state identityModel) diag.Diagnostic {
	id, host := now.DeviceID.ValueString(), now.IoTHubHostname.ValueString()
	switch state.OnDestroy.ValueString() {
	case iotplan.DestroyKeep:
		return diag.NewWarningDiagnostic("Device identity stays", fmt.Sprintf(
			"The device identity %q in %s stays as it is (%s): on_destroy is %q. Terraform only forgets it.",
			id, host, now.Status.ValueString(), iotplan.DestroyKeep))
	case iotplan.DestroyDisable:
		return diag.NewWarningDiagnostic("Device identity will be disabled", fmt.Sprintf(
			"The device identity %q in %s is disabled and stays there: on_destroy is %q. %s", id, host, iotplan.DestroyDisable,
			mayReprovision))
	}
	text := fmt.Sprintf("The device identity %q is deleted from %s with its keys, twin and modules, which cannot be "+
		"undone.", id, host)
	if now.Status.ValueString() == aziothub.StatusDisabled {
		text += " " + disabledText(now, state)
	}
	if !state.GenerationID.Equal(now.GenerationID) {
		text += " It is not the one that Terraform knew: it was deleted and made again outside Terraform."
	}
	if now.EdgeEnabled.ValueBool() {
		text += " It is an IoT Edge device: devices that name its scope as their parent lose their gateway."
	}
	return diag.NewWarningDiagnostic("Device identity will be deleted", text+" "+mayComeBack)
}

// disabledText tells of an identity that is disabled now what deleting it undoes.
func disabledText(now, state identityModel) string {
	text := "It is disabled now"
	if reason := now.StatusReason.ValueString(); reason != "" {
		text += fmt.Sprintf(" (reason: %q)", reason)
	}
	if state.Status.ValueString() != aziothub.StatusDisabled {
		text += ", by somebody else since Terraform last saw it"
	}
	return text + ", which keeps its device out of the hub; deleting it undoes that."
}

const (
	mayComeBack = "If DPS has an enabled enrollment for the device, the device can register again and DPS makes it a " +
		"new identity; to keep it out, disallow it with azureiot_dps_device_disallow."
	mayReprovision = "A device that its hub refuses may register with DPS again: an enabled enrollment can then assign " +
		"it to another hub. To keep it out, disallow it with azureiot_dps_device_disallow."
)

// changeWarnings tell what an update does to the device.
func changeWarnings(plan, prior identityModel, sendsKeys bool) diagnostics {
	want, have := plan.managed(), prior.managed()
	id, host := prior.DeviceID.ValueString(), prior.IoTHubHostname.ValueString()
	var diags diagnostics
	warn := func(attribute, summary, detail string) {
		diags.AddAttributeWarning(path.Root(attribute), summary, detail)
	}
	subject := fmt.Sprintf("The device identity %q in %s", id, host)
	if !plan.Status.IsUnknown() && want.status != have.status {
		if want.status == aziothub.StatusDisabled {
			warn(statusName, "Device identity will be disabled",
				subject+" is disabled: its device cannot connect. "+mayReprovision)
		} else {
			warn(statusName, "Device identity is enabled again", subject+enabledText(have.reason))
		}
	}
	if !plan.EdgeEnabled.IsUnknown() && have.edge && !want.edge {
		warn(edgeEnabledName, "IoT Edge device becomes a leaf",
			subject+" loses its scope and its system modules; devices that name its scope as their parent lose their gateway.")
	}
	return append(diags, authenticationWarnings(subject, plan, prior, sendsKeys)...)
}

func enabledText(reason string) string {
	text := fmt.Sprintf(" is disabled, and this plan enables it because status = %q is configured. Leave the attribute "+
		"out to keep the status as it is found.", aziothub.StatusEnabled)
	if reason != "" {
		text += fmt.Sprintf(" It was disabled with the reason %q, as azureiot_dps_device_disallow or operations leave one; "+
			"a block is lifted there.", reason)
	}
	return text
}

// authenticationWarnings tell which keys and thumbprints stop working.
func authenticationWarnings(subject string, plan, prior identityModel, sendsKeys bool) diagnostics {
	want, have := expandAuthentication(plan.Authentication), expandAuthentication(prior.Authentication)
	if want == nil || want.kind == "" { // left out, or not known yet
		return nil
	}
	var diags diagnostics
	summary, detail := "", ""
	switch {
	case have == nil:
		summary = "Device authentication may change"
		detail = fmt.Sprintf("%s gets the configured authentication (%s). What it has now was left as it was found and is "+
			"not known to this plan: if it is another one, keys that the device has are destroyed, and it is refused until it "+
			"has the new credential.", subject, want.kind)
	case want.kind != have.kind && have.kind == aziothub.AuthenticationSAS:
		summary = "Device keys will be destroyed"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: both symmetric keys are destroyed, and nothing "+
			"brings them back. A device that connects with one of them is refused from then on.", subject, have.kind, want.kind)
	case want.kind != have.kind && want.kind == aziothub.AuthenticationSAS && !sendsKeys:
		summary = "Device keys will be generated"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: the device's certificate is refused from then "+
			"on, and the hub makes two keys, which azureiot_iothub_device_credentials shows.", subject, have.kind, want.kind)
	case want.kind != have.kind:
		summary = "Device authentication changes"
		detail = fmt.Sprintf("%s changes its authentication from %s to %s: what its device proves itself with now is "+
			"refused from then on.", subject, have.kind, want.kind)
	case sendsKeys:
		summary = "Device keys will be replaced"
		detail = subject + " gets the keys of the configuration. A device that connects with a key that is not among them " +
			"is refused from then on."
	default:
		return nil
	}
	diags.AddAttributeWarning(path.Root(authenticationName), summary, detail)
	return diags
}
