// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
)

// createWarning tells what a new block finds now.
func (s subject) createWarning(now *standing, want wanted) diag.Diagnostic {
	undone := ""
	if now.status != deprovision.Enabled {
		undone = "If this replaces a block that came to no end, nothing is undone on the way: what was disabled stays " +
			"disabled."
	}
	return iotdiag.Warning("Group is disallowed", fmt.Sprintf(
		"Enrollment group %q is %s, and %d devices have registered through it. The apply disables the group first, and "+
			"then %s. As it is now:\n%s", s.id, now.status, len(now.evidence().Members), want.does(), hubLines(now)),
		pathsLine(now), want.forGood(), undone)
}

// does says what becomes of the devices.
func (w wanted) does() string {
	switch w.identities {
	case deprovision.Deleting:
		return "deletes every identity of its devices"
	case deprovision.Keeping:
		return "leaves the identities of its devices as they are"
	default:
	}
	return "disables every identity of its devices that is enabled by then"
}

func (w wanted) forGood() string {
	if w.identities != deprovision.Deleting || w.restore {
		return ""
	}
	return "Deleting cannot be undone: an identity goes with its twin and its modules, and restoring cannot bring it back."
}

// hubLines are the counts of each hub.
func hubLines(s *standing) string {
	tally := s.evidence().Tally()
	var lines []string
	for _, host := range slices.Sorted(maps.Keys(tally)) {
		t := tally[host]
		line := fmt.Sprintf("  %s: %d registered, %d enabled", host, t.Registered, t.Enabled)
		if s.untold[host] {
			line = fmt.Sprintf("  %s: %d registered; the hub has not said within %s how many of them are enabled", host,
				t.Registered, glanceTime)
		}
		for _, other := range []struct {
			count int
			what  string
		}{{t.Disabled, "disabled"}, {t.Absent, "absent"}, {t.Unreachable, "unreachable"}} {
			if other.count > 0 {
				line += fmt.Sprintf(", %d %s", other.count, other.what)
			}
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "  no hub is known to have a device of it"
	}
	return strings.Join(lines, "\n")
}

func pathsLine(s *standing) string {
	if len(s.paths) == 0 {
		return ""
	}
	return "If the group vanished, these enabled groups could let its devices in: " + deprovision.NamePaths(s.paths) + "."
}

// warning tells what a change does.
func (c change) warning() diag.Diagnostic {
	var lines []string
	for _, e := range c.decision.Effects {
		lines = append(lines, "  "+e.String())
	}
	did := fmt.Sprintf("Enrollment group %q, and what the apply does:\n%s", c.want.groupID, strings.Join(lines, "\n"))
	switch {
	case !c.want.restore && c.have.restore:
		return iotdiag.Warning("Group is disallowed again", did, c.want.forGood())
	case !c.want.restore:
		return iotdiag.Warning("Block of the group goes on", did, c.want.forGood())
	case c.decision.Status == deprovision.Enabled:
		return iotdiag.Warning("Group is let in again", did)
	}
	return iotdiag.Warning("Group stays shut", did, fmt.Sprintf(
		"The enrollment group %q stays %s: it was not enabled before the block, another one took its place since, or nobody "+
			"knows. Enable it yourself if its devices are to be let in.", c.want.groupID, c.decision.Status))
}

// standingWarnings name what keeps the group from being blocked, and how to settle it.
func (s subject) standingWarnings(now *standing, want wanted) diag.Diagnostics {
	var diags diag.Diagnostics
	g := now.evidence()
	for _, host := range slices.Sorted(maps.Keys(now.silent)) {
		if err := now.silent[host]; err != nil {
			a := s.attempt("read", "devices of enrollment group", s.id, host, rightsAt(err))
			a.Afterwards = "Its devices count as unreachable: whether they are blocked there is not known."
			diags.Append(iotdiag.Warned(a, err))
		}
	}
	if want.restore {
		return append(diags, s.leftDisabled(now)...)
	}
	if unplaced := g.Unplaced(); len(unplaced) > 0 {
		diags.Append(s.unplaced(unplaced, now))
	}
	if unplaced := g.Unplaced(); len(unplaced) == 0 && len(now.suspected) > 0 {
		diags.Append(iotdiag.Warning("Other identities bear the names of devices", fmt.Sprintf(
			"These hubs let identities in that bear the names of devices of the enrollment group %q, which registered "+
				"elsewhere last. Nothing proves that they are these devices, so that they are left alone, and access is no more "+
				"than %q. If they are, name the hub in additional_iothub_hostnames.%s",
			s.id, deprovision.PartiallyBlocked, suspects(now))))
	}
	if admitted := g.Admitted(); len(admitted) > 0 {
		diags.Append(iotdiag.Warning("Devices have enrollments of their own", fmt.Sprintf(
			"%d devices of the enrollment group %q have an enabled individual enrollment, which lets them in whatever the "+
				"group's status is: %s. Block them with azureiot_dps_device_disallow.", len(admitted), s.id, first(admitted))))
	}
	return diags
}

// unplaced tells of devices that may have an identity that nobody knows.
func (s subject) unplaced(ids []string, now *standing) diag.Diagnostic {
	suspected := suspects(now)
	if suspected != "" {
		suspected = "These hubs have identities of such names. A name proves nothing, so that they are left alone:" +
			suspected
	}
	return iotdiag.Warning("Whereabouts of devices are not known", fmt.Sprintf(
		"DPS refuses %d devices of the enrollment group %q of which nothing tells where they have been: a try that was "+
			"refused has overwritten their registration records, or somebody has deleted these (%s). A hub may still let them "+
			"in, so that access is no more than %q. Name the hubs in which they are in additional_iothub_hostnames, or block "+
			"them with azureiot_dps_device_disallow.", len(ids), s.id, first(ids), deprovision.PartiallyBlocked), suspected)
}

// suspects lists, by hub, the identities that bear the names of devices.
func suspects(now *standing) string {
	lines := ""
	for _, host := range slices.Sorted(maps.Keys(now.suspected)) {
		lines += fmt.Sprintf("\n  %s: %s", host, first(slices.Sorted(slices.Values(now.suspected[host]))))
	}
	return lines
}

// leftDisabled tells of identities that a restored group leaves disabled.
func (s subject) leftDisabled(now *standing) diag.Diagnostics {
	left := map[string]int{}
	for id, sighting := range now.roll {
		if sighting.Status == deprovision.Disabled {
			left[id.Host]++
		}
	}
	if total(left) == 0 {
		return nil
	}
	return diag.Diagnostics{iotdiag.Warning("Identities stay disabled", fmt.Sprintf(
		"%d identities of devices of the enrollment group %q stay disabled, because this resource did not disable them or "+
			"because the device's own individual enrollment is disabled: %s. Enable them yourself if the devices are to be "+
			"let in.",
		total(left), s.id, byHub(left)))}
}

// first names the first of some devices.
func first(ids []string) string {
	named := strings.Join(ids[:min(len(ids), maxNamed)], ", ")
	if more := len(ids) - maxNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return named
}

// moreDisabled tells of an apply that disabled more than its plan said: somebody had enabled a device meanwhile, or one
// had registered.
func (s subject) moreDisabled(planned []deprovision.GroupEffect, l ledger) diag.Diagnostics {
	counts := map[string]int{}
	for effect, count := range l.changed {
		if effect.Target == deprovision.TargetIdentity && effect.Action == deprovision.Disable {
			counts[effect.Object] += count
		}
	}
	for _, effect := range planned {
		if effect.Target == deprovision.TargetIdentity && effect.Action == deprovision.Disable {
			counts[effect.Object] -= effect.Count
		}
	}
	maps.DeleteFunc(counts, func(_ string, more int) bool { return more <= 0 })
	if len(counts) == 0 {
		return nil
	}
	return diag.Diagnostics{iotdiag.Warning("More devices were disabled than planned", fmt.Sprintf(
		"Devices of the enrollment group %q were enabled, had registered or could be read only after the plan, and are "+
			"disabled too: %s.",
		s.id, byHub(counts)))}
}

func (s subject) otherOutcome(plan model, now reading) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome is not as planned", fmt.Sprintf(
		"The enrollment group %q at %s changed during the apply. Planned were group_status %q and access %q; what is "+
			"true is %q and %q, with %d pending. Plan again.",
		s.id, s.host, plan.GroupStatus.ValueString(), plan.Access.ValueString(), now.status, now.access, now.pending))
}

// destroyWarning says where the group stands when nobody watches it any more.
func destroyWarning(now *standing, want wanted, fresh bool) diag.Diagnostic {
	asOf := ""
	if !fresh {
		asOf = "The services could not be asked: this is what was last known."
	}
	access := now.evidence().Access()
	if want.restore || access == deprovision.Allowed {
		return iotdiag.Warning("Group is not watched any more", fmt.Sprintf(
			"Destroying changes nothing in Azure. The enrollment group %q is not blocked by this resource now, and nobody "+
				"watches its devices any more.", want.groupID), asOf)
	}
	summary, more := "Devices of the group stay blocked", ""
	if access == deprovision.PartiallyBlocked {
		summary, more = "Devices of the group stay blocked in part", " Not every device is known to be out of its hub."
	}
	return iotdiag.Warning(summary, fmt.Sprintf(
		"Destroying changes nothing in Azure. The enrollment group %q stays %s, its devices as they are; Terraform only "+
			"forgets them.%s To let them in again, set desired_access = %q and apply.\n%s",
		want.groupID, now.status, more, iotplan.AccessRestored, hubLines(now)), pathsLine(now), asOf)
}
