// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"bytes"
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
	if members[tagsName].IsNull() && members[desiredPropertiesName].IsNull() && !isSet(prior) {
		return types.ObjectNull(initialTwinType().AttrTypes)
	}
	return types.ObjectValueMust(initialTwinType().AttrTypes, members)
}

// expandJSON is the object that is asked for; stored as it was read when it means the same.
func expandJSON(value iottype.TextValue, stored json.RawMessage) json.RawMessage {
	switch {
	case !isSet(value):
		if emptyObject(stored) {
			return stored
		}
		return nil
	case stored != nil && iottype.JSON().Same(value.ValueString(), string(stored)):
		return stored
	}
	return json.RawMessage(value.ValueString())
}

// flattenJSON keeps the spelling of prior where it means the same. An object without members and none are the same to a
// device, and clients write either.
func flattenJSON(wire json.RawMessage, prior iottype.TextValue) iottype.TextValue {
	text := prior.ValueString()
	switch {
	case emptyObject(wire) && isSet(prior) && emptyObject(json.RawMessage(text)):
		return prior
	case emptyObject(wire):
		return iottype.JSON().Null()
	case isSet(prior) && iottype.JSON().Same(text, string(wire)):
		return prior
	}
	var compact bytes.Buffer
	if json.Compact(&compact, wire) != nil {
		return iottype.JSON().Value(string(wire))
	}
	return iottype.JSON().Value(compact.String())
}

// emptyObject tells whether an object is missing or has no members.
func emptyObject(raw json.RawMessage) bool {
	var members map[string]json.RawMessage
	return len(raw) == 0 || json.Unmarshal(raw, &members) == nil && len(members) == 0
}
