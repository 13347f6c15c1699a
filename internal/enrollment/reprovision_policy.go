// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes of reprovision_policy.
const (
	reprovisionPolicyName   = "reprovision_policy"
	updateHubAssignmentName = "update_hub_assignment"
	migrateDeviceDataName   = "migrate_device_data"
)

func reprovisionPolicyType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		updateHubAssignmentName: types.BoolType, migrateDeviceDataName: types.BoolType,
	}}
}

// expandReprovisionPolicy leaves a policy absent where it is absent and what is asked for means the same.
func expandReprovisionPolicy(value types.Object, stored *azdps.ReprovisionPolicy, isNew bool) *azdps.ReprovisionPolicy {
	if !iottype.IsSet(value) {
		return stored
	}
	wire := azdps.ReprovisionPolicy{
		UpdateHubAssignment: boolIn(value, updateHubAssignmentName), MigrateDeviceData: boolIn(value, migrateDeviceDataName),
	}
	if stored != nil {
		wire.Extra = stored.Extra
	} else if !isNew && wire.UpdateHubAssignment && wire.MigrateDeviceData {
		return nil
	}
	return &wire
}

// flattenReprovisionPolicy reads an absent policy as the one that the service then follows: assign anew and take the
// data along ("IoT Hub device reprovisioning concepts").
func flattenReprovisionPolicy(wire *azdps.ReprovisionPolicy) types.Object {
	if wire == nil {
		return reprovisionPolicy(true, true)
	}
	return reprovisionPolicy(wire.UpdateHubAssignment, wire.MigrateDeviceData)
}

func reprovisionPolicy(updateHubAssignment, migrateDeviceData bool) types.Object {
	return types.ObjectValueMust(reprovisionPolicyType().AttrTypes, map[string]attr.Value{
		updateHubAssignmentName: types.BoolValue(updateHubAssignment),
		migrateDeviceDataName:   types.BoolValue(migrateDeviceData),
	})
}
