// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// CallFunction calls a function of the provider with a text. A refusal is worded as Terraform does.
func (w *World) CallFunction(name, argument string) (tftypes.Value, Step) {
	w.T.Helper()
	server, err := w.Server()
	must(w.T, err)
	functions, ok := server.(tfprotov6.FunctionServer)
	if !ok {
		w.T.Fatal("the provider should serve functions")
	}
	schemas := w.schemasOf(server)
	encoded, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, argument))
	must(w.T, err)
	called, err := functions.CallFunction(w.Context(), &tfprotov6.CallFunctionRequest{
		Name: name, Arguments: []*tfprotov6.DynamicValue{&encoded},
	})
	must(w.T, err)
	if problem := called.Error; problem != nil {
		of := ""
		if problem.FunctionArgument != nil {
			parameter := schemas.Functions[name].Parameters[*problem.FunctionArgument]
			of = fmt.Sprintf("Invalid value for %q parameter: ", parameter.Name)
		}
		return tftypes.Value{}, Step{Diagnostics: []*tfprotov6.Diagnostic{{
			Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid function argument", Detail: of + problem.Text + ".",
		}}}
	}
	result, err := called.Result.Unmarshal(schemas.Functions[name].Return.Type)
	must(w.T, err)
	return result, Step{}
}
