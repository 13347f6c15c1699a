// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Method is one way to sign in.
type Method struct {
	// Name is what it is called in sentences: "a client secret".
	Name string
	// When are the sets of arguments that configure it, any one of them.
	When [][]string
	// Needs are arguments that it cannot do without, Takes those that it uses when they are there.
	Needs, Takes []string
	// Platform are the variables with which a platform fills in arguments that are left out.
	Platform map[string][]string
	// Hint helps where something is missing.
	Hint string

	make func(c *Choice, o Options) (azcore.TokenCredential, []Problem)
}

// Everywhere are the arguments that fit every method: a pipeline sets them once for all providers.
func Everywhere() []string { return []string{tenantID, auxiliaryTenantIDs, subscriptionID} }

// Methods are all of them, in the order in which azurerm chooses: the first that is configured is used.
func Methods() []Method {
	request := map[string][]string{
		oidcRequestURL:   {"ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"},
		oidcRequestToken: {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"},
	}
	principal := []string{tenantID, clientID}
	return []Method{
		{
			Name: "a client certificate", When: [][]string{{certificatePath}, {certificate}},
			Needs: principal, Takes: []string{clientIDFile, certificatePassword}, make: byCertificate,
		},
		{
			Name: "a client secret", When: [][]string{{clientSecret}, {clientSecretFile}},
			Needs: principal, Takes: []string{clientIDFile}, make: bySecret,
		},
		{
			Name: "AKS workload identity", When: [][]string{{useAKS}},
			Needs: []string{tenantID, clientID, oidcTokenFile}, Takes: []string{useOIDC, clientIDFile},
			Platform: map[string][]string{
				tenantID: {"AZURE_TENANT_ID"}, clientID: {"AZURE_CLIENT_ID"}, oidcTokenFile: {"AZURE_FEDERATED_TOKEN_FILE"},
			},
			make: byWorkloadIdentity,
		},
		{
			Name: "OIDC with a given token", When: [][]string{{useOIDC, oidcToken}, {useOIDC, oidcTokenFile}},
			Needs: principal, Takes: []string{clientIDFile}, make: byAssertion,
		},
		{
			Name: "OIDC from Azure DevOps", When: [][]string{{useOIDC, serviceConnection}},
			Needs: append([]string{oidcRequestURL, oidcRequestToken}, principal...), Takes: []string{clientIDFile},
			Platform: request, make: byServiceConnection,
			Hint: "Azure DevOps sets SYSTEM_OIDCREQUESTURI; SYSTEM_ACCESSTOKEN has to be mapped from $(System.AccessToken).",
		},
		{
			Name: "OIDC from GitHub", When: [][]string{{useOIDC}},
			Needs: append([]string{oidcRequestURL, oidcRequestToken}, principal...), Takes: []string{clientIDFile},
			Platform: request, make: byGitHub,
			Hint: "GitHub sets its variables for jobs with the permission id-token: write. Elsewhere give oidc_token, " +
				"oidc_token_file_path or, in Azure DevOps, ado_pipeline_service_connection_id.",
		},
		{
			Name: "a managed identity", When: [][]string{{useMSI}},
			Takes: []string{clientID, clientIDFile, msiEndpoint, msiAPIVersion}, make: byManagedIdentity,
		},
		{Name: "the Azure CLI's login", When: [][]string{{useCLI}}, make: byCLI},
	}
}

// uses tells whether the method does something with an argument.
func (m Method) uses(name string) bool {
	return slices.Contains(slices.Concat(slices.Concat(m.When...), m.Needs, m.Takes, Everywhere()), name)
}

// configured tells whether one of the sets is complete.
func (m Method) configured(s Settings) bool {
	return slices.ContainsFunc(m.When, func(set []string) bool {
		return !slices.ContainsFunc(set, func(name string) bool { return !s.has(name) })
	})
}

// Condition says in words what configures the method: "use_oidc with oidc_token, or use_oidc with …".
func (m Method) Condition() string {
	var sets []string
	for _, set := range m.When {
		sets = append(sets, strings.Join(set, " with "))
	}
	return strings.Join(sets, " or ")
}

// Choice is the method that is used, with what it uses.
type Choice struct {
	Method Method

	values map[string]Value
	getenv func(string) string
}

func (c *Choice) text(name string) string { return c.values[name].Text }

// Choose finds the method that the settings configure; nil when that is none. The Azure CLI's is configured unless it
// is switched off.
func Choose(s Settings) (*Choice, []Problem) {
	if _, ok := s.values[useCLI]; !ok {
		s.values[useCLI] = Value{Given: Given{Text: "true"}}
	}
	for _, m := range Methods() {
		if !m.configured(s) {
			continue
		}
		c := &Choice{Method: m, values: s.values, getenv: s.getenv}
		problems := append(ignored(s, &m), c.fillIn()...)
		if problems = append(problems, c.missing()...); len(problems) > 0 {
			return nil, problems
		}
		return c, nil
	}
	return nil, ignored(s, nil)
}

// ignored are the arguments that have a value and are used by nothing. A flag that is false asks for nothing, and the
// Azure CLI is what is left when nothing else is configured.
func ignored(s Settings, m *Method) []Problem {
	var problems []Problem
	for _, a := range Arguments() {
		if !s.has(a.Name) || a.Name == useCLI || slices.Contains(Everywhere(), a.Name) || m != nil && m.uses(a.Name) {
			continue
		}
		source := s.values[a.Name].source()
		problems = append(problems, Problem{a.Name, "Argument would be ignored" + source, a.Name + source + " is set, but " +
			instead(m) + " " + whereUsed(a.Name, source)})
	}
	return problems
}

func instead(m *Method) string {
	if m == nil {
		return "nothing is configured that signs in with it."
	}
	return fmt.Sprintf("the provider signs in with %s (%s), which does nothing with it.", m.Name, m.Condition())
}

// whereUsed says what an argument is good for, and how to be rid of it.
func whereUsed(name, source string) string {
	var methods []string
	for _, m := range Methods() {
		if m.uses(name) {
			methods = append(methods, fmt.Sprintf("%s (%s)", m.Name, m.Condition()))
		}
	}
	text := "It is for: " + strings.Join(methods, "; ") + ". Configure one way to sign in, or leave the argument out."
	if source != "" {
		text += " In the provider block, " + name + ` = "" keeps the variable from counting.`
	}
	return text
}

// fillIn takes what is left out from the platform's variables. What is configured otherwise must say the same where
// both name one principal.
func (c *Choice) fillIn() []Problem {
	var problems []Problem
	for _, a := range Arguments() {
		for _, variable := range c.Method.Platform[a.Name] {
			text := strings.TrimSpace(c.getenv(variable))
			value, given := c.values[a.Name]
			switch {
			case text == "":
			case !given:
				c.values[a.Name] = Value{Given{Text: text}, variable}
			case c.Method.Platform[tenantID] != nil && value.Text != text:
				problems = append(problems, differing(a.Name, value.Text, value.source(),
					"the environment variable "+variable+" of AKS says", text, ""))
			}
		}
	}
	return problems
}

// missing are the arguments without which the method cannot sign in.
func (c *Choice) missing() []Problem {
	var problems []Problem
	for _, name := range c.Method.Needs {
		if _, ok := c.values[name]; ok {
			continue
		}
		variables := slices.Concat(argument(name).Variables, c.Method.Platform[name])
		problems = append(problems, Problem{name, "Missing " + name, strings.TrimSpace(fmt.Sprintf(
			"To sign in with %s (%s), the provider needs it: set %s, or the environment variable %s. %s",
			c.Method.Name, c.Method.Condition(), name, strings.Join(variables, " or "), c.Method.Hint))})
	}
	return problems
}

// Credential makes the method's credential. It asks nobody for a token yet.
func (c *Choice) Credential(o Options) (azcore.TokenCredential, []Problem) {
	return c.Method.make(c, o)
}
