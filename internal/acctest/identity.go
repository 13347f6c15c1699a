// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ImportByIdentity makes the state of an existing object from its resource identity, as Terraform 1.12 and later do,
// reads it, and returns the identity that the read tells.
func (o *Object) ImportByIdentity(names map[string]any) (tftypes.Value, Step) {
	o.world.T.Helper()
	kind := o.world.identityType(o.server, o.typeName)
	identity := o.encode(kind, Value(o.world.T, kind, names))
	imported, err := o.server.ImportResourceState(o.world.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: o.typeName, Identity: &tfprotov6.ResourceIdentityData{IdentityData: identity},
	})
	must(o.world.T, err)
	step := Step{Diagnostics: imported.Diagnostics}
	if step.Failed() {
		return tftypes.NewValue(kind, nil), step
	}
	found := imported.ImportedResources[0]
	read, err := o.server.ReadResource(o.world.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: o.typeName, CurrentState: found.State, Private: found.Private, CurrentIdentity: found.Identity,
	})
	must(o.world.T, err)
	step.Diagnostics = append(step.Diagnostics, read.Diagnostics...)
	if step.Failed() {
		return tftypes.NewValue(kind, nil), step
	}
	o.State, o.Private, o.identity = o.decode(read.NewState), read.Private, read.NewIdentity
	told, err := read.NewIdentity.IdentityData.Unmarshal(kind)
	must(o.world.T, err)
	return told, step
}

// identityType is the type of a resource's identity.
func (w *World) identityType(server tfprotov6.ProviderServer, typeName string) tftypes.Object {
	w.T.Helper()
	schemas, err := server.GetResourceIdentitySchemas(w.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(w.T, err)
	kind, ok := schemas.IdentitySchemas[typeName].ValueType().(tftypes.Object)
	if !ok {
		w.T.Fatalf("%s has no resource identity", typeName)
	}
	return kind
}
