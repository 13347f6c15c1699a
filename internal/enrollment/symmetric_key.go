// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// symmetricKey is the attribute symmetric_key. The keys are there in configuration only: plan and state have null.
type symmetricKey struct {
	primary, secondary, version types.String
}

const (
	primaryKeyName   = "primary_key_wo"
	secondaryKeyName = "secondary_key_wo"
	keysVersionName  = "keys_wo_version"
)

func symmetricKeyType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		primaryKeyName: types.StringType, secondaryKeyName: types.StringType, keysVersionName: types.StringType,
	}}
}

func decodeSymmetricKey(value types.Object) *symmetricKey {
	return &symmetricKey{
		primary: stringIn(value, primaryKeyName), secondary: stringIn(value, secondaryKeyName),
		version: stringIn(value, keysVersionName),
	}
}

func (k *symmetricKey) encode() types.Object {
	if k == nil {
		return types.ObjectNull(symmetricKeyType().AttrTypes)
	}
	return types.ObjectValueMust(symmetricKeyType().AttrTypes, map[string]attr.Value{
		primaryKeyName: k.primary, secondaryKeyName: k.secondary, keysVersionName: k.version,
	})
}

// flattenSymmetricKey knows the version only: the service tells nothing of keys.
func flattenSymmetricKey(prior *symmetricKey) *symmetricKey {
	if prior == nil {
		return &symmetricKey{}
	}
	return &symmetricKey{version: prior.version}
}

// movedFrom tells whether the keys of configuration are to be sent: their version is another one than before.
func (k *symmetricKey) movedFrom(before *symmetricKey) bool {
	if k == nil || !iottype.IsSet(k.version) {
		return false
	}
	return before == nil || !k.version.Equal(before.version)
}
