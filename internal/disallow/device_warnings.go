// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// Warnings are for people: a policy reads attributes, since the plan's JSON has no diagnostics. Each names its device
// in the detail, because Terraform drops warnings that repeat another one.

func warning(summary string, paragraphs ...string) diag.Diagnostic {
	var said []string
	for _, paragraph := range paragraphs {
		if paragraph != "" {
			said = append(said, paragraph)
		}
	}
	return diag.NewWarningDiagnostic(summary, strings.Join(said, "\n\n"))
}

// createWarnings tell what a new block finds now. Core reports a device that changes before the apply in words that no
// provider can replace, so that this warning, which is printed above them, says what they mean.
func (e *enforcement) createWarnings(answer facts.Answer, goal readings) diagnostics {
	id := e.want.registrationID
	found := fmt.Sprintf("Device %q as it is now, and what the apply does:\n%s", id, effectLines(goal.effects))
	if !answer.Located() {
		found += "\n  iothub_device_identity: none is known (no registration was found); the apply blocks whatever has " +
			"appeared by then"
	}
	return diagnostics{warning("Device will be disallowed",
		found, e.pathsWarning(), deleteWarning(id, goal.effects),
		"If Terraform reports \"inconsistent final plan\" for this resource during the apply, the device changed after "+
			"this plan was made and nothing was written; plan again.")}
}

func (e *enforcement) pathsWarning() string {
	if len(e.now.paths) == 0 {
		return ""
	}
	return fmt.Sprintf("If its individual enrollment vanished, these enabled groups would let the device in again: %s.",
		pathList(e.now.paths))
}

func deleteWarning(id string, effects []deprovision.Effect) string {
	if !deprovision.Deletes(effects) {
		return ""
	}
	return fmt.Sprintf("Deleting cannot be undone: an identity of %q goes with its twin and its modules, and restoring "+
		"cannot bring it back.", id)
}

// updateWarnings tell what an update does to the device.
func updateWarnings(want, have settings, prior readings, u updatePlan) diagnostics {
	id := want.registrationID
	changes := deprovision.Changes(u.goal.effects)
	switch {
	case want.restore && !have.restore:
		return diagnostics{restoreWarning(id, prior, u)}
	case u.unknown.effects:
		return diagnostics{warning("Hubs will be looked at again", fmt.Sprintf(
			"Some hubs of device %q could not be read, or were just named; the apply blocks the device there.", id))}
	case len(changes) == 0:
		return nil
	case have.restore:
		return diagnostics{warning("Device will be disallowed again",
			fmt.Sprintf("Device %q, and what the apply does:\n%s", id, effectLines(changes)), deleteWarning(id, changes))}
	case prior.picture.Enrollment == deprovision.Absent && want.enrollment == deprovision.Disabling:
		return diagnostics{warning("Block was removed elsewhere", fmt.Sprintf(
			"The individual enrollment %q was deleted outside Terraform: the device may have been let in again. The apply "+
				"does:\n%s",
			id, effectLines(changes)), deleteWarning(id, changes))}
	}
	return diagnostics{warning("Device will be blocked again", fmt.Sprintf(
		"Device %q is not blocked as this resource wants it. The apply does:\n%s", id, effectLines(changes)),
		deleteWarning(id, changes), cannotReturn(want, prior))}
}

// cannotReturn tells that turning back from delete to disable brings nothing back.
func cannotReturn(want settings, prior readings) string {
	if prior.reversible || want.identities == deprovision.Deleting || want.enrollment == deprovision.Deleting {
		return ""
	}
	return "What was deleted cannot be brought back; a deleted identity stays absent."
}

func restoreWarning(id string, prior readings, u updatePlan) diag.Diagnostic {
	changes := deprovision.Changes(u.goal.effects)
	detail := fmt.Sprintf("Device %q is let in again. The apply does:\n%s", id, effectLines(changes))
	through := "No enabled enrollment group is known to match the device."
	switch {
	case u.goal.picture.Enrollment == deprovision.Enabled:
		through = "It gets in through its own individual enrollment."
	case u.goal.picture.Enrollment == deprovision.Disabled:
		return warning("Device stays blocked in DPS", detail, fmt.Sprintf(
			"Its individual enrollment %q stays disabled: it was disabled before the block, or it was changed since by "+
				"somebody else. Enable or delete it yourself if the device is to be let in.", id))
	case len(prior.paths) > 0:
		through = fmt.Sprintf("It gets in through these enabled groups: %s.", pathList(prior.paths))
	}
	notBack := ""
	if !prior.reversible {
		notBack = "What this resource deleted cannot be brought back."
	}
	return warning("Device will be let in again", detail, through, notBack)
}

// hubWarnings name the identities that are left alone or could not be read, and what to do.
func (e *enforcement) hubWarnings() diagnostics {
	var diags diagnostics
	for _, host := range sortedHosts(e.found) {
		identity := e.found[host]
		switch identity.Status {
		case deprovision.Unverified:
			diags.Append(warning("Device identity is not verified", fmt.Sprintf(
				"%s has an identity %q, and nothing proves that it is the device %q: it may be another customer's machine. It is "+
					"left alone. If it is the device, name the hub in additional_iothub_hostnames.",
				host, identity.DeviceID, e.want.registrationID)))
		case deprovision.Unreachable:
			diags.Append(warning("Hub cannot be read", fmt.Sprintf(
				"Whether the device %q is blocked in %s is not known: %s.\n\nReading it needs the data action "+
					"Microsoft.Devices/IotHubs/devices/read (in the role \"IoT Hub Data Reader\"), or the permission RegistryRead "+
					"of a shared access policy.", e.want.registrationID, host, strings.TrimSuffix(fmt.Sprint(identity.Err), "."))))
		}
	}
	return diags
}

func prevented(id, verb string) string {
	return fmt.Sprintf("on_destroy of the disallow of device %q is \"prevent\", and this plan would %s it. Destroying "+
		"changes nothing in Azure, but nobody would watch the block any more. Set on_destroy = \"keep\" and apply that "+
		"first.",
		id, verb)
}

// destroyWarning says that the device stays blocked. Removing the entry by hand afterwards would let it in.
func destroyWarning(id string, now readings) diag.Diagnostic {
	if now.picture.Enrollment == deprovision.Enabled || now.access == deprovision.Allowed {
		return warning("Device is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. Device %q is not blocked now, and nobody watches it any more.", id))
	}
	entry := fmt.Sprintf("its individual enrollment stays %s", now.picture.Enrollment)
	for _, host := range sortedHosts(now.picture.Identities) {
		entry += fmt.Sprintf(", its identity in %s stays %s", host, now.picture.Identities[host].Status)
	}
	back := ""
	if len(now.paths) > 0 && now.picture.Enrollment == deprovision.Disabled {
		back = fmt.Sprintf("Do not delete the disabled individual enrollment by hand: these enabled groups would then let "+
			"the device in again: %s.", pathList(now.paths))
	}
	return warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back)
}
