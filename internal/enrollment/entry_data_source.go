// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// registrationName is the attribute of an individual enrollment that holds the device's registration.
const registrationName = "registration"

// NewIndividualDataSource makes azureiot_dps_individual_enrollment as it is read, with the device's registration.
func NewIndividualDataSource() datasource.DataSource {
	k := individualKind()
	return &dataSource{name: k.typeName, read: k.readOne, schema: func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[registrationIDName] = asked("The device's name towards DPS", iotvalidator.RegistrationID())
		attributes[registrationName] = computedObject(
			"What DPS remembers of the device's last attempt to register; its status is `unassigned` before the first.",
			registrationViewAttributes())
		return schema.Schema{
			MarkdownDescription: "An individual enrollment as DPS has it now, with the device's registration and without " +
				"keys. It is an error when there is none; in a `check` block that is a warning.",
			Attributes: attributes,
		}
	}}
}

// NewGroupDataSource makes azureiot_dps_enrollment_group as it is read.
func NewGroupDataSource() datasource.DataSource {
	k := groupKind()
	return &dataSource{name: k.typeName, read: k.readOne, schema: func() schema.Schema {
		attributes := k.viewAttributes()
		attributes[enrollmentGroupIDName] = asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID())
		return schema.Schema{
			MarkdownDescription: "An enrollment group as DPS has it now, without keys. It is an error when there is none; in " +
				"a `check` block that is a warning.",
			Attributes: attributes,
		}
	}}
}

// NewIndividualsDataSource makes azureiot_dps_individual_enrollments: those of an instance, sorted by registration ID.
func NewIndividualsDataSource() datasource.DataSource {
	return individualKind().dataSourceOfAll("dps_individual_enrollments", "individual_enrollments",
		"The individual enrollments of a DPS instance, all or those that pass filters, without keys and registrations. Each "+
			"hundred of all is one call, which DPS counts and bills as one operation.",
		"The individual enrollments, sorted by registration ID.")
}

// NewGroupsDataSource makes azureiot_dps_enrollment_groups: those of an instance, sorted by ID.
func NewGroupsDataSource() datasource.DataSource {
	return groupKind().dataSourceOfAll("dps_enrollment_groups", "enrollment_groups",
		"The enrollment groups of a DPS instance, all or those that pass filters, without keys. Each hundred of all is one "+
			"call.", "The enrollment groups, sorted by ID.")
}

// readOne reads the entry that is asked for.
func (k kind) readOne(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	id := stringIn(asked, k.idName).ValueString()
	e, err := k.open(r.dps).read(ctx, id)
	if err != nil {
		return nil, diag.Diagnostics{r.failed("read", k.noun, k.idName, id, k.reading, err)}
	}
	view := k.view(e)
	if k.group {
		return view, nil
	}
	record := azdps.Registration{RegistrationID: e.ID, Status: azdps.RegistrationUnassigned}
	if e.Registration != nil {
		record = *e.Registration
	}
	registration, diags := registrationObject(ctx, record)
	view[registrationName] = registration
	return view, diags
}

// dataSourceOfAll lists the entries of the kind in the attribute listName.
func (k kind) dataSourceOfAll(name, listName, text, listText string) *dataSource {
	return &dataSource{
		name: name,
		schema: func() schema.Schema {
			attributes := k.filterAttributes()
			attributes[listName] = nested(listText, k.viewAttributes())
			return schema.Schema{MarkdownDescription: text, Attributes: attributes}
		},
		read: func(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
			var views []values
			now := r.services.Now()
			err := k.open(r.dps).each(ctx, func(e entry) {
				if k.wanted(e, asked, now) {
					views = append(views, k.view(e))
				}
			})
			if err != nil {
				return nil, diag.Diagnostics{r.listFailed(k, err)}
			}
			list, diags := listed(ctx, views, k.idName, k.viewAttributes())
			return values{listName: list}, diags
		},
	}
}
