// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

const (
	deleteEvidenceName = "delete_evidence"
	whileEnabledName   = "while_enabled"
)

// NewDeleteRegistrationAction makes azureiot_dps_delete_registration: the record of one device is deleted.
func NewDeleteRegistrationAction() action.Action {
	return &dpsAction{invoke: deleteRegistration, Action: actionOf("dps_delete_registration", func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "Deletes the registration record of a device, so that its next registration is a first one, " +
				"such as after a change of `device_id` in its enrollment. The device's identity stays in its hub, and can " +
				"connect there. A record that is gone already is no error.\n\n" + evidenceText + "`azureiot_dps_device_disallow` " +
				"finds a device's identities by it: block the device first, and let its `delete_registration` delete the record " +
				"last. A device that only its hub refuses, by a disabled identity, may get another hub once the record is " +
				"gone. Where the record is deleted all the same and the entry is written later, the block says " +
				"`partially_blocked` until its hub is named.",
			Attributes: map[string]schema.Attribute{
				registrationIDName: schema.StringAttribute{
					Required: true, MarkdownDescription: "The device's name towards DPS; letter case has no meaning.",
					Validators: []validator.String{iotvalidator.RegistrationID()},
				},
				deleteEvidenceName: evidenceAttribute("the record"),
			},
		}
	})}
}

// NewPurgeRegistrationsAction makes azureiot_dps_purge_registrations: the records of a group's devices are deleted.
func NewPurgeRegistrationsAction() action.Action {
	return &dpsAction{invoke: purgeRegistrations, Action: actionOf("dps_purge_registrations", func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "Deletes the registration records that devices made through an enrollment group; they count " +
				"against the quota, and outlive the group. The devices' identities stay in their hubs, and can connect there. " +
				"Where it was interrupted, invoking it again goes on with what is left.\n\n" +
				"It is refused while the group is enabled: its devices come back at once, to whichever hub the group chooses " +
				"by then. It never changes the group.\n\n" + evidenceText +
				"`azureiot_dps_enrollment_group_disallow` finds devices by it: block the group first, and let its " +
				"`delete_registrations` delete the records when nothing is pending. Save `azureiot_dps_registrations` to know " +
				"later which device was where.",
			Attributes: map[string]schema.Attribute{
				enrollmentGroupIDName: schema.StringAttribute{
					Required: true,
					MarkdownDescription: "ID of the enrollment group, which may have been deleted; letter case has no " +
						"meaning.",
					Validators: []validator.String{iotvalidator.EnrollmentGroupID()},
				},
				whileEnabledName: schema.BoolAttribute{
					Optional: true,
					MarkdownDescription: "Delete the records also while the group is enabled, as before its devices move to other " +
						"hubs. Default: `false`.",
				},
				deleteEvidenceName: evidenceAttribute("records"),
			},
		}
	})}
}

const evidenceText = "A record is evidence when it names a hub, as the only trace of where DPS has put the device, " +
	"when an assignment is under way, or when it says that DPS has refused the device or that its last try failed, " +
	"which takes the hub of an earlier one out of the record. Such a record is deleted with `delete_evidence` only. "

func evidenceAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, MarkdownDescription: "Delete " + what + " also where that loses evidence. Default: `false`.",
	}
}

// conflictTries bounds how often an action tries again on what somebody else has changed meanwhile.
const conflictTries = 3

