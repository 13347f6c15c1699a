// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/composite"
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
	reader, diags := composite.Reader(services, want.dpsHostname)
	if diags.HasError() {
		return asker{}, diags
	}
	return asker{reader: reader, subject: subject{
		services: services, id: want.RegistrationID, host: reader.DPS().Host(), standing: nothingWritten,
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
	nounIdentity     = "device identity"
)

// lookUpFailed is a call to DPS without whose answer nothing can be said.
func (s subject) lookUpFailed(err error) diag.Diagnostic {
	return composite.LookUpFailed(err, s.attempt)
}

// plainError is an error that no call caused: what is wrong, then what is true now.
func (s subject) plainError(summary, detail string) diag.Diagnostic {
	if s.standing != "" {
		detail += "\n\n" + s.standing
	}
	return diag.NewErrorDiagnostic(summary, detail)
}

// refuseDelete is an error unless it is proven that no group can let the device in once its entry is deleted.
func refuseDelete(want wanted, e deprovision.Evidence) diag.Diagnostics {
	if want.Enrollment != deprovision.Deleting || want.Restore || e.Proof != deprovision.ProofNone {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(
		path.Root("enrollment_action"), "Deleting would let the device in", fmt.Sprintf(
			"Without its individual enrollment the device %q could be let in by: %s. Nothing proves that they cannot: a CA can "+
				"be cross-signed, and a device can hold another certificate than is known. Use enrollment_action = \"disable\", "+
				"or disable these groups first.", want.RegistrationID, deprovision.NamePaths(e.Paths)))}
}

// gatewayWarnings count the devices that lose their gateway when an IoT Edge device is shut out of a hub. found are the
// identities that were read already, and then also those that are read here.
func (a asker) gatewayWarnings(
	ctx context.Context, effects deprovision.Effects, found map[deprovision.IdentityID]facts.Identity,
) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, id := range effects.ShutOut() {
		identity, read := found[id]
		if !read {
			identity = a.reader.Identity(ctx, facts.Question{RegistrationID: a.id}, facts.Evidence{}, id)
			found[id] = identity
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
	return iotdiag.Warning("Device is an IoT Edge gateway", fmt.Sprintf("%q in %s is an IoT Edge device. %s",
		gateway.DeviceID, host, lost))
}

// standingWarnings name what keeps the block from being known, and how to settle it.
func (s subject) standingWarnings(seen sight) diag.Diagnostics {
	var diags diag.Diagnostics
	f, e := seen.f, seen.evidence()
	if e.Enrollment != deprovision.Enabled && !seen.want.Restore && !e.Placed() && !tiedUnread(f) {
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

// unverified tells of an identity that may be the device. Naming its hub is enough where the device has no other one.
func (s subject) unverified(id deprovision.IdentityID, f facts.Evidence) diag.Diagnostic {
	settle := "name the hub in additional_iothub_hostnames"
	for other, identity := range f.Identities {
		if other.Host == id.Host && other != id && identity.Any() {
			settle = fmt.Sprintf("set device_id = %q", id.DeviceID)
		}
	}
	return iotdiag.Warning("Device identity is not verified", fmt.Sprintf(
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
	return iotdiag.Warning("Whereabouts of the device are not known", fmt.Sprintf(
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

func deleteWarning(id string, effects deprovision.Effects) string {
	if !effects.Delete() {
		return ""
	}
	return fmt.Sprintf("Deleting cannot be undone: an identity of %q goes with its twin and its modules, and restoring "+
		"cannot bring it back.", id)
}

const nothingWritten = "Nothing was written."

// planAnswers is what a plan leaves for the apply of the same settings. Terraform plans each change once more right
// before it applies it, with the provider configured as for the apply, and nothing in that call tells the two apart.
type planAnswers struct {
	want    wanted
	answers facts.Answers
}

// tellApply leaves what the services said to a plan.
func (r *deviceResource) tellApply(want wanted, answers facts.Answers) {
	azure.Leave(&r.Services.Handover, r.entryObject(want), planAnswers{want, answers})
}

// saidToPlan is what the services said to the plan of the same settings a moment ago, once; nil when nothing is left of
// it.
func (r *deviceResource) saidToPlan(want wanted) *facts.Answers {
	left, found := azure.Take[planAnswers](&r.Services.Handover, r.entryObject(want))
	if !found || !reflect.DeepEqual(left.want, want) || !left.answers.Fresh(r.Services.Now()) {
		return nil
	}
	return &left.answers
}

func (r *deviceResource) entryObject(want wanted) azure.Object {
	return azure.EnrollmentObject(r.Services.DPSHost(want.dpsHostname), want.RegistrationID)
}

func standingOf(l ledger, creating bool, enrollment deprovision.Status) string {
	switch {
	case l.unsure:
		return ""
	case !l.touched:
		return nothingWritten
	}
	var lines []string
	switch enrollment {
	case deprovision.Disabled:
		lines = append(lines, "The device stays blocked in DPS: its individual enrollment is disabled.")
	case deprovision.Absent:
		lines = append(lines, "The device has no individual enrollment.")
	default:
		lines = append(lines, "The device's individual enrollment is enabled.")
	}
	lines = append(lines, "The next apply goes on from here.")
	if creating {
		lines = append(lines, "Terraform marks the resource tainted and replaces it, which never lets the device in; "+
			"\"terraform untaint\" lets the next apply finish this same object instead.")
	}
	return strings.Join(lines, " ")
}
