// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// Nouns of the objects, as the services name them.
const (
	nounEntry        = "individual enrollment"
	nounRegistration = "registration record"
	nounGroups       = "enrollment groups"
	nounIdentity     = "device identity"
)

func missing(err error) diag.Diagnostic {
	var absent *azure.MissingError
	if errors.As(err, &absent) {
		return diag.NewErrorDiagnostic(absent.What, "Set "+absent.Argument+".")
	}
	return diag.NewErrorDiagnostic("Cannot reach DPS", err.Error())
}

// standing says what is true of the block at this moment, for an error that ends an apply.
func (e *enforcement) standing() string {
	if !e.touched {
		return "Nothing was written."
	}
	var lines []string
	switch e.now.picture.Enrollment {
	case deprovision.Disabled:
		lines = append(lines, "The device stays blocked in DPS: its individual enrollment is disabled.")
	case deprovision.Absent:
		lines = append(lines, "The device has no individual enrollment.")
	default:
		lines = append(lines, "The device's individual enrollment is enabled.")
	}
	lines = append(lines, "The next apply goes on from here.")
	if e.creating {
		lines = append(lines, "Terraform marks the resource tainted and replaces it, which never lets the device in; "+
			"\"terraform untaint\" lets the next apply finish this same object instead.")
	}
	return strings.Join(lines, " ")
}

func (e *enforcement) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: host, Mode: e.services.Mode(host), Needs: needs, Afterwards: e.standing(),
	}
}

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (e *enforcement) lookUpFailed(err error) diag.Diagnostic {
	var failed *facts.Error
	if !errors.As(err, &failed) {
		return diag.NewErrorDiagnostic("Cannot look up the device", err.Error())
	}
	switch failed.Call {
	case facts.ReadEntry:
	case facts.ReadRegistration:
		return iotdiag.Failed(e.attempt("read", nounRegistration, failed.ID, failed.Host, iotdiag.ReadRegistration()), failed)
	case facts.ListGroups:
		return iotdiag.Failed(e.attempt("list", nounGroups, failed.ID, failed.Host, iotdiag.ReadEnrollmentGroup()), failed)
	}
	return iotdiag.Failed(e.attempt("read", nounEntry, failed.ID, failed.Host, iotdiag.ReadIndividualEnrollment()), failed)
}

func (e *enforcement) entryFailed(verb string, needs iotdiag.Right, err error) diag.Diagnostic {
	return iotdiag.Failed(e.attempt(verb, nounEntry, e.want.registrationID, e.asker.DPS().Host(), needs), err)
}

func (e *enforcement) registrationFailed(err error) diag.Diagnostic {
	return iotdiag.Failed(e.attempt(
		"delete", nounRegistration, e.want.registrationID, e.asker.DPS().Host(), iotdiag.DeleteRegistration()), err)
}

func (e *enforcement) keysUnreadable(err error) diag.Diagnostic {
	a := e.attempt("read the keys of", nounEntry, e.want.registrationID, e.asker.DPS().Host(), iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones. " +
		"" + a.Afterwards
	return iotdiag.Failed(a, err)
}

func (e *enforcement) entryUncertain(err error) diag.Diagnostic {
	a := e.attempt("create", nounEntry, e.want.registrationID, e.asker.DPS().Host(), iotdiag.WriteIndividualEnrollment())
	a.Afterwards = "The entry may have been written all the same. Then it is disabled and carries the mark of this " +
		"resource, and the next apply recognises it."
	return iotdiag.Failed(a, err)
}

func (e *enforcement) identityFailed(verb string, identity facts.Identity, err error) diag.Diagnostic {
	needs := iotdiag.WriteDeviceIdentity()
	if verb == "delete" {
		needs = iotdiag.DeleteDeviceIdentity()
	}
	return iotdiag.Failed(e.attempt(verb, nounIdentity, identity.DeviceID, identity.Host, needs), err)
}

func (e *enforcement) hubFailed(identity facts.Identity) diag.Diagnostic {
	return iotdiag.Failed(e.attempt("read", nounIdentity, identity.DeviceID, identity.Host, iotdiag.ReadDeviceIdentity()),
		reasonOf(identity))
}

// reasonOf is why a hub could not be read.
func reasonOf(identity facts.Identity) error {
	if identity.Err == nil {
		return errors.New("the hub could not be read")
	}
	return identity.Err
}

// plainError is an error that no call caused: what is wrong, then what is true now.
func (e *enforcement) plainError(summary, detail string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, detail+"\n\n"+e.standing())
}

func (e *enforcement) entryAppeared() diag.Diagnostic {
	return e.plainError("The plan is stale", fmt.Sprintf(
		"An individual enrollment %q appeared after the plan was made, and this resource did not make it. Plan again: the "+
			"new plan shows what happens to it.", e.want.registrationID))
}

func (e *enforcement) entryVanished() diag.Diagnostic {
	return e.plainError("The plan is stale", fmt.Sprintf(
		"The individual enrollment %q was deleted after the plan was made. Plan again.", e.want.registrationID))
}

func (e *enforcement) entryContended() diag.Diagnostic {
	return e.plainError("Individual enrollment keeps changing", fmt.Sprintf(
		"Somebody else changed the individual enrollment %q at every one of %d tries. Find out who, then plan again.",
		e.want.registrationID, conflictTries))
}

