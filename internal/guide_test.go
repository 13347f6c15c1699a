// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// signingIn is the guide whose tables are made of what the provider does; each way to sign in has one beside it.
const signingIn = "../templates/guides/signing-in.md.tmpl"

// ways are the pages of the ways to sign in, by the method's name.
func ways() map[string]string {
	return map[string]string{
		"a client certificate":    "client-certificate",
		"a client secret":         "client-secret",
		"AKS workload identity":   "workload-identity",
		"OIDC with a given token": "token",
		"OIDC from Azure DevOps":  "azure-devops",
		"OIDC from GitHub":        "github-actions",
		"a managed identity":      "managed-identity",
		"the Azure CLI's login":   "azure-cli",
	}
}

func wayPage(way string) string { return "../templates/guides/signing-in-" + way + ".md.tmpl" }

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
	b.WriteString("| | the provider signs in with | when there is |\n|---|---|---|\n")
	for i, m := range signin.Methods() {
		fmt.Fprintf(&b, "| %d | [%s](signing-in-%s.md) | %s |\n", i+1, m.Name, ways()[m.Name], condition(m))
	}
	return b.String()
}

// condition is what configures a method, as Markdown.
func condition(m signin.Method) string {
	var sets []string
	for _, set := range m.When {
		sets = append(sets, quoted(set, " and "))
	}
	return strings.Join(sets, ", or ")
}

// platform are the variables with which platforms fill in arguments, of any of the methods.
func platform(methods ...signin.Method) map[string][]string {
	found := map[string][]string{}
	for _, m := range methods {
		for name, variables := range m.Platform {
			for _, variable := range variables {
				if !slices.Contains(found[name], variable) {
					found[name] = append(found[name], variable)
				}
			}
		}
	}
	return found
}

func argumentsTable() string {
	set := platform(signin.Methods()...)
	var b strings.Builder
	b.WriteString("| argument | environment variable | set by the platform |\n|---|---|---|\n")
	for _, a := range signin.Arguments() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", a.Name, quoted(a.Variables, ", "), quoted(set[a.Name], ", "))
	}
	b.WriteString("| `environment` | `ARM_ENVIRONMENT` | |\n| `metadata_host` | `ARM_METADATA_HOSTNAME` | |\n")
	return b.String()
}

// Each method has a page of its own, with all arguments that it uses.
func TestWays_saysWhatIsSo(t *testing.T) {
	t.Parallel()
	for _, m := range signin.Methods() {
		way, ok := ways()[m.Name]
		if !ok {
			t.Errorf("%s has no page", m.Name)
			continue
		}
		generated.Part(t, wayPage(way), "arguments", wayTable(m))
	}
	generated.Part(t, wayPage("connection-strings"), "arguments", stringsTable())
}

func wayTable(m signin.Method) string {
	set := platform(m)
	var b strings.Builder
	b.WriteString("| argument | | environment variable | set by the platform |\n|---|---|---|---|\n")
	for _, a := range signin.Arguments() {
		if use := useOf(m, a.Name); use != "" {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", a.Name, use, quoted(a.Variables, ", "), quoted(set[a.Name], ", "))
		}
	}
	return b.String()
}

// useOf is what a method does with an argument; empty for nothing.
func useOf(m signin.Method, name string) string {
	switch {
	case slices.Contains(slices.Concat(m.When...), name):
		return "chooses this way"
	case slices.Contains(m.Needs, name):
		return "needed"
	case slices.Contains(m.Takes, name):
		return "optional"
	case slices.Contains(signin.Everywhere(), name):
		return "may be set"
	}
	return ""
}

func stringsTable() string {
	var b strings.Builder
	b.WriteString("| argument | environment variable |\n|---|---|\n")
	for _, name := range []string{"dps_connection_string", "iothub_connection_strings"} {
		fmt.Fprintf(&b, "| `%s` | `AZUREIOT_%s` |\n", name, strings.ToUpper(name))
	}
	return b.String()
}

// Every argument of the provider block that has to do with signing in is on the page of a way, and its variable too.
func TestWays_haveEveryArgumentOfTheProvider(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, way := range append(slices.Collect(maps.Values(ways())), "connection-strings") {
		text, err := os.ReadFile(wayPage(way))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	var resp frameworkprovider.SchemaResponse
	provider.New("test", provider.Options{})().Schema(t.Context(), frameworkprovider.SchemaRequest{}, &resp)
	// elsewhere are the arguments that say where to sign in, and at what: the guide that all ways share has them.
	elsewhere := []string{
		"dps_hostname", "iothub_hostname", "allowed_iothub_hostnames", "environment", "metadata_host", "ca_certificate_file",
	}
	variable := regexp.MustCompile("Environment: (`[A-Z_]+`)")
	for name, attribute := range resp.Schema.Attributes {
		if slices.Contains(elsewhere, name) {
			continue
		}
		found := variable.FindStringSubmatch(attribute.GetMarkdownDescription())
		if found == nil || !strings.Contains(all.String(), "| `"+name+"` |") || !strings.Contains(all.String(), found[1]) {
			t.Errorf("no page of a way to sign in has %s with its variable", name)
		}
	}
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
