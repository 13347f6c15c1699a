// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

const registrationNoun = "registration record"

// NewRegistrationDataSource makes azureiot_dps_registration: the record of one device.
func NewRegistrationDataSource() datasource.DataSource {
	return &dataSource{name: "dps_registration", read: readRegistration, schema: func() schema.Schema {
		attributes := registrationViewAttributes()
		attributes[registrationIDName] = asked("The device's name towards DPS", iotvalidator.RegistrationID())
		return schema.Schema{
			MarkdownDescription: "The registration record of a device: what DPS remembers of its last attempt to register. It " +
				"is an error when there is none; in a `check` block that is a warning.",
			Attributes: attributes,
		}
	}}
}

// NewRegistrationsDataSource makes azureiot_dps_registrations: the records that were made through one enrollment group.
func NewRegistrationsDataSource() datasource.DataSource {
	return &dataSource{name: "dps_registrations", read: listRegistrations, schema: func() schema.Schema {
		return schema.Schema{
			MarkdownDescription: "The registration records that devices made through an enrollment group. They stay when the " +
				"group is deleted, and count against the quota. Each hundred is one call, which DPS counts and bills as one " +
				"operation.",
			Attributes: map[string]schema.Attribute{
				enrollmentGroupIDName: asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID()),
				"status": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Only records with this status: `unassigned`, `assigning`, `assigned`, `failed` or " +
						"`disabled`. Default: all.",
					Validators: []validator.String{stringvalidator.OneOf(
						azdps.RegistrationUnassigned, azdps.RegistrationAssigning, azdps.RegistrationAssigned,
						azdps.RegistrationFailed, azdps.RegistrationDisabled)},
				},
				"registrations": nested("The records, sorted by registration ID.", registrationViewAttributes()),
			},
		}
	}}
}

func readRegistration(ctx context.Context, r *reader, asked types.Object) (values, diagnostics) {
	id := stringIn(asked, registrationIDName).ValueString()
	record, err := r.dps.GetRegistration(ctx, id)
	if err != nil {
		return nil, diagnostics{
			r.failed("read", registrationNoun, registrationIDName, id, iotdiag.ReadRegistration(), err),
		}
	}
	return registrationView(record), nil
}

func listRegistrations(ctx context.Context, r *reader, asked types.Object) (values, diagnostics) {
	group, status := stringIn(asked, enrollmentGroupIDName).ValueString(), stringIn(asked, "status")
	var views []values
	for pager := r.dps.NewListRegistrationsPager(group, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, diagnostics{r.failed("list", registrationNoun+"s of enrollment group", enrollmentGroupIDName, group,
				iotdiag.ReadRegistration(), err)}
		}
		for _, record := range page.Items {
			if status.IsNull() || status.ValueString() == record.Status {
				views = append(views, registrationView(record))
			}
		}
	}
	list, diags := listed(ctx, views, registrationIDName, registrationViewAttributes())
	return values{"registrations": list}, diags
}
