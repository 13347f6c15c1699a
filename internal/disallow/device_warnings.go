// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
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
func (e *enforcement) createWarnings(goal readings, unknown unknowns) diagnostics {
	id := e.want.registrationID
	found := fmt.Sprintf("Device %q as it is now, and what the apply does:\n%s", id, effectLines(goal.effects))
	switch {
	case len(goal.picture.Identities) == 0:
		found += "\n  iothub_device_identity: no hub is known to have one; the apply blocks whatever has appeared by then"
	case unknown.identities:
		found += "\n  iothub_device_identity: only the apply can tell for certain; it blocks whatever proves to be the " +
			"device by then"
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
	if want.restore {
		if have.restore {
			return nil
		}
		return diagnostics{restoreWarning(want.registrationID, prior, u)}
	}
	id, lines := want.registrationID, effectLines(u.goal.effects)
	gone := cannotReturn(want, have, prior)
	summary, detail := "", ""
	switch {
	case u.unknown.effects:
		summary = "Hubs will be looked at again"
		detail = fmt.Sprintf("Some hubs of device %q could not be read, or were just named; the apply blocks the device "+
			"there. What is known already:\n%s", id, lines)
	case len(deprovision.Changes(u.goal.effects)) == 0 && gone == "":
		return nil
	case len(u.goal.effects) == 0:
		summary, detail = "What was deleted stays deleted", fmt.Sprintf("Device %q:", id)
	case have.restore:
		summary, detail = "Device will be disallowed again", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	case prior.picture.Enrollment == deprovision.Absent && have.enrollment == deprovision.Disabling:
		summary = "Block was removed elsewhere"
		detail = fmt.Sprintf("The individual enrollment %q was deleted outside Terraform: the device may have been let in "+
			"again. The apply does:\n%s", id, lines)
	case drifted(have, prior):
		summary = "Device will be blocked again"
		detail = fmt.Sprintf("Device %q is not blocked as this resource wants it. The apply does:\n%s", id, lines)
	default:
		summary, detail = "Block will change", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	}
	return diagnostics{warning(summary, detail, deleteWarning(id, u.goal.effects), gone)}
}

// drifted tells whether a device is not as the former settings want it.
func drifted(have settings, prior readings) bool {
	_, effects := deprovision.Block(have.intent(), prior.picture)
	return len(deprovision.Changes(effects)) > 0
}

// cannotReturn tells that turning back from delete brings nothing back.
func cannotReturn(want, have settings, prior readings) string {
	entry := have.enrollment == deprovision.Deleting && want.enrollment != deprovision.Deleting
	identities := have.identities == deprovision.Deleting && want.identities != deprovision.Deleting
	if prior.reversible || !entry && !identities {
		return ""
	}
	return "What was deleted cannot be brought back: a deleted identity stays absent, and an entry that is made now " +
		"only blocks."
}

// openWarning says that a block by deleting does not hold: a group that was added or enabled since lets the device in.
func openWarning(want settings, prior readings) diag.Diagnostic {
	deleted := want.enrollment == deprovision.Deleting && prior.picture.Enrollment == deprovision.Absent
	if want.restore || !deleted || len(prior.paths) == 0 {
		return nil
	}
	return warning("Device can get in again", fmt.Sprintf(
		"Device %q has no individual enrollment, and these enabled groups would let it in: %s. Set enrollment_action = "+
			"\"disable\" and apply, so that a disabled entry keeps it out whatever groups there are.",
		want.registrationID, pathList(prior.paths)))
}

func restoreWarning(id string, prior readings, u updatePlan) diag.Diagnostic {
	detail := fmt.Sprintf("Device %q is let in again. The apply does:\n%s", id, effectLines(u.goal.effects))
	if u.unknown.effects {
		detail += "\n  more in hubs that could not be read; the apply does nothing unless it can read them"
	}
	through := "No enabled enrollment group is known to match the device."
	switch {
	case u.goal.picture.Enrollment == deprovision.Enabled:
		through = "It gets in through its own individual enrollment."
	case u.goal.picture.Enrollment == deprovision.Disabled:
		return warning("Device stays blocked in DPS", strings.Replace(detail, "is let in again", "stays out", 1), fmt.Sprintf(
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

// gatewayWarnings count the devices that lose their gateway when an IoT Edge device is shut out of a hub.
func (e *enforcement) gatewayWarnings(ctx context.Context, effects []deprovision.Effect) diagnostics {
	var diags diagnostics
	for _, effect := range effects {
		host, known := e.hostOf(effect)
		shuts := effect.Action == deprovision.Disable || effect.Action == deprovision.Delete
		if effect.Target != deprovision.TargetIdentity || !known || !shuts || rewrites(effect) {
			continue
		}
		device := e.found[host].Device
		if device == nil {
			id := e.now.picture.Identities[host].DeviceID
			look := facts.Look{Host: host, DeviceIDs: []string{id}, Evidence: facts.Remembered}
			device = e.asker.Identity(ctx, e.question(nil), nil, look).Device
		}
		if facts.Gateway(device) {
			diags.Append(e.gatewayWarning(ctx, host, *device))
		}
	}
	return diags
}

func (e *enforcement) gatewayWarning(ctx context.Context, host string, gateway aziothub.Device) diag.Diagnostic {
	children, err := e.asker.Children(ctx, host, gateway)
	lost := fmt.Sprintf("%d devices have it as their parent, and lose their gateway.", children)
	switch {
	case err != nil:
		lost = fmt.Sprintf("How many devices have it as their parent, and lose their gateway, is not known: %s Counting "+
			"them needs the data action %s, or the permission %s of a shared access policy.",
			iotdiag.Sentence(err), iotdiag.QueryTwins().DataAction, iotdiag.QueryTwins().Permission)
	case children == 0:
		lost = "No device has it as its parent."
	case children == 1:
		lost = "1 device has it as its parent, and loses its gateway."
	}
	return warning("Device is an IoT Edge gateway", fmt.Sprintf("%q in %s is an IoT Edge device. %s",
		gateway.DeviceID, host, lost))
}

// hubWarnings name the identities that are left alone or could not be read, and what to do.
func (e *enforcement) hubWarnings() diagnostics {
	var diags diagnostics
	if e.answer.NoHub {
		diags.Append(warning("No hub is known", fmt.Sprintf(
			"The device %q has tried to register, its registration record names no hub, and neither the provider block nor an "+
				"entry of DPS names one to search: whether a hub lets the device in is not known. Name its hub in "+
				"additional_iothub_hostnames.", e.want.registrationID)))
	}
	for _, host := range sortedHosts(e.found) {
		identity := e.found[host]
		switch identity.Status {
		case deprovision.Unverified:
			diags.Append(warning("Device identity is not verified", fmt.Sprintf(
				"%s has an identity %q, and nothing proves that it is the device %q: it may be another customer's machine. It is "+
					"left alone. If it is the device, name the hub in additional_iothub_hostnames.",
				host, identity.DeviceID, e.want.registrationID)))
		case deprovision.Unreachable:
			diags.Append(e.hubUnread(identity))
		default:
		}
	}
	return diags
}

// hubUnread warns of a hub that could not be read; the rest stays readable.
func (e *enforcement) hubUnread(identity facts.Identity) diag.Diagnostic {
	a := e.attempt("read", nounIdentity, identity.DeviceID, identity.Host, iotdiag.ReadDeviceIdentity())
	a.Afterwards = fmt.Sprintf("Whether the device %q is blocked there is not known.", e.want.registrationID)
	return iotdiag.Warned(a, reasonOf(identity))
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
	if now.access == deprovision.PartiallyBlocked {
		return warning("Device stays blocked in DPS only", fmt.Sprintf(
			"Destroying changes nothing in Azure, and nobody watches device %q any more. DPS keeps refusing it, but a hub may "+
				"still let it in (%s).", id, entry), back)
	}
	return warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back)
}
