// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// folders are the kinds of objects as the table of rights names them.
var folders = map[string]string{
	"resource": resources, "data source": dataSource, "ephemeral resource": ephemerals,
	"list resource": lists, "action": actions,
}

// rightsOf is the table of what an object takes, for its page; empty for one that takes nothing.
func rightsOf(o object) string {
	var b strings.Builder
	for _, object := range provider.Rights() {
		if object.Type != o.name || folders[object.Kind] != o.kind {
			continue
		}
		b.WriteString("| To | On | Data action | In the role | Permission of a policy |\n|---|---|---|---|---|\n")
		writeNeeds(&b, phases[o.kind].plan, object.Plan)
		writeNeeds(&b, phases[o.kind].apply, object.Apply)
	}
	return b.String()
}

// phases are what one does with an object when its two kinds of rights are needed.
var phases = map[string]struct{ plan, apply string }{
	resources: {"plan and refresh", "apply"}, actions: {apply: "invoke"},
	dataSource: {plan: "read"}, ephemerals: {plan: "read"}, lists: {plan: "query"},
}

func writeNeeds(b *strings.Builder, phase string, needs []provider.Need) {
	for _, need := range needs {
		to := phase
		if need.When != "" {
			to += ", " + need.When
		}
		if need.Warns {
			to += " (otherwise a warning)"
		}
		on, action := "DPS", strings.TrimPrefix(need.DataAction, "Microsoft.Devices/provisioningServices/")
		if of, isHub := strings.CutPrefix(need.DataAction, "Microsoft.Devices/IotHubs/"); isHub {
			on, action = "hub", of
		}
		fmt.Fprintf(b, "| %s | %s | `%s` | %s | %s |\n", to, on, action, need.Role, need.Permission)
	}
}
