// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// A list block asks in the words of the data source that lists the same; how many are wanted is Terraform's own limit.
func TestLists_askAsTheirDataSources(t *testing.T) {
	t.Parallel()
	schemas := acctest.NewWorld(t).Schemas()
	sources := map[string]string{
		group: "azureiot_dps_enrollment_groups", identity: "azureiot_iothub_device_identities",
		"azureiot_dps_individual_enrollment": "azureiot_dps_individual_enrollments",
	}
	for typeName, schema := range schemas.ListResourceSchemas {
		texts := map[string]string{}
		for _, a := range schemas.DataSourceSchemas[sources[typeName]].Block.Attributes {
			if a.Optional && a.Name != "limit" {
				texts[a.Name] = a.Type.String() + ": " + a.Description
			}
		}
		for _, a := range schema.Block.Attributes {
			if text := a.Type.String() + ": " + a.Description; text != texts[a.Name] {
				t.Errorf("%s.%s says %q where the data source says %q", typeName, a.Name, text, texts[a.Name])
			}
			delete(texts, a.Name)
		}
		if len(texts) > 0 {
			t.Errorf("%s lacks what the data source has: %v", typeName, texts)
		}
		for _, told := range []string{
			"`terraform query`", "1.14", " is one call", "`limit`", "out, so that no pipeline", "Keys are in no answer",
		} {
			if !strings.Contains(schema.Block.Description, told) {
				t.Errorf("%s: the page should tell of %s", typeName, told)
			}
		}
	}
}
