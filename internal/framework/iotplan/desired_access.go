// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Values of the attribute desired_access of what blocks devices.
const (
	// AccessBlocked keeps the devices out.
	AccessBlocked = "blocked"
	// AccessRestored undoes the block.
	AccessRestored = "restored"
)

// DesiredAccess is the attribute desired_access; restoring says what AccessRestored undoes.
func DesiredAccess(restoring string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(AccessBlocked),
		MarkdownDescription: "`blocked` (default), or `restored`: an update in place that " + restoring,
		Validators:          []validator.String{iotvalidator.OneOf(AccessBlocked, AccessRestored)},
	}
}
