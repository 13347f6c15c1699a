// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Source is anything that a model is decoded from: a plan, a state, a configuration.
type Source interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

// Decode reads the whole of source into a model of type M.
func Decode[M any](ctx context.Context, source Source) (M, diag.Diagnostics) {
	var model M
	diags := source.Get(ctx, &model)
	return model, diags
}
