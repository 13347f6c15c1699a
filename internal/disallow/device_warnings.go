// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
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
func (s subject) createWarnings(a arrival) diag.Diagnostics {
	d := a.decision
	found := fmt.Sprintf("Device %q as it is now, and what the apply does:\n%s", s.id, effectLines(d.Effects))
	switch {
	case len(a.f.Identities) == 0:
		found += "\n  iothub_device_identity: no hub is known to have one; the apply blocks whatever has appeared by then"
	case d.Unknown.Identities:
		found += "\n  iothub_device_identity: only the apply can tell for certain; it blocks whatever proves to be the " +
			"device by then"
	}
	return diag.Diagnostics{warning("Device will be disallowed",
		found, pathsWarning(a.evidence().Paths), deleteWarning(s.id, d.Effects),
		"If Terraform reports \"inconsistent final plan\" for this resource during the apply, the device changed after "+
			"this plan was made and nothing was written; plan again.")}
}

// unheardOf warns of a registration ID that nothing knows: it may be mistyped, and then the block shuts nobody out.
func (s subject) unheardOf(seen sight) diag.Diagnostics {
	f := seen.f
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	for _, identity := range f.Identities {
		if identity.Device != nil {
			return nil
		}
	}
	for _, path := range seen.evidence().Paths {
		if path.Match != deprovision.MatchPossible {
			return nil // The certificate that was given ties the device to a group.
		}
	}
	return diag.Diagnostics{warning("Device is not known", fmt.Sprintf(
		"Neither DPS nor a hub has heard of %q: there is no enrollment, no registration record and no identity of that "+
			"name. Check the spelling. If it is right, the device is blocked before it ever registers.", s.id))}
}

func pathsWarning(paths []deprovision.ReenrollPath) string {
	if len(paths) == 0 {
		return ""
	}
	return fmt.Sprintf("If its individual enrollment vanished, these enabled groups could let the device in again: %s.",
		pathList(paths))
}

func deleteWarning(id string, effects []deprovision.Effect) string {
	if !deprovision.Deletes(effects) {
		return ""
	}
	return fmt.Sprintf("Deleting cannot be undone: an identity of %q goes with its twin and its modules, and restoring "+
		"cannot bring it back.", id)
}

// updateWarnings tell what an update does to the device.
func updateWarnings(c change) diag.Diagnostics {
	if c.want.restore {
		if c.have.restore {
			return nil
		}
		return diag.Diagnostics{restoreWarning(c)}
	}
	id, effects := c.want.registrationID, c.decision.Effects
	lines, gone := effectLines(effects), cannotReturn(c.want, c.have, c.prior)
	summary, detail := "", ""
	switch {
	case c.decision.Unknown.Identities:
		summary = "Hubs will be looked at again"
		detail = fmt.Sprintf("Some hubs of device %q could not be read, or were just named; the apply blocks the device "+
			"there. What is known already:\n%s", id, lines)
	case len(deprovision.Changes(effects)) == 0 && gone == "":
		return nil
	case len(deprovision.Changes(effects)) == 0:
		summary, detail = "What was deleted stays deleted", fmt.Sprintf("Device %q:", id)
	case c.have.restore:
		summary, detail = "Device will be disallowed again", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	case c.prior.state.Enrollment == deprovision.Absent && c.have.enrollment == deprovision.Disabling:
		summary = "Block was removed elsewhere"
		detail = fmt.Sprintf("The individual enrollment %q was deleted outside Terraform: the device may have been let in "+
			"again. The apply does:\n%s", id, lines)
	case c.drifted():
		summary = "Device will be blocked again"
		detail = fmt.Sprintf("Device %q is not blocked as this resource wants it. The apply does:\n%s", id, lines)
	default:
		summary, detail = "Block will change", fmt.Sprintf("Device %q, and what the apply does:\n%s", id, lines)
	}
	return diag.Diagnostics{warning(summary, detail, deleteWarning(id, effects), gone)}
}

// drifted tells whether a device is not as the former settings want it.
func (c change) drifted() bool {
	as := deprovision.Decide(c.m.evidence(c.prior, c.have), c.have.intent(), c.prior.prior(c.m, false))
	return slices.ContainsFunc(as.Effects, func(effect deprovision.Effect) bool {
		return effect.Action != deprovision.None && effect.Target != deprovision.TargetRegistration
	})
}

// cannotReturn tells that turning back from delete brings nothing back.
func cannotReturn(want, have wanted, prior reading) string {
	entry := have.enrollment == deprovision.Deleting && want.enrollment != deprovision.Deleting
	identities := have.identities == deprovision.Deleting && want.identities != deprovision.Deleting
	if !prior.irreversible || !entry && !identities {
		return ""
	}
	return "What was deleted cannot be brought back: a deleted identity stays absent, and an entry that is made now " +
		"only blocks."
}

