// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// readKeys has DPS show the symmetric keys of the entry that is asked for. An entry without such keys is an error.
func (k kind) readKeys(ctx context.Context, r *reader, asked types.Object) (azdps.SymmetricKey, diag.Diagnostics) {
	id := stringIn(asked, k.idName).ValueString()
	shown, err := k.open(r.dps).attestation(ctx, id)
	if azrest.IsNotFound(err) {
		return azdps.SymmetricKey{}, diag.Diagnostics{notMadeYet(r, k, id)}
	}
	if err != nil {
		return azdps.SymmetricKey{}, diag.Diagnostics{
			r.failed("read the keys of", k.noun, k.idName, id, iotdiag.ReadKeys(), err),
		}
	}
	if shown.Type != azdps.AttestationSymmetricKey || shown.SymmetricKey == nil || shown.SymmetricKey.PrimaryKey == "" {
		return azdps.SymmetricKey{}, diag.Diagnostics{noKeys(k, id, shown.Type)}
	}
	return *shown.SymmetricKey, nil
}

func noKeys(k kind, id, attestation string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(k.idName), "There are no keys", fmt.Sprintf(
		"The attestation of the %s %q is %q, which has no symmetric keys.", k.noun, id, attestation))
}

// notMadeYet also says how to read the keys of an entry that the same apply makes: Terraform opens ephemeral resources
// while it plans unless an argument is not known yet, and depends_on does not keep it from that.
func notMadeYet(r *reader, k kind, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(k.idName), "No such "+k.noun, fmt.Sprintf(
		"There is no %s %q at %s. If the same apply makes it, pass its ID through a terraform_data resource (input and "+
			"output): the output is known only when the entry is there, and the keys are read then.", k.noun, id, r.dps.Host()))
}
