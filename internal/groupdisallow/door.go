// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"context"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

const nounGroup = "enrollment group"

// arrive reads the group and, while it still lets devices in, the records: each try that is refused afterwards
// overwrites one, and with it the name of the device's hub.
func (r *run) arrive(ctx context.Context) diagnostics {
	group, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	r.s.sawGroup(group, r.m)
	if group == nil || group.Disabled() {
		return nil
	}
	records, err := r.reader.GroupRecords(ctx, r.want.groupID)
	if err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	r.s.sawRecords(records, r.want.hubs)
	r.s.follow()
	return nil
}

// shut disables the group, unless it is, and reads it back.
func (r *run) shut(ctx context.Context) diagnostics {
	if r.s.group == nil || r.s.group.Disabled() {
		r.ledger.changed[deprovision.Effect{
			Target: deprovision.TargetGroup, Object: r.want.groupID, Action: deprovision.None,
			From: r.s.status, To: r.s.status,
		}]++
		return nil
	}
	r.m.Group.Before, r.m.Group.Created = deprovision.Enabled, r.s.group.CreatedDateTimeUTC
	return r.putGroup(ctx, "disable", azdps.StatusDisabled, deprovision.Disable)
}

// reopen enables the group again.
func (r *run) reopen(ctx context.Context) diagnostics {
	return r.putGroup(ctx, "enable", azdps.StatusEnabled, deprovision.Enable)
}

// putGroup gives the group a status and leaves everything else as it was just read.
func (r *run) putGroup(ctx context.Context, verb, status string, action deprovision.Action) diagnostics {
	before := r.s.status
	body, diags := r.withKeys(ctx, *r.s.group)
	if diags.HasError() {
		return diags
	}
	body.ProvisioningStatus = &status
	is := func(now azdps.EnrollmentGroup) bool { return now.Disabled() == (status == azdps.StatusDisabled) }
	result := writes.Put(func() (azdps.EnrollmentGroup, error) {
		return r.reader.DPS().PutEnrollmentGroup(ctx, body, &azdps.WriteOptions{OnlyIfUnchanged: &r.s.group.ETag})
	}, func() (*azdps.EnrollmentGroup, error) { return r.reader.Group(ctx, r.want.groupID) }, is)
	r.ledger.touched = r.ledger.touched || result.Outcome == writes.Done || result.Outcome == writes.Unknown
	r.reader.DPS().ForgetEnrollmentGroups()
	if action == deprovision.Enable && (result.Outcome == writes.Done || result.Outcome == writes.Unknown) {
		opened := *r.s.group // Whatever the read back tells, or cannot tell, it is not known to be shut any more.
		opened.ProvisioningStatus = &status
		r.s.group, r.s.status = &opened, deprovision.Enabled
	}
	if result.Outcome != writes.Done {
		return diagnostics{r.words().failed(verb, nounGroup, r.want.groupID, iotdiag.WriteEnrollmentGroup(), result.Err)}
	}
	now, err := r.reader.Group(ctx, r.want.groupID)
	if err != nil {
		return diagnostics{r.words().lookUpFailed(err)}
	}
	r.s.group, r.s.status = now, facts.GroupStatus(now)
	if now == nil || !is(*now) {
		return diagnostics{r.words().notStored(verb)}
	}
	r.ledger.changed[deprovision.Effect{
		Target: deprovision.TargetGroup, Object: r.want.groupID, Action: action, From: before, To: r.s.status,
	}]++
	return nil
}

// withKeys fetches the keys of a symmetric-key group for one write: without them the service may make new ones.
func (r *run) withKeys(ctx context.Context, body azdps.EnrollmentGroup) (azdps.EnrollmentGroup, diagnostics) {
	if body.Attestation.Type != azdps.AttestationSymmetricKey {
		return body, nil
	}
	shown, err := r.reader.DPS().GetEnrollmentGroupAttestation(ctx, r.want.groupID)
	if err == nil {
		body.Attestation.SymmetricKey, err = shown.Keys()
	}
	if err != nil {
		return body, diagnostics{r.words().keysUnreadable(err)}
	}
	return body, nil
}
