// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// caReferences name CA certificates of the DPS instance.
type caReferences struct {
	primary, secondary types.String
}

func caReferencesType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryName: types.StringType, secondaryName: types.StringType,
	}}
}

func decodeCAReferences(value types.Object) *caReferences {
	return &caReferences{primary: stringIn(value, primaryName), secondary: stringIn(value, secondaryName)}
}

func (r *caReferences) encode() types.Object {
	if r == nil {
		return types.ObjectNull(caReferencesType().AttrTypes)
	}
	return types.ObjectValueMust(caReferencesType().AttrTypes, map[string]attr.Value{
		primaryName: r.primary, secondaryName: r.secondary,
	})
}

func (r *caReferences) expand() *azdps.CAReferences {
	return &azdps.CAReferences{Primary: r.primary.ValueString(), Secondary: r.secondary.ValueString()}
}

func flattenCAReferences(wire *azdps.CAReferences) *caReferences {
	return &caReferences{primary: iottype.TextOrNull(wire.Primary), secondary: iottype.TextOrNull(wire.Secondary)}
}
