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
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// storedKeys are the symmetric keys of an entry, with the host as it is to be shown.
type storedKeys struct {
	host               iottype.TextValue
	primary, secondary string
}

// String says that there are keys, and not which.
func (k storedKeys) String() string { return "{keys redacted}" }

// GoString returns what String returns.
func (k storedKeys) GoString() string { return k.String() }

func (k storedKeys) result() keysResult {
	return keysResult{
		DPSHostname: k.host, PrimaryKey: types.StringValue(k.primary), SecondaryKey: types.StringValue(k.secondary),
	}
}

// readKeys has DPS show the symmetric keys of an entry. An entry without such keys is an error.
func readKeys(
	ctx context.Context, services *azure.Services, k kind, configured iottype.TextValue, id string,
) (storedKeys, diagnostics) {
	r, diags := newReader(services, configured)
	if diags.HasError() {
		return storedKeys{}, diags
	}
	shown, err := k.open(r.dps).attestation(ctx, id)
	if azrest.IsNotFound(err) {
		return storedKeys{}, diagnostics{notMadeYet(r, k, id)}
	}
	if err != nil {
		return storedKeys{}, diagnostics{r.failed("read the keys of", k.noun, k.idAttribute, id, iotdiag.ReadKeys(), err)}
	}
	if shown.Type != azdps.AttestationSymmetricKey || shown.SymmetricKey == nil || shown.SymmetricKey.PrimaryKey == "" {
		return storedKeys{}, diagnostics{diag.NewAttributeErrorDiagnostic(
			path.Root(k.idAttribute), "There are no keys", fmt.Sprintf(
				"The attestation of the %s %q is %q, which has no symmetric keys.", k.noun, id, shown.Type))}
	}
	return storedKeys{
		host: r.host(configured), primary: shown.SymmetricKey.PrimaryKey, secondary: shown.SymmetricKey.SecondaryKey,
	}, nil
}

// notMadeYet also says how to read the keys of an entry that the same apply makes: Terraform opens ephemeral resources
// while it plans unless an argument is not known yet, and depends_on does not keep it from that.
func notMadeYet(r *reader, k kind, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(k.idAttribute), "No such "+k.noun, fmt.Sprintf(
		"There is no %s %q at %s. If the same apply makes it, pass its ID through a terraform_data resource (input and "+
			"output): the output is known only when the entry is there, and the keys are read then.", k.noun, id, r.dps.Host()))
}
