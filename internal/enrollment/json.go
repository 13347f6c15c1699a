// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"bytes"
	"encoding/json"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// expandJSON is the object that is asked for; stored as it was read when it means the same.
func expandJSON(value iottype.TextValue, stored json.RawMessage) json.RawMessage {
	switch {
	case !iottype.IsSet(value):
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
	case emptyObject(wire) && iottype.IsSet(prior) && emptyObject(json.RawMessage(text)):
		return prior
	case emptyObject(wire):
		return iottype.JSON().Null()
	case iottype.IsSet(prior) && iottype.JSON().Same(text, string(wire)):
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
