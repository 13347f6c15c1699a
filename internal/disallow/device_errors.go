// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// subject is the device of which diagnostics speak.
type subject struct {
	services *azure.Services
	// id is its registration ID, host the DPS instance.
	id, host string
	// standing says what is true of the block, for an error that ends a look; a run says it when it has ended.
	standing string
}

const nothingWritten = "Nothing was written."

// asker asks the services about its subject.
type asker struct {
	subject
	reader *facts.Reader
}

// ask is how the device is asked about that is wanted to be blocked.
func (r *deviceResource) ask(want wanted) (asker, diag.Diagnostics) {
	return newAsker(r.Services, want)
}

func newAsker(services *azure.Services, want wanted) (asker, diag.Diagnostics) {
	reader, err := facts.NewReader(services, want.dpsHostname)
	if err != nil {
		return asker{}, diag.Diagnostics{iotdiag.NotConfigured(path.Root("dps_hostname"), err)}
	}
	return asker{reader: reader, subject: subject{
		services: services, id: want.registrationID, host: reader.DPS().Host(), standing: nothingWritten,
	}}, nil
}

func (s subject) attempt(verb, noun, id, host string, needs iotdiag.Right) iotdiag.Attempt {
	return iotdiag.Attempt{
		Verb: verb, Noun: noun, ID: id, Host: host, Mode: s.services.Mode(host), Needs: needs, Afterwards: s.standing,
	}
}

// Nouns of the objects, as the services name them.
const (
	nounEntry        = "individual enrollment"
	nounRegistration = "registration record"
	nounGroups       = "enrollment groups"
	nounIdentity     = "device identity"
)

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (s subject) lookUpFailed(err error) diag.Diagnostic {
	var failed *facts.Error
	if !errors.As(err, &failed) {
		return diag.NewErrorDiagnostic("Cannot look up the device", err.Error())
	}
	switch failed.Call {
	case facts.ReadEntry, facts.ReadGroup, facts.ListRegistrations: // The last two nobody asks for a device.
	case facts.ReadRegistration:
		return iotdiag.Failed(s.attempt("read", nounRegistration, failed.ID, failed.Host, iotdiag.ReadRegistration()), failed)
	case facts.ListGroups:
		return iotdiag.Failed(s.attempt("list", nounGroups, failed.ID, failed.Host, iotdiag.ReadEnrollmentGroup()), failed)
	case facts.ListEntries:
		return iotdiag.Failed(
			s.attempt("list", nounEntry+"s", failed.ID, failed.Host, iotdiag.ReadIndividualEnrollment()), failed)
	}
	return iotdiag.Failed(s.attempt("read", nounEntry, failed.ID, failed.Host, iotdiag.ReadIndividualEnrollment()), failed)
}

func (s subject) entryFailed(verb string, needs iotdiag.Right, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, nounEntry, s.id, s.host, needs), err)
}

func (s subject) registrationFailed(err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(
		"delete", nounRegistration, s.id, s.host, iotdiag.DeleteRegistration()), err)
}

func (s subject) keysUnreadable(err error) diag.Diagnostic {
	a := s.attempt("read the keys of", nounEntry, s.id, s.host, iotdiag.ReadKeys())
	a.Afterwards = "A write of a symmetric-key entry has to send its keys along, or the service would make new ones."
	return iotdiag.Failed(a, err)
}

func (s subject) entryUncertain(err error) diag.Diagnostic {
	a := s.attempt("create", nounEntry, s.id, s.host, iotdiag.WriteIndividualEnrollment())
	a.Afterwards = "The entry may have been written all the same. Then it is disabled and carries the mark of this " +
		"resource, and the next apply recognises it."
	return iotdiag.Failed(a, err)
}

func (s subject) identityFailed(verb string, id deprovision.IdentityID, err error) diag.Diagnostic {
	return iotdiag.Failed(s.attempt(verb, nounIdentity, id.DeviceID, id.Host, identityRights(verb)), err)
}

func (s subject) identityUnread(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	return iotdiag.Failed(s.attempt("read", nounIdentity, id.DeviceID, id.Host, iotdiag.ReadDeviceIdentity()),
		identity.Unread())
}

// identityKeysHidden is an error before the write that would destroy the device's keys.
func (s subject) identityKeysHidden(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Cannot disable device identity", fmt.Sprintf(
		"%s does not show the keys of the device identity %q. A write has to send them along, or the hub would make new "+
			"ones and restoring could not bring the device back. Reading them needs the data action %s, or the permission "+
			"%s of a shared access policy. hub_identity_action = \"delete\" needs no keys.", id.Host, id.DeviceID,
		iotdiag.ReadDeviceIdentity().DataAction, iotdiag.ReadDeviceIdentity().Permission))
}

// plainError is an error that no call caused: what is wrong, then what is true now.
func (s subject) plainError(summary, detail string) diag.Diagnostic {
	if s.standing != "" {
		detail += "\n\n" + s.standing
	}
	return diag.NewErrorDiagnostic(summary, detail)
}

func (s subject) entryAppeared() diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"An individual enrollment %q appeared after the plan was made, and this resource did not make it. Plan again: the "+
			"new plan shows what happens to it.", s.id))
}

func (s subject) entryVanished() diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The individual enrollment %q was deleted after the plan was made. Plan again.", s.id))
}

func (s subject) entryContended() diag.Diagnostic {
	return s.plainError("Individual enrollment keeps changing", fmt.Sprintf(
		"Somebody else changed the individual enrollment %q at every one of %d tries. Find out who, then plan again.",
		s.id, conflictTries))
}

