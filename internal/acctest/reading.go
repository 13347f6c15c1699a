// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReadDataSource reads a data source with a provider of its own, as a plan does: the configuration is validated first.
// What was read is null when that failed. Attributes are as for Value.
func (w *World) ReadDataSource(typeName string, attributes map[string]any) (tftypes.Value, Step) {
	w.T.Helper()
	server, schemas := w.configuredServer()
	kind, config := w.readingConfig(schemas.DataSourceSchemas[typeName], typeName, attributes)
	checked, err := server.ValidateDataResourceConfig(w.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: typeName, Config: config,
	})
	must(w.T, err)
	step := Step{Diagnostics: checked.Diagnostics}
	if step.Failed() {
		return tftypes.NewValue(kind, nil), step
	}
	read, err := server.ReadDataSource(w.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: config})
	must(w.T, err)
	step.Diagnostics = append(step.Diagnostics, read.Diagnostics...)
	return w.readingResult(kind, read.State, step), step
}

// MustReadDataSource reads a data source and fails the test when that does not work.
func (w *World) MustReadDataSource(typeName string, attributes map[string]any) tftypes.Value {
	w.T.Helper()
	read, step := w.ReadDataSource(typeName, attributes)
	step.MustSucceed(w.T)
	return read
}

// OpenEphemeral opens an ephemeral resource with a provider of its own, as ReadDataSource reads a data source.
func (w *World) OpenEphemeral(typeName string, attributes map[string]any) (tftypes.Value, Step) {
	w.T.Helper()
	server, schemas := w.configuredServer()
	kind, config := w.readingConfig(schemas.EphemeralResourceSchemas[typeName], typeName, attributes)
	checked, err := server.ValidateEphemeralResourceConfig(w.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{
		TypeName: typeName, Config: config,
	})
	must(w.T, err)
	step := Step{Diagnostics: checked.Diagnostics}
	if step.Failed() {
		return tftypes.NewValue(kind, nil), step
	}
	opened, err := server.OpenEphemeralResource(w.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: typeName, Config: config,
	})
	must(w.T, err)
	step.Diagnostics = append(step.Diagnostics, opened.Diagnostics...)
	return w.readingResult(kind, opened.Result, step), step
}

// MustOpenEphemeral opens an ephemeral resource and fails the test when that does not work.
func (w *World) MustOpenEphemeral(typeName string, attributes map[string]any) tftypes.Value {
	w.T.Helper()
	opened, step := w.OpenEphemeral(typeName, attributes)
	step.MustSucceed(w.T)
	return opened
}

// configuredServer starts a provider with the world's block.
func (w *World) configuredServer() (tfprotov6.ProviderServer, *tfprotov6.GetProviderSchemaResponse) {
	w.T.Helper()
	server, err := w.Server()
	must(w.T, err)
	if step := w.configureProvider(server); step.Failed() {
		w.T.Fatalf("the provider cannot be configured: %s", step.Errors())
	}
	return server, w.schemasOf(server)
}

func (w *World) readingConfig(
	schema *tfprotov6.Schema, typeName string, attributes map[string]any,
) (tftypes.Object, *tfprotov6.DynamicValue) {
	w.T.Helper()
	if schema == nil {
		w.T.Fatalf("the provider has no %s", typeName)
	}
	object := mustObject(w.T, schema)
	config, err := tfprotov6.NewDynamicValue(object, Value(w.T, object, attributes))
	must(w.T, err)
	return object, &config
}

func (w *World) readingResult(kind tftypes.Object, result *tfprotov6.DynamicValue, step Step) tftypes.Value {
	w.T.Helper()
	if step.Failed() || result == nil {
		return tftypes.NewValue(kind, nil)
	}
	value, err := result.Unmarshal(kind)
	must(w.T, err)
	return value
}