func (e *enforcement) entryChanged() diag.Diagnostic {
	return e.plainError("Individual enrollment was changed", fmt.Sprintf(
		"Somebody else has changed the individual enrollment %q since this resource made it. It is left as it is; delete it "+
			"yourself if the device is to be let in.", e.want.registrationID))
}

func (e *enforcement) notStored(want, got deprovision.Status) diag.Diagnostic {
	return e.plainError("DPS did not store the change", fmt.Sprintf(
		"The individual enrollment %q was written to be %s and reads %s. Plan again; if it stays so, ask Azure support.",
		e.want.registrationID, want, got))
}

func (e *enforcement) stillAssigning() diag.Diagnostic {
	return e.plainError("An assignment is still in flight", fmt.Sprintf(
		"The registration record of %q still says assigning after %s, so that the hub in which the device ends up is "+
			"not known.",
		e.want.registrationID, settleLimit))
}

func (e *enforcement) identityVanished(host string) diag.Diagnostic {
	return e.plainError("The plan is stale", fmt.Sprintf(
		"The device identity %q was deleted from %s after the plan was made. Plan again.",
		e.now.picture.Identities[host].DeviceID, host))
}

func (e *enforcement) identityContended(host string) diag.Diagnostic {
	return e.plainError("Device identity keeps changing", fmt.Sprintf(
		"Somebody else changed the device identity %q in %s at every one of %d tries. Find out who, then apply again.",
		e.now.picture.Identities[host].DeviceID, host, conflictTries))
}

func (e *enforcement) identityMadeAnew(identity facts.Identity) diag.Diagnostic {
	return e.plainError("Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s is not the one that this resource disabled: it was deleted and made again. It is "+
			"left as it is. Plan again.", identity.DeviceID, identity.Host))
}

func (e *enforcement) hubAppeared(host string) diag.Diagnostic {
	return e.plainError("The plan is stale", fmt.Sprintf(
		"After the plan was made the device %q was found in %s, which the plan does not name and which is left as it is "+
			"for now. Plan again: the new plan shows what happens to it.",
		e.now.picture.Identities[host].DeviceID, host))
}

func (e *enforcement) otherOutcome(planned readings) diag.Diagnostic {
	return e.plainError("The device changed during the apply", fmt.Sprintf(
		"Somebody, or the device itself, changed something after this apply began.\nPlanned:\n%s\nNow:\n%s\nPlan again.",
		pictureLines(e.want.registrationID, planned), pictureLines(e.want.registrationID, e.now)))
}

func pictureLines(id string, r readings) string {
	lines := []string{fmt.Sprintf("  %s %s: %s", deprovision.TargetEnrollment, id, r.picture.Enrollment)}
	for _, host := range hostsOf(r.picture) {
		identity := r.picture.Identities[host]
		lines = append(lines, fmt.Sprintf("  %s %s: %s", deprovision.TargetIdentity,
			deprovision.IdentityObject(host, identity.DeviceID), identity.Status))
	}
	return strings.Join(append(lines, fmt.Sprintf("  access: %s", r.access)), "\n")
}

func (e *enforcement) stale(planned, now []deprovision.Effect) diag.Diagnostic {
	return e.plainError("The plan is stale", fmt.Sprintf(
		"The device changed after the plan was made. Planned:\n%s\nNecessary now:\n%s\nPlan again.",
		effectLines(planned), effectLines(now)))
}

func (e *enforcement) staleObject(effect deprovision.Effect, now deprovision.Status) diag.Diagnostic {
	planned := fmt.Sprintf("lead to %s", effect.To)
	if effect.From != "" {
		planned = fmt.Sprintf("lead from %s to %s", effect.From, effect.To)
	}
	return e.plainError("The plan is stale", fmt.Sprintf(
		"The plan was to %s for %s %s, which is %s now. Plan again.", planned, effect.Target, effect.Object, now))
}

// refuseDelete is an error while deleting the entry would leave the device a way in.
func (e *enforcement) refuseDelete(paths []deprovision.ReenrollPath) diagnostics {
	if e.want.enrollment != deprovision.Deleting || e.want.restore || len(paths) == 0 {
		return nil
	}
	return diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("enrollment_action"), "Deleting would let the device in",
		fmt.Sprintf("Without its individual enrollment the device %q could be let in by: %s. Use enrollment_action = "+
			"\"disable\", or disable these groups first.", e.want.registrationID, pathList(paths)))}
}

func pathList(paths []deprovision.ReenrollPath) string {
	said := make([]string, 0, len(paths))
	for _, p := range paths {
		said = append(said, fmt.Sprintf("%s (%s)", p.EnrollmentGroupID, p.Match))
	}
	return strings.Join(said, ", ")
}

func effectLines(effects []deprovision.Effect) string {
	if len(effects) == 0 {
		return "  nothing"
	}
	lines := make([]string, 0, len(effects))
	for _, effect := range effects {
		lines = append(lines, fmt.Sprintf("  %s %s: %s -> %s (%s)",
			effect.Target, effect.Object, effect.From, effect.To, effect.Action))
	}
	return strings.Join(lines, "\n")
}

func sortedHosts[V any](m map[string]V) []string {
	hosts := make([]string, 0, len(m))
	for host := range m {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}
