// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Attributes are those of all groups in which a schema is written.
func Attributes(groups ...map[string]schema.Attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}
