// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// tpmKeys are the public keys of a device's TPM.
type tpmKeys struct {
	endorsementKey, storageRootKey types.String
}

const (
	endorsementKeyName = "endorsement_key"
	storageRootKeyName = "storage_root_key"
)

func tpmType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		endorsementKeyName: types.StringType, storageRootKeyName: types.StringType,
	}}
}

func decodeTPM(value types.Object) *tpmKeys {
	return &tpmKeys{
		endorsementKey: stringIn(value, endorsementKeyName), storageRootKey: stringIn(value, storageRootKeyName),
	}
}

func (k *tpmKeys) encode() types.Object {
	if k == nil {
		return types.ObjectNull(tpmType().AttrTypes)
	}
	return types.ObjectValueMust(tpmType().AttrTypes, map[string]attr.Value{
		endorsementKeyName: k.endorsementKey, storageRootKeyName: k.storageRootKey,
	})
}

func (k *tpmKeys) expand(stored *azdps.TPM) *azdps.TPM {
	wire := &azdps.TPM{EndorsementKey: k.endorsementKey.ValueString(), StorageRootKey: k.storageRootKey.ValueString()}
	if stored != nil {
		wire.Extra = stored.Extra
	}
	return wire
}

// flattenTPM keeps the storage root key of prior when the service tells none for the same endorsement key: nobody has
// recorded whether it ever returns one.
func flattenTPM(wire *azdps.TPM, prior *tpmKeys) *tpmKeys {
	k := &tpmKeys{
		endorsementKey: iottype.TextOrNull(wire.EndorsementKey), storageRootKey: iottype.TextOrNull(wire.StorageRootKey),
	}
	if k.storageRootKey.IsNull() && prior != nil && prior.endorsementKey.Equal(k.endorsementKey) &&
		!prior.storageRootKey.IsUnknown() {
		k.storageRootKey = prior.storageRootKey
	}
	return k
}