func (s subject) entryChanged() diag.Diagnostic {
	return s.plainError("Individual enrollment was changed", fmt.Sprintf(
		"Somebody else has changed the individual enrollment %q since this resource made it. It is left as it is; delete it "+
			"yourself if the device is to be let in.", s.id))
}

func (s subject) notStored(want, got deprovision.Status) diag.Diagnostic {
	return s.plainError("DPS did not store the change", fmt.Sprintf(
		"The individual enrollment %q was written to be %s and reads %s. Plan again; if it stays so, ask Azure support.",
		s.id, want, got))
}

func (s subject) stillAssigning() diag.Diagnostic {
	return s.plainError("An assignment is still in flight", fmt.Sprintf(
		"The registration record of %q still says assigning after %s, so that the hub in which the device ends up is not "+
			"known.", s.id, facts.SettleLimit))
}

func (s subject) identityVanished(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The device identity %q was deleted from %s after the plan was made. Plan again.", id.DeviceID, id.Host))
}

func (s subject) identityContended(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Device identity keeps changing", fmt.Sprintf(
		"Somebody else changed the device identity %q in %s at every one of %d tries. Find out who, then apply again.",
		id.DeviceID, id.Host, conflictTries))
}

func (s subject) identityMadeAnew(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("Device identity was made anew", fmt.Sprintf(
		"The device identity %q in %s is not the one that was looked at before: it was deleted and made again, and may be "+
			"another machine's. It is left as it is. Plan again.", id.DeviceID, id.Host))
}

func (s subject) identityDisabledElsewhere(id deprovision.IdentityID, identity facts.Identity) diag.Diagnostic {
	shown := "no reason"
	if reason := identity.Device.StatusReason; reason != nil {
		shown = fmt.Sprintf("the reason %q", *reason)
	}
	return s.plainError("Device identity was disabled elsewhere", fmt.Sprintf(
		"The device identity %q in %s shows %s, which this resource did not write: somebody else has disabled it since. It "+
			"is left as it is. Plan again.", id.DeviceID, id.Host, shown))
}

func (s subject) identityAppeared(id deprovision.IdentityID) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"After the plan was made the device %q was found in %s, which the plan does not name and which is left as it is "+
			"for now. Plan again: the new plan shows what happens to it.", id.DeviceID, id.Host))
}

func (s subject) otherOutcome(planned, now reading) diag.Diagnostic {
	return s.plainError("The device changed during the apply", fmt.Sprintf(
		"Somebody, or the device itself, changed something after this apply began.\nPlanned:\n%s\nNow:\n%s\nPlan again.",
		stateLines(s.id, planned), stateLines(s.id, now)))
}

func stateLines(id string, r reading) string {
	lines := []string{fmt.Sprintf("  %s %s: %s", deprovision.TargetEnrollment, id, r.state.Enrollment)}
	for _, identity := range deprovision.SortedIDs(r.state.Identities) {
		lines = append(lines, fmt.Sprintf("  %s %s: %s",
			deprovision.TargetIdentity, identity, r.state.Identities[identity]))
	}
	return strings.Join(append(lines, fmt.Sprintf("  access: %s", r.access)), "\n")
}

func (s subject) stale(planned, now []deprovision.Effect) diag.Diagnostic {
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The device changed after the plan was made. Planned:\n%s\nNecessary now:\n%s\nPlan again.",
		effectLines(planned), effectLines(now)))
}

func (s subject) staleObject(effect deprovision.Effect, now deprovision.Status) diag.Diagnostic {
	planned := fmt.Sprintf("lead to %s", effect.To)
	if effect.From != "" {
		planned = fmt.Sprintf("lead from %s to %s", effect.From, effect.To)
	}
	return s.plainError("The plan is stale", fmt.Sprintf(
		"The plan was to %s for %s %s, which is %s now. Plan again.", planned, effect.Target, effect.Object, now))
}

// refuseDelete is an error unless it is proven that no group can let the device in once its entry is deleted.
func refuseDelete(want wanted, e deprovision.Evidence) diag.Diagnostics {
	if want.enrollment != deprovision.Deleting || want.restore || e.Proof != deprovision.ProofNone {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
		path.Root("enrollment_action"), "Deleting would let the device in", fmt.Sprintf(
			"Without its individual enrollment the device %q could be let in by: %s. Nothing proves that they cannot: a CA can "+
				"be cross-signed, and a device can hold another certificate than is known. Use enrollment_action = \"disable\", "+
				"or disable these groups first.", want.registrationID, pathList(e.Paths)))}
}

// otherRegistrationID is the error of a hub's device ID that was given for a registration ID.
func (s subject) otherRegistrationID(registrationID string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("registration_id"), "This is another device's name in its hub",
		fmt.Sprintf("DPS knows no device %q, but the individual enrollment %q has it as its device ID, or holds the "+
			"certificate that the identity of that name shows. A block of %q would not keep that device out. Use "+
			"registration_id = %q, and device_id for the name in the hub.", s.id, registrationID, s.id, registrationID))
}

// entryMadeAnew is the error of a restore that meets another entry than the one that was disabled.
func (s subject) entryMadeAnew() diag.Diagnostic {
	return s.plainError("Individual enrollment was made anew", fmt.Sprintf(
		"The individual enrollment %q is not the one that this resource disabled: somebody else has deleted it and made "+
			"another. It is left as it is. Plan again.", s.id))
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