// openWarning says that a block by deleting does not hold: a group that was added or enabled since lets the device in.
func openWarning(want wanted, prior reading) diag.Diagnostic {
	deleted := want.enrollment == deprovision.Deleting && prior.state.Enrollment == deprovision.Absent
	if want.restore || !deleted || len(prior.paths) == 0 {
		return nil
	}
	return warning("Device can get in again", fmt.Sprintf(
		"Device %q has no individual enrollment, and these enabled groups could let it in: %s. Set enrollment_action = "+
			"\"disable\" and apply, so that a disabled entry keeps it out whatever groups there are.",
		want.registrationID, pathList(prior.paths)))
}

func restoreWarning(c change) diag.Diagnostic {
	id, d := c.want.registrationID, c.decision
	detail := fmt.Sprintf("Device %q is let in again. The apply does:\n%s", id, effectLines(d.Effects))
	if d.Unknown.Identities {
		detail += "\n  more in hubs that could not be read; the apply does nothing unless it can read them"
	}
	through := "No enabled enrollment group is known to match the device."
	switch {
	case d.Goal.Enrollment == deprovision.Enabled:
		through = "It gets in through its own individual enrollment."
	case d.Goal.Enrollment == deprovision.Disabled:
		return warning("Device stays blocked in DPS", strings.Replace(detail, "is let in again", "stays out", 1), fmt.Sprintf(
			"Its individual enrollment %q stays disabled: it was disabled before the block, it was changed since by somebody "+
				"else, or it is not known who disabled it. Enable or delete it yourself if the device is to be let in.", id),
			leftDisabled(c))
	case len(c.ways) > 0:
		through = fmt.Sprintf("It can get in through these enabled groups: %s.", pathList(c.ways))
	}
	notBack := ""
	if c.prior.irreversible {
		notBack = "What this resource deleted cannot be brought back."
	}
	return warning("Device will be let in again", detail, through, notBack, leftDisabled(c))
}

// leftDisabled names the identities that stay disabled although they were enabled before the block.
func leftDisabled(c change) string {
	var left []string
	for _, id := range deprovision.SortedIDs(c.decision.Goal.Identities) {
		before := c.prior.previous.Identities[id]
		if c.decision.Goal.Identities[id] == deprovision.Disabled && before == deprovision.Enabled {
			left = append(left, id.String())
		}
	}
	if len(left) == 0 {
		return ""
	}
	return fmt.Sprintf("These identities stay disabled, because it is not known that this resource disabled them: %s. "+
		"Enable them yourself if the device is to be let in.", strings.Join(left, ", "))
}

// gatewayWarnings count the devices that lose their gateway when an IoT Edge device is shut out of a hub. found are the
// identities that were read already.
func (a asker) gatewayWarnings(
	ctx context.Context, effects []deprovision.Effect, found map[deprovision.IdentityID]facts.Identity,
) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, effect := range effects {
		shuts := effect.Action == deprovision.Disable || effect.Action == deprovision.Delete
		if effect.Target != deprovision.TargetIdentity || !shuts || effect.Rewrites() {
			continue
		}
		id := deprovision.ParseIdentityID(effect.Object)
		identity, read := found[id]
		if !read {
			identity = a.reader.Identity(ctx, facts.Question{RegistrationID: a.id}, facts.Evidence{}, id)
		}
		if facts.Gateway(identity.Device) {
			diags.Append(a.gatewayWarning(ctx, id.Host, *identity.Device))
		}
	}
	return diags
}