// deleteRegistration deletes the record that it has read, and says what that record told.
func deleteRegistration(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics {
	id := stringIn(asked, registrationIDName).ValueString()
	for range conflictTries {
		record, err := azrest.IfFound(r.dps.GetRegistration(ctx, id))
		switch {
		case err != nil:
			return diag.Diagnostics{iotdiag.Failed(r.attempt("read", registrationNoun, id, iotdiag.ReadRegistration()), err)}
		case record == nil:
			tell(fmt.Sprintf("There is no registration record of the device %q at %s: nothing is left to do.", id, r.dps.Host()))
			return nil
		case isEvidence(*record) && !flagged(asked, deleteEvidenceName):
			return diag.Diagnostics{isTrace(id, *record)}
		}
		removed := removeRegistration(ctx, r.dps, *record)
		switch removed.Outcome {
		case writes.Done:
			tell(fmt.Sprintf("Deleted the registration record of the device %q at %s. %s", id, r.dps.Host(), tale(*record)))
			return stays(id, *record)
		case writes.Overtaken: // The device has tried again meanwhile, so that it says something else now.
		default:
			a := r.attempt("delete", registrationNoun, id, iotdiag.DeleteRegistration())
			a.Afterwards = tale(*record)
			if removed.Outcome == writes.Unknown {
				a.Afterwards += " It may have been deleted all the same."
			}
			return diag.Diagnostics{iotdiag.Failed(a, removed.Err)}
		}
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic("Registration record keeps changing", fmt.Sprintf(
		"The registration record of the device %q at %s was written anew at every one of %d tries (HTTP 412): the device "+
			"registers again and again. Nothing was deleted.", id, r.dps.Host(), conflictTries))}
}

// removeRegistration deletes a record as it was read: one that has changed since stays.
func removeRegistration(
	ctx context.Context, dps *azure.Instance, record azdps.Registration,
) writes.Result[azdps.Registration] {
	var condition *azdps.WriteOptions
	if record.ETag != "" {
		condition = &azdps.WriteOptions{OnlyIfUnchanged: &record.ETag}
	}
	return writes.Remove(
		func() error { return dps.DeleteRegistration(ctx, record.RegistrationID, condition) },
		func() (*azdps.Registration, error) {
			return azrest.IfFound(dps.GetRegistration(ctx, record.RegistrationID))
		})
}

// isEvidence tells whether a record says something of its device that nothing else may say: the hub, or that it was
// refused or failed, which hides one. A block that finds no record takes the device for one that never came.
func isEvidence(record azdps.Registration) bool {
	return record.AssignedHub != "" || record.Status != azdps.RegistrationUnassigned
}

// tale is what a record said when it was read, as a sentence: once it is deleted, nobody can ask it any more.
func tale(record azdps.Registration) string {
	switch {
	case record.AssignedHub != "":
		return fmt.Sprintf("It named the hub %s, where the device is %q.", record.AssignedHub, deviceIDOf(record))
	case record.Status == azdps.RegistrationDisabled:
		return "It said that DPS had refused the device."
	}
	return fmt.Sprintf("Its status was %q, and it named no hub.", record.Status)
}

func deviceIDOf(record azdps.Registration) string {
	if record.DeviceID == "" {
		return record.RegistrationID
	}
	return record.DeviceID
}

func isTrace(id string, record azdps.Registration) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(deleteEvidenceName), "Registration record is evidence", fmt.Sprintf(
		"The registration record of the device %q may be the only trace of where it is. %s Without it, "+
			"azureiot_dps_device_disallow cannot find the device's identity by itself, and the device's next registration may "+
			"lead to another hub. Nothing was deleted. If the record is to go all the same, set %s = true.",
		id, tale(record), deleteEvidenceName))
}

// stays warns of what a deleted record leaves behind.
func stays(id string, record azdps.Registration) diag.Diagnostics {
	if record.AssignedHub == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Device keeps its hub access", inHub(id, record)+
		" Nothing in DPS tells so any more.")}
}

// inHub says where the record of a device puts it, and what that means. Whether its identity still stands there, and
// lets it in, is for the hub to say, which nobody has asked.
func inHub(id string, record azdps.Registration) string {
	return fmt.Sprintf("DPS has put the device %q into the hub %s, as %q: it can connect there unless that identity is "+
		"disabled or gone.", id, record.AssignedHub, deviceIDOf(record))
}

// purge deletes the records of one enrollment group. All are listed before the first is deleted: a list that shrinks
// while it is read might pass over some, and what may not be deleted is known before anything is.
type purge struct {
	*reader

	group   string
	records []azdps.Registration
	// deleted and changed count the records that are gone, and those that devices have written anew meanwhile.
	deleted, changed int
}

func purgeRegistrations(ctx context.Context, r *reader, asked types.Object, tell teller) diag.Diagnostics {
	p := &purge{reader: r, group: stringIn(asked, enrollmentGroupIDName).ValueString()}
	if !flagged(asked, whileEnabledName) {
		if diags := p.mustBeShut(ctx, tell); diags.HasError() {
			return diags
		}
	}
	if diags := p.list(ctx); diags.HasError() {
		return diags
	}
	tell(fmt.Sprintf("Registration records of enrollment group %q at %s: %d.%s",
		p.group, p.dps.Host(), len(p.records), p.hubs()))
	if evidence := p.evidence(); evidence > 0 && !flagged(asked, deleteEvidenceName) {
		return diag.Diagnostics{p.areTraces(evidence)}
	}
	return p.delete(ctx, tell)
}

