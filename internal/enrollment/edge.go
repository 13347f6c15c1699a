// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

const edgeEnabledName = "edge_enabled"

// expandEdge leaves capabilities absent where they are absent and the device is not an edge device.
func expandEdge(value types.Bool, stored *azdps.Capabilities, isNew bool) *azdps.Capabilities {
	edge := value.ValueBool()
	switch {
	case stored != nil && stored.IoTEdge == edge:
		return stored
	case stored != nil:
		changed := *stored
		changed.IoTEdge = edge
		return &changed
	case !isNew && !edge:
		return nil
	}
	return &azdps.Capabilities{IoTEdge: edge}
}

func flattenEdge(wire *azdps.Capabilities) types.Bool {
	return types.BoolValue(wire != nil && wire.IoTEdge)
}
