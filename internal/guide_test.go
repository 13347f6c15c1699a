// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// signingIn is the guide whose tables are made of what the provider does.
const signingIn = "../templates/guides/signing-in.md.tmpl"

func TestSigningIn_saysWhatIsSo(t *testing.T) { //nolint:paralleltest // one page, written part by part
	for name, table := range map[string]string{
		"methods": methodsTable(), "arguments": argumentsTable(), "clouds": cloudsTable(), "rights": rightsTable(),
	} {
		generated.Part(t, signingIn, name, table)
	}
}

// quoted are words as code, one after the other.
func quoted(words []string, between string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`"+between+"`") + "`"
}

func methodsTable() string {
	var b strings.Builder
	b.WriteString("| | the provider signs in with | when there is | it needs | and takes |\n|---|---|---|---|---|\n")
	for i, m := range signin.Methods() {
		var sets []string
		for _, set := range m.When {
			sets = append(sets, quoted(set, " and "))
		}
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", i+1, m.Name, strings.Join(sets, ", or "),
			quoted(m.Needs, ", "), quoted(m.Takes, ", "))
	}
	return b.String()
}

func argumentsTable() string {
	platform := map[string][]string{}
	for _, m := range signin.Methods() {
		for name, variables := range m.Platform {
			for _, variable := range variables {
				if !strings.Contains(strings.Join(platform[name], " "), variable) {
					platform[name] = append(platform[name], variable)
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("| argument | environment variable | set by the platform |\n|---|---|---|\n")
	for _, a := range signin.Arguments() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", a.Name, quoted(a.Variables, ", "), quoted(platform[a.Name], ", "))
	}
	b.WriteString("| `environment` | `ARM_ENVIRONMENT` | |\n| `metadata_host` | `ARM_METADATA_HOSTNAME` | |\n")
	return b.String()
}

func cloudsTable() string {
	var b strings.Builder
	b.WriteString("| `environment` | authority | DPS | IoT hubs | tokens for the DPS | tokens for hubs |\n" +
		"|---|---|---|---|---|---|\n")
	for _, c := range cloud.All() {
		fmt.Fprintf(&b, "| `%s` | %s | `*%s` | `*%s` | `%s` | `%s` |\n",
			c.Name, c.Authority, c.DPSSuffix, c.HubSuffix, c.DPSAudience, c.HubAudience)
	}
	return b.String()
}

func rightsTable() string {
	var b strings.Builder
	b.WriteString("| object | to | data action | in the role | permission of a policy |\n|---|---|---|---|---|\n")
	for _, object := range provider.Rights() {
		for _, need := range object.Plan {
			writeNeed(&b, object, need, "plan")
		}
		for _, need := range object.Apply {
			writeNeed(&b, object, need, "apply")
		}
	}
	return b.String()
}

func writeNeed(b *strings.Builder, object provider.Object, need provider.Need, phase string) {
	switch object.Kind {
	case "resource":
	case "action":
		phase = "invoke"
	default:
		phase = "read"
	}
	if need.When != "" {
		phase += ", " + need.When
	}
	if need.Warns {
		phase += " (otherwise a warning)"
	}
	_, action, _ := strings.Cut(need.DataAction, "/")
	fmt.Fprintf(b, "| %s `%s` | %s | `%s` | %s | %s |\n",
		object.Kind, object.Type, phase, action, need.Role, need.Permission)
}