// mustBeShut is an error while the group is enabled. One that was deleted lets nobody in by itself.
func (p *purge) mustBeShut(ctx context.Context, tell teller) diag.Diagnostics {
	group, err := azrest.IfFound(p.dps.GetEnrollmentGroup(ctx, p.group))
	switch {
	case err != nil:
		a := p.attempt("read", groupKind().noun, p.group, iotdiag.ReadEnrollmentGroup())
		a.Afterwards = "Nothing was deleted."
		return diag.Diagnostics{iotdiag.Failed(a, err)}
	case group == nil:
		tell(fmt.Sprintf("There is no enrollment group %q at %s any more; its records outlive it.", p.group, p.dps.Host()))
	case !group.Disabled():
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(whileEnabledName), "Enrollment group is enabled",
			fmt.Sprintf("The enrollment group %q at %s is enabled, so that its devices would come back at once, to whichever "+
				"hub it chooses by then. Nothing was deleted. Disable the group first or, if that is what you want, set "+
				"%s = true.", p.group, p.dps.Host(), whileEnabledName))}
	}
	return nil
}

func (p *purge) list(ctx context.Context) diag.Diagnostics {
	for pager := p.dps.NewListRegistrationsPager(p.group, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		switch {
		case azrest.IsNotFound(err): // of a group that is gone, and its records with it
			return nil
		case err != nil:
			a := p.attempt("list", registrationNoun+"s of enrollment group", p.group, iotdiag.ReadRegistration())
			a.Afterwards = "Nothing was deleted."
			return diag.Diagnostics{iotdiag.Failed(a, err)}
		}
		p.records = append(p.records, page.Items...)
	}
	return nil
}

// tellEvery is after how many records it is said how many are deleted.
const tellEvery = 100

func (p *purge) delete(ctx context.Context, tell teller) diag.Diagnostics {
	for i, record := range p.records {
		removed := removeRegistration(ctx, p.dps, record)
		switch removed.Outcome {
		case writes.Done:
			p.deleted++
		case writes.Overtaken:
			p.changed++
		default:
			return diag.Diagnostics{p.deleteFailed(record, removed)}
		}
		if done := i + 1; done%tellEvery == 0 && done < len(p.records) {
			tell(p.progress())
		}
	}
	tell(p.progress())
	if p.changed > 0 {
		return diag.Diagnostics{diag.NewWarningDiagnostic("Registration records were left", fmt.Sprintf(
			"%d of %d registration records of enrollment group %q at %s have changed since they were listed: their devices try "+
				"again. Invoking it again deletes them as they are then.", p.changed, len(p.records), p.group, p.dps.Host()))}
	}
	return nil
}

func (p *purge) progress() string {
	return fmt.Sprintf("Deleted %d of %d registration records of enrollment group %q.", p.deleted, len(p.records), p.group)
}

func (p *purge) deleteFailed(record azdps.Registration, removed writes.Result[azdps.Registration]) diag.Diagnostic {
	a := p.attempt("delete", registrationNoun, record.RegistrationID, iotdiag.DeleteRegistration())
	a.Afterwards = p.progress() + " Invoking it again goes on with the rest."
	if removed.Outcome == writes.Unknown {
		a.Afterwards = "It may have been deleted all the same. " + a.Afterwards
	}
	return iotdiag.Failed(a, removed.Err)
}

func (p *purge) evidence() int {
	count := 0
	for _, record := range p.records {
		if isEvidence(record) {
			count++
		}
	}
	return count
}

// hubs says how many devices the records put where, as the end of a sentence; empty when they name no hub.
func (p *purge) hubs() string {
	devices := map[string]int{}
	for _, record := range p.records {
		if record.AssignedHub != "" {
			devices[azrest.FoldHost(record.AssignedHub)]++
		}
	}
	var named []string
	for _, host := range slices.Sorted(maps.Keys(devices)) {
		named = append(named, fmt.Sprintf("%s (%d)", host, devices[host]))
	}
	if named == nil {
		return ""
	}
	return " They name the hubs " + strings.Join(named, ", ") + ", where the devices stay."
}

func (p *purge) areTraces(evidence int) diag.Diagnostic {
	text := fmt.Sprintf("%d of %d registration records of enrollment group %q at %s name the hub in which a device is, "+
		"or say that it was refused or that it failed, and may be the only trace of it.%s Without them, "+
		"azureiot_dps_enrollment_group_disallow cannot find the devices. Nothing was deleted. If they are to go all the "+
		"same, set %s = true.",
		evidence, len(p.records), p.group, p.dps.Host(), p.hubs(), deleteEvidenceName)
	return diag.NewAttributeErrorDiagnostic(
		path.Root(deleteEvidenceName), "Registration records are evidence", text)
}
