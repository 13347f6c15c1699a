// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// document is what recordings keep of terraform show -json: what the format of both commands and of all versions has,
// and policies read.
type document struct {
	FormatVersion string           `json:"format_version"`
	Timestamp     string           `json:"timestamp"`
	Errored       bool             `json:"errored"`
	Variables     map[string]any   `json:"variables"`
	Changes       []resourceChange `json:"resource_changes"`
	Drift         []resourceChange `json:"resource_drift,omitempty"`
	Configuration *configuration   `json:"configuration,omitempty"`
}

// configuration is what recordings keep of it: where an import is planned, the statuses that are written out.
type configuration struct {
	Root struct {
		Resources []configured `json:"resources"`
	} `json:"root_module"`
}

type configured struct {
	Address     string         `json:"address"`
	Expressions map[string]any `json:"expressions"`
}

// statusesOfImports takes everything else out of the configuration.
func (d *document) statusesOfImports() {
	imports := slices.ContainsFunc(d.Changes, func(c resourceChange) bool { return c.Change.Importing != nil })
	if d.Configuration == nil || !imports {
		d.Configuration = nil
		return
	}
	resources := d.Configuration.Root.Resources
	for _, r := range resources {
		maps.DeleteFunc(r.Expressions, func(name string, _ any) bool {
			return name != "provisioning_status" && name != "status"
		})
	}
	resources = slices.DeleteFunc(resources, func(r configured) bool { return len(r.Expressions) == 0 })
	if d.Configuration.Root.Resources = resources; len(resources) == 0 {
		d.Configuration = nil
	}
}

type resourceChange struct {
	Address      string `json:"address"`
	Mode         string `json:"mode"`
	Type         string `json:"type"`
	Name         string `json:"name"`
	Index        any    `json:"index,omitempty"`
	ProviderName string `json:"provider_name"`
	Change       change `json:"change"`
	Reason       string `json:"action_reason,omitempty"`
}

type change struct {
	Actions        []string `json:"actions"`
	Before         any      `json:"before"`
	After          any      `json:"after"`
	AfterUnknown   any      `json:"after_unknown"`
	ReplacePaths   any      `json:"replace_paths,omitempty"`
	Importing      any      `json:"importing,omitempty"`
	BeforeSensible any      `json:"before_sensitive,omitempty"`
	AfterSensible  any      `json:"after_sensitive,omitempty"`
}

// moment is when every recording was planned; certificates of the scenes end near it or long after.
const moment = "2030-01-01T00:00:00Z"

// accidents are what differs from run to run, and what recordings have instead: of each kind the first that a recording
// meets is number 1, and so on, so that what is equal stays equal.
var accidents = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`-----BEGIN CERTIFICATE-----[^"]*`),
		`-----BEGIN CERTIFICATE-----\n%d\n-----END CERTIFICATE-----\n`},
	{regexp.MustCompile(`"thumbprint_sha1": "[0-9A-F]{40}"`), `"thumbprint_sha1": "%040d"`},
	{regexp.MustCompile(`"thumbprint_sha256": "[0-9A-F]{64}"`), `"thumbprint_sha256": "%064d"`},
	{regexp.MustCompile(`sha256:[0-9A-F]{64}`), `sha256:%064d`},
	{regexp.MustCompile(`"serial_number": "[0-9A-F]+"`), `"serial_number": "%02d"`},
	{regexp.MustCompile(`"generation_id": "[^"]+"`), `"generation_id": "%018d"`},
}

// withoutAccidents replaces them.
func withoutAccidents(text string) string {
	for _, accident := range accidents {
		var met []string
		text = accident.pattern.ReplaceAllStringFunc(text, func(found string) string {
			if !slices.Contains(met, found) {
				met = append(met, found)
			}
			return fmt.Sprintf(accident.instead, slices.Index(met, found)+1)
		})
	}
	return text
}

// tidy makes a recording of what terraform show -json printed.
func (s *stage) tidy(text string) []byte {
	s.T.Helper()
	replacements := []string{"registry.opentofu.org/", "registry.terraform.io/",
		s.Emulator.DPSHostname(), "contoso.azure-devices-provisioning.net"}
	for _, hub := range s.Emulator.Hubs() {
		replacements = append(replacements, hub.Hostname(), hub.Name()+".azure-devices.net")
	}
	var plan document
	if err := json.Unmarshal([]byte(strings.NewReplacer(replacements...).Replace(text)), &plan); err != nil {
		s.T.Fatal(err)
	}
	plan.FormatVersion, plan.Timestamp = "1.2", moment
	plan.statusesOfImports()
	for _, changes := range []*[]resourceChange{&plan.Changes, &plan.Drift} {
		slices.SortFunc(*changes, func(a, b resourceChange) int { return cmp.Compare(a.Address, b.Address) })
		for i := range *changes {
			c := &(*changes)[i].Change
			sortSets(c.Before, nil)
			sortSets(c.After, c.AfterUnknown)
			c.BeforeSensible, c.AfterSensible = onlyMarked(c.BeforeSensible), onlyMarked(c.AfterSensible)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(plan); err != nil {
		s.T.Fatal(err)
	}
	return []byte(withoutAccidents(out.String()))
}

// sortSets sorts the elements of every list, and what is said of each beside it: the provider's schemas have no lists
// whose order counts, and the order of a set comes from a hash of its elements.
func sortSets(value, beside any) {
	switch v := value.(type) {
	case map[string]any:
		other, _ := beside.(map[string]any)
		for name, member := range v {
			sortSets(member, other[name])
		}
	case []any:
		other, _ := beside.([]any)
		type element struct{ Value, Beside any }
		elements := make([]element, len(v))
		for i, member := range v {
			elements[i].Value = member
			if i < len(other) {
				elements[i].Beside = other[i]
			}
		}
		slices.SortFunc(elements, func(a, b element) int { return cmp.Compare(encoded(a), encoded(b)) })
		for i, e := range elements {
			v[i] = e.Value
			if i < len(other) {
				other[i] = e.Beside
			}
		}
	}
}

func encoded(value any) string {
	raw, _ := json.Marshal(value) // It came from JSON.
	return string(raw)
}

// onlyMarked drops what is said of values that are not sensitive.
func onlyMarked(sensitive any) any {
	if strings.Contains(encoded(sensitive), "true") {
		return sensitive
	}
	return nil
}
