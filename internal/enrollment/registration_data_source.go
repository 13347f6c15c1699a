// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
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
			MarkdownDescription: "The registration records that devices made through an enrollment group, and how many there " +
				"are. They stay when the " +
				"group is deleted, and count against the quota. Each hundred is one call, which DPS counts and bills as one " +
				"operation.",
			Attributes: map[string]schema.Attribute{
				enrollmentGroupIDName: asked("ID of the enrollment group", iotvalidator.EnrollmentGroupID()),
				"status": schema.StringAttribute{
					Optional: true,
					MarkdownDescription: "Only records with this status: `unassigned`, `assigning`, `assigned`, `failed` or " +
						"`disabled`. Default: all.",
					Validators: []validator.String{iotvalidator.OneOf(
						azdps.RegistrationUnassigned, azdps.RegistrationAssigning, azdps.RegistrationAssigned,
						azdps.RegistrationFailed, azdps.RegistrationDisabled)},
				},
				hubFilterName: schema.StringAttribute{
					Optional: true, CustomType: iottype.Hostname(),
					MarkdownDescription: "Only records that name this hub. Default: all.",
					Validators:          []validator.String{iotvalidator.HubHostname()},
				},
				"limit": schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "At most so many records in `registrations`, the first by registration ID; with 0 only " +
						"counts. All are read and counted either way. Default: all.",
					Validators: []validator.Int64{int64validator.AtLeast(0)},
				},
				"registrations":   nested("The records, sorted by registration ID.", registrationViewAttributes()),
				"count_by_status": counts("How many records of the group there are, by status, whatever the filters."),
				"count_by_iothub": counts("How many of them name a hub, by its host name, whatever the filters."),
			},
		}
	}}
}

func readRegistration(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	id := stringIn(asked, registrationIDName).ValueString()
	record, err := r.dps.GetRegistration(ctx, id)
	if err != nil {
		return nil, diag.Diagnostics{
			r.failed("read", registrationNoun, registrationIDName, id, iotdiag.ReadRegistration(), err),
		}
	}
	return registrationView(record), nil
}

// counts is the attribute of numbers by name.
func counts(text string) schema.MapAttribute {
	return schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: text}
}

func listRegistrations(ctx context.Context, r *reader, asked types.Object) (values, diag.Diagnostics) {
	group, kept := stringIn(asked, enrollmentGroupIDName).ValueString(), kept{limit: int64In(asked, "limit")}
	byStatus, byHub := map[string]int64{}, map[string]int64{}
	for pager := r.dps.NewListRegistrationsPager(group, nil); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, diag.Diagnostics{r.failed("list", registrationNoun+"s of enrollment group", enrollmentGroupIDName, group,
				iotdiag.ReadRegistration(), err)}
		}
		for _, record := range page.Items {
			byStatus[record.Status]++
			if record.AssignedHub != "" {
				byHub[azrest.FoldHost(record.AssignedHub)]++
			}
			if wantedRegistration(record, asked) {
				kept.add(record)
			}
		}
	}
	list, diags := listed(ctx, kept.views(), registrationIDName, registrationViewAttributes())
	statuses, more := types.MapValueFrom(ctx, types.Int64Type, byStatus)
	diags.Append(more...)
	hubs, more := types.MapValueFrom(ctx, types.Int64Type, byHub)
	return values{"registrations": list, "count_by_status": statuses, "count_by_iothub": hubs}, append(diags, more...)
}

func wantedRegistration(record azdps.Registration, asked types.Object) bool {
	status, hub := stringIn(asked, "status"), textIn(asked, hubFilterName, iottype.Hostname())
	return (status.IsNull() || status.ValueString() == record.Status) &&
		(hub.IsNull() || azrest.SameHost(hub.ValueString(), record.AssignedHub))
}

// kept are the first records of a list that is not sorted: as many as are wanted, so that memory has a bound.
type kept struct {
	limit   types.Int64
	records []azdps.Registration
}

func (k *kept) add(record azdps.Registration) {
	k.records = append(k.records, record)
	if !k.limit.IsNull() && int64(len(k.records)) >= 2*k.limit.ValueInt64()+azrest.DefaultPageSize {
		k.cut()
	}
}

// cut drops what is beyond the limit.
func (k *kept) cut() {
	slices.SortFunc(k.records, func(a, b azdps.Registration) int {
		return cmp.Compare(strings.ToLower(a.RegistrationID), strings.ToLower(b.RegistrationID))
	})
	if !k.limit.IsNull() && int64(len(k.records)) > k.limit.ValueInt64() {
		k.records = k.records[:k.limit.ValueInt64()]
	}
}

func (k *kept) views() []values {
	k.cut()
	var views []values
	for _, record := range k.records {
		views = append(views, registrationView(record))
	}
	return views
}

// registrationView is what data sources tell of a registration record: what DPS remembers of a device's last attempt to
// register.
func registrationView(r azdps.Registration) values {
	code := types.Int64Null()
	if r.ErrorCode != 0 {
		code = types.Int64Value(int64(r.ErrorCode))
	}
	return values{
		registrationIDName: iottype.TextOrNull(r.RegistrationID), deviceIDName: iottype.TextOrNull(r.DeviceID),
		"assigned_hub": iottype.TextOrNull(r.AssignedHub),
		"status":       iottype.TextOrNull(r.Status), "substatus": iottype.TextOrNull(r.Substatus),
		"error_code": code, "error_message": iottype.TextOrNull(r.ErrorMessage),
		createdName: iottype.TextOrNull(r.CreatedDateTimeUTC), lastUpdatedName: iottype.TextOrNull(r.LastUpdatedDateTimeUTC),
	}
}

func registrationObject(ctx context.Context, r azdps.Registration) (types.Object, diag.Diagnostics) {
	return configure.Object(ctx, computedObject("", registrationViewAttributes()).GetType(), registrationView(r))
}

func registrationViewAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		registrationIDName: computedText("The device's name towards DPS."),
		deviceIDName:       computedText("The device's ID in its hub; null unless it is assigned."),
		"assigned_hub":     computedText("Host name of the device's hub; null unless it is assigned."),
		"status": computedText("`unassigned`, `assigning`, `assigned`, `failed` or `disabled`. A refused attempt " +
			"overwrites the record of an assignment."),
		"substatus":     computedText("How an assignment came about, such as `initialAssignment`."),
		"error_code":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Code of a failure; null without one."},
		"error_message": computedText("Message of a failure; null without one."),
		createdName:     computedText("When the device was first recorded, in UTC."),
		lastUpdatedName: computedText("When the record last changed, in UTC."),
	}
}