func (a asker) gatewayWarning(ctx context.Context, host string, gateway aziothub.Device) diag.Diagnostic {
	children, err := a.reader.Children(ctx, host, gateway)
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

// standingWarnings name what keeps the block from being known, and how to settle it.
func (s subject) standingWarnings(seen sight) diag.Diagnostics {
	var diags diag.Diagnostics
	f, e := seen.f, seen.evidence()
	if e.Enrollment != deprovision.Enabled && !seen.want.restore && !e.Placed() && !tiedUnread(f) {
		diags.Append(s.whereaboutsUnknown(e))
	}
	for id, identity := range f.InOrder() {
		switch {
		case identity.Device != nil && !identity.Any():
			diags.Append(s.unverified(id, f))
		case identity.Status == deprovision.Unreachable:
			diags.Append(s.hubUnread(id, identity))
		}
	}
	return diags
}

// namesake refuses a registration ID of which DPS knows nothing and which is the hub's name of a device that has
// another: its block would shut nobody out. Where more entries than are looked at may have it, it warns.
func (a asker) namesake(ctx context.Context, seen sight) diag.Diagnostics {
	f := seen.f
	if f.Entry != nil || f.Record != nil {
		return nil
	}
	entry, complete, err := a.reader.Namesake(ctx, seen.want.question(memory{}, reading{}), f)
	switch {
	case err != nil:
		tried := a.attempt("list", "individual enrollments", "*", a.host, iotdiag.ReadIndividualEnrollment())
		tried.Afterwards = fmt.Sprintf("Whether %q is the hub's name of a device with another registration ID is not "+
			"known.", a.id)
		return diag.Diagnostics{iotdiag.Warned(tried, err)}
	case entry != nil:
		return diag.Diagnostics{a.otherRegistrationID(entry.RegistrationID)}
	case !complete:
		return diag.Diagnostics{warning("Not every enrollment was looked at", fmt.Sprintf(
			"DPS has no enrollment and no registration record of %q, and more individual enrollments than are looked at: "+
				"whether one of them has it as its device ID is not known. The registration ID is the device's name towards "+
				"DPS, which may differ from its device ID in the hub.", a.id))}
	}
	return nil
}

// unverified tells of an identity that may be the device. Naming its hub is enough where the device has no other one.
func (s subject) unverified(id deprovision.IdentityID, f facts.Evidence) diag.Diagnostic {
	settle := "name the hub in additional_iothub_hostnames"
	for other, identity := range f.Identities {
		if other.Host == id.Host && other != id && identity.Any() {
			settle = fmt.Sprintf("set device_id = %q", id.DeviceID)
		}
	}
	return warning("Device identity is not verified", fmt.Sprintf(
		"%s has an identity %q, and nothing proves that it is the device %q: it may be another customer's machine. It is "+
			"left alone. If it is the device, %s.", id.Host, id.DeviceID, s.id, settle))
}

// tiedUnread tells whether an identity that is known to be the device's could not be read, which has a warning of its
// own.
func tiedUnread(f facts.Evidence) bool {
	for _, identity := range f.Identities {
		if identity.Status == deprovision.Unreachable && identity.Any() {
			return true
		}
	}
	return false
}

// whereaboutsUnknown says why a device that DPS refuses is not said to be blocked.
func (s subject) whereaboutsUnknown(e deprovision.Evidence) diag.Diagnostic {
	return warning("Whereabouts of the device are not known", fmt.Sprintf(
		"DPS refuses the device %q, but %s. A hub in which it has an identity may still let it in, so that access is no "+
			"more than %q. Name the hub in which it is in additional_iothub_hostnames (and device_id, if it has another "+
			"name there).",
		s.id, e.Unplaced(), deprovision.PartiallyBlocked))
}

// hubUnread warns of a hub that could not be read; the rest stays readable.
func (s subject) hubUnread(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	a := s.attempt("read", nounIdentity, id.DeviceID, id.Host, iotdiag.ReadDeviceIdentity())
	a.Afterwards = fmt.Sprintf("Whether the device %q is blocked there is not known.", s.id)
	return iotdiag.Warned(a, identity.Unread())
}

func prevented(m deviceModel, verb string) diag.Diagnostic {
	return iotplan.Prevented(noun, m.RegistrationID.ValueString(), m.DPSHostname.ValueString(), verb)
}

// destroyWarning says where the device stands when nobody watches it any more. Removing the entry by hand afterwards
// would let it in.
func destroyWarning(id string, now reading, fresh, restored bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	if restored || now.state.Enrollment == deprovision.Enabled || now.access == deprovision.Allowed {
		return warning("Device is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. Device %q is not blocked by this resource now, and nobody watches it any "+
				"more.",
			id), asOf)
	}
	entry := fmt.Sprintf("its individual enrollment stays %s", now.state.Enrollment)
	for _, identity := range deprovision.SortedIDs(now.state.Identities) {
		entry += fmt.Sprintf(", its identity %s stays %s", identity, now.state.Identities[identity])
	}
	back := ""
	if len(now.paths) > 0 && now.state.Enrollment == deprovision.Disabled {
		back = fmt.Sprintf("Do not delete the disabled individual enrollment by hand: these enabled groups could then let "+
			"the device in again: %s.", pathList(now.paths))
	}
	if now.access == deprovision.PartiallyBlocked {
		return warning("Device stays blocked in DPS only", fmt.Sprintf(
			"Destroying changes nothing in Azure, and nobody watches device %q any more. DPS keeps refusing it, but a hub may "+
				"still let it in (%s).", id, entry), back, asOf)
	}
	return warning("Device stays blocked", fmt.Sprintf(
		"Destroying changes nothing in Azure. Device %q stays blocked (%s); Terraform only forgets it. To let a device in "+
			"again, set desired_access = \"restored\" and apply.", id, entry), back, asOf)
}
