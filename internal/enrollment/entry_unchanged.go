// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotplan"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/unchanged"
)

var _ unchanged.Resource = &entryResource{}

// Names are those that a read sets.
func (r *entryResource) Names(state unchanged.Attributes) (map[string]string, bool) {
	host, placed := state.Text(dpsHostnameName)
	id, named := state.Text(r.kind.idName)
	return map[string]string{dpsHostnameName: host, r.kind.idName: id}, placed && named && host != "" && id != ""
}

// Refreshed tells what Read would find: state stands when a list of entries proves it.
func (r *entryResource) Refreshed(
	ctx context.Context, state unchanged.Attributes, private unchanged.Private,
) unchanged.Finding {
	host, _ := state.Text(dpsHostnameName)
	id, _ := state.Text(r.kind.idName)
	if _, complete := state.Text(statusName); !complete || !r.Services.Known() {
		return unchanged.NotAsked
	}
	remembered, diags := memoryKey().Recall(ctx, private)
	dps, err := r.Services.DPS(host)
	switch {
	case err != nil, len(diags) > 0, remembered.ETag == "":
		return unchanged.NotAsked
	case r.kind.open(dps).unchanged(ctx, id, remembered.ETag):
		return unchanged.Same
	}
	return unchanged.Changed
}

// Computes names what Planned answers for.
func (r *entryResource) Computes() []string {
	return []string{dpsHostnameName, statusName, certificatesName}
}

// Planned tells whether ModifyPlan would leave everything as it is.
func (r *entryResource) Planned(
	ctx context.Context, config, prior unchanged.Attributes, private unchanged.Private,
) bool {
	host, placed := prior.Text(dpsHostnameName)
	id, named := prior.Text(r.kind.idName)
	status, read := prior.Text(statusName)
	moved, diags := iotplan.RecallMoved(ctx, private)
	if !placed || !named || !read || host == "" || !r.Services.Known() || len(diags) > 0 || moved != (iotplan.Standing{}) {
		return false
	}
	if config.Null(dpsHostnameName) && !iottype.Hostname().Same(r.Services.DPSHost(""), host) {
		return false
	}
	if _, err := r.Services.DPS(host); err != nil {
		return false
	}
	if !r.certificatesStand(prior, status) {
		return false
	}
	asked := newModel(host, id)
	if configured, ok := config.Text(statusName); ok {
		asked.ProvisioningStatus = types.StringValue(configured)
	}
	return !r.claimEnabled(asked, asked).HasError()
}

// certificatesStand tells whether the facts of certificates are those of the certificates, and none ends soon.
func (r *entryResource) certificatesStand(prior unchanged.Attributes, status string) bool {
	x509 := prior.Below(attestationName).Below(x509Name)
	if x509 == nil || x509.Null(r.kind.shape.certificates) {
		return prior.Null(certificatesName)
	}
	slots, told := x509.Below(r.kind.shape.certificates), prior.Below(certificatesName)
	for _, name := range []string{primaryName, secondaryName} {
		if slots.Null(name) && told.Null(name) {
			continue
		}
		text, given := slots.Text(name)
		facts := told.Below(name)
		if !given || !factsStand(text, facts) || status != azdps.StatusDisabled && r.endsSoon(facts) {
			return false
		}
	}
	return true
}

// factsStand tells whether facts are those of a certificate.
func factsStand(text string, facts unchanged.Attributes) bool {
	told, ok := facts.Text(thumbprintSHA256Name)
	thumbprint, isThumbprint := certificate.IsThumbprint(text)
	if !isThumbprint {
		parsed, err := certificate.Parse(text)
		if err != nil {
			return false
		}
		thumbprint = parsed.ThumbprintSHA256
	}
	return ok && thumbprint != "" && strings.EqualFold(told, thumbprint)
}

// endsSoon tells whether there may be something to say of the end of a certificate.
func (r *entryResource) endsSoon(facts unchanged.Attributes) bool {
	text, _ := facts.Text(notAfterName)
	end, err := time.Parse(time.RFC3339, text)
	return err != nil || end.Sub(r.Services.Now()) < noticePeriod
}
