// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes of initial_twin.
const (
	initialTwinName       = "initial_twin"
	tagsName              = "tags"
	desiredPropertiesName = "desired_properties"
)

func initialTwinType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		tagsName: iottype.JSON(), desiredPropertiesName: iottype.JSON(),
	}}
}

// expandInitialTwin leaves the parts that mean what is asked for as the service returned them.
func expandInitialTwin(value types.Object, stored *azdps.InitialTwin) *azdps.InitialTwin {
	var wire azdps.InitialTwin
	if stored != nil {
		wire = *stored
	}
	wire.Tags = expandJSON(textIn(value, tagsName, iottype.JSON()), wire.Tags)
	wire.Desired = expandJSON(textIn(value, desiredPropertiesName, iottype.JSON()), wire.Desired)
	if wire.Tags == nil && wire.Desired == nil && wire.Extra == nil && len(wire.PropertiesExtra) == 0 {
		if stored != nil && stored.Tags == nil && stored.Desired == nil {
			return stored
		}
		return nil
	}
	return &wire
}

// flattenInitialTwin is null for a twin without content, unless prior has an object without content.
func flattenInitialTwin(wire *azdps.InitialTwin, prior types.Object) types.Object {
	var tags, desired json.RawMessage
	if wire != nil {
		tags, desired = wire.Tags, wire.Desired
	}
	members := map[string]attr.Value{
		tagsName:              flattenJSON(tags, textIn(prior, tagsName, iottype.JSON())),
		desiredPropertiesName: flattenJSON(desired, textIn(prior, desiredPropertiesName, iottype.JSON())),
	}
	if members[tagsName].IsNull() && members[desiredPropertiesName].IsNull() && !iottype.IsSet(prior) {
		return types.ObjectNull(initialTwinType().AttrTypes)
	}
	return types.ObjectValueMust(initialTwinType().AttrTypes, members)
}
