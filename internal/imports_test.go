// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package internal_test executes the rules of the house: who may import whom,
// and what files and packages look like. It tests no behaviour.
package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/azureiot/terraform-provider-azureiot"

// rule says what the production code of one package may import.
type rule struct {
	own       []string // packages of this module, relative to it; "x/..." for x and below
	foreign   []string // modules outside the standard library, by prefix
	not       []string // standard library packages it must do without; "x/..." for x and below
	tests     []string // packages of this module that only its tests may import besides
	testsOnly bool     // exists for tests: no production package may import it, and without own it may import anything
}

var (
	terraform = []string{"github.com/hashicorp/"}
	azureSDK  = []string{"github.com/Azure/azure-sdk-for-go/sdk/", "golang.org/x/sync", "golang.org/x/time"}
	azureCore = []string{"github.com/Azure/azure-sdk-for-go/sdk/azcore", "github.com/Azure/azure-sdk-for-go/sdk/internal"}
	both      = slices.Concat(terraform, azureSDK)
	// outside is what a decision over facts has no business with.
	outside = []string{"net/...", "os/...", "syscall", "log/...", "context"}
)

// house is the import table, from the door inwards. A package that is not in
// it fails the test, so that none appears without a decision on its place.
var house = map[string]rule{
	"": {own: []string{"internal/provider", "internal/tfserver", "internal/release"}},

	"internal/tfserver": {
		own: []string{"internal/framework/unchanged"}, foreign: terraform,
	},
	// Not part of the provider: the command that tests, demo and documentation run.
	"internal/terraformcli": {foreign: terraform},
	"internal/release":      {},

	"internal/provider": {
		own: []string{
			"internal/enrollment", "internal/device", "internal/disallow", "internal/groupdisallow", "internal/framework/...",
			"internal/azure",
			"internal/azdps", "internal/aziothub", "internal/azrest", "internal/sas", "internal/certificate",
			"internal/cloud", "internal/signin",
		},
		foreign: both,
	},
	// Who signs in, and where: knows neither Terraform nor the clients.
	"internal/signin": {foreign: azureSDK},
	"internal/cloud":  {foreign: azureCore, not: []string{"net", "net/http/...", "os/...", "context"}},

	// The faces: what Terraform sees. None knows another.
	"internal/enrollment": {
		own: []string{
			"internal/writes", "internal/facts", "internal/azure", "internal/azdps", "internal/azrest", "internal/sas",
			"internal/deprovision", "internal/certificate", "internal/framework/...",
		},
		foreign: both,
	},
	"internal/device": {
		own: []string{
			"internal/writes", "internal/facts", "internal/azure", "internal/aziothub", "internal/azrest", "internal/sas",
			"internal/deprovision", "internal/certificate", "internal/framework/...",
		},
		foreign: both,
	},
	"internal/disallow": {
		own: []string{
			"internal/composite", "internal/writes", "internal/facts", "internal/azure", "internal/azdps", "internal/aziothub",
			"internal/azrest", "internal/deprovision", "internal/certificate", "internal/framework/...",
		},
		foreign: both,
	},
	"internal/groupdisallow": {
		own: []string{
			"internal/composite", "internal/writes", "internal/facts", "internal/azure", "internal/azdps", "internal/aziothub",
			"internal/azrest", "internal/deprovision", "internal/framework/...",
		},
		foreign: both,
	},

	// What the two composites share.
	"internal/composite": {
		own:     []string{"internal/facts", "internal/azure", "internal/deprovision", "internal/framework/..."},
		foreign: terraform,
	},

	// What the faces share: knows Terraform, not Azure. Downwards only.
	"internal/framework/configure": {own: []string{"internal/framework/iotdiag"}, foreign: terraform},
	"internal/framework/iotplan": {
		own: []string{
			"internal/framework/iotdiag", "internal/framework/iotstate", "internal/framework/iottype",
			"internal/framework/iotvalidator",
		},
		foreign: terraform,
	},
	"internal/framework/iotstate": {foreign: terraform},
	"internal/framework/unchanged": {
		foreign: append([]string{"github.com/vmihailenco/msgpack/v5"}, terraform...),
	},
	"internal/framework/iotvalidator": {
		own: []string{
			"internal/framework/iotdiag", "internal/framework/iottype", "internal/certificate", "internal/cloud",
		},
		foreign: terraform,
	},
	"internal/framework/iottype": {
		own:     []string{"internal/framework/iotdiag", "internal/azrest", "internal/certificate"},
		foreign: terraform,
	},
	"internal/framework/iotdiag": {own: []string{"internal/azrest"}, foreign: terraform},

	// The services: knows Azure, not Terraform.
	"internal/writes": {own: []string{"internal/azrest"}, foreign: azureCore},
	"internal/facts": {
		own: []string{
			"internal/azure", "internal/azdps", "internal/aziothub", "internal/azrest",
			"internal/deprovision", "internal/certificate",
		},
		foreign: azureSDK,
	},
	"internal/azure": {
		own:     []string{"internal/azdps", "internal/aziothub", "internal/azrest", "internal/cloud", "internal/sas"},
		foreign: azureSDK,
	},
	"internal/azdps":    {own: []string{"internal/azrest", "internal/cloud", "internal/sas"}, foreign: azureCore},
	"internal/aziothub": {own: []string{"internal/azrest", "internal/cloud", "internal/sas"}, foreign: azureCore},
	"internal/azrest":   {foreign: azureCore},
	"internal/sas":      {own: []string{"internal/cloud"}, foreign: azureCore},

	// Pure: decides, and asks nobody.
	"internal/deprovision": {not: outside},
	"internal/certificate": {not: outside},

	// The other side: shares no line with the clients, so that no mistake cancels.
	"internal/emulator": {
		own: []string{
			"internal/emulator/authority", "internal/emulator/dps", "internal/emulator/hub", "internal/emulator/caller",
			"internal/emulator/mqtt", "internal/emulator/wire",
		},
		tests: []string{"internal/emulator/world"},
	},
	"internal/emulator/authority": {
		own:   []string{"internal/emulator/caller", "internal/emulator/wire"},
		tests: []string{"internal/emulator", "internal/emulator/world"},
	},
	"internal/emulator/dps": {
		own:   []string{"internal/emulator/caller", "internal/emulator/wire"},
		tests: []string{"internal/emulator", "internal/emulator/world"},
	},
	"internal/emulator/hub": {
		own: []string{"internal/emulator/caller", "internal/emulator/wire", "internal/emulator/query"},
	},
	// The one part of it that is not of the standard library alone.
	"internal/emulator/mqtt": {
		own:     []string{"internal/emulator/hub"},
		foreign: []string{"github.com/mochi-mqtt/server/v2/packets", "github.com/coder/websocket"},
	},
	"internal/emulator/caller": {own: []string{"internal/emulator/wire"}},
	"internal/emulator/wire":   {},
	"internal/emulator/query":  {not: outside},
	"internal/emulator/world":  {own: []string{"internal/emulator"}, testsOnly: true},
	"internal/devicesim":       {foreign: []string{"github.com/eclipse/paho.mqtt.golang"}},

	"internal":             {testsOnly: true},
	"internal/acctest":     {testsOnly: true},
	"internal/wiretest":    {testsOnly: true},
	"internal/conformance": {testsOnly: true},
	"internal/contract":    {testsOnly: true},
	"internal/pages":       {testsOnly: true},
	"internal/adversity":   {testsOnly: true},
	"internal/generated":   {testsOnly: true},
	"internal/mistakes":    {testsOnly: true},

	// Seeds in YAML: apart from the emulator, which has no such dependency.
	"internal/seedfile": {own: []string{"internal/emulator"}, foreign: []string{"go.yaml.in/yaml/"}},
	"tools/emulator":    {own: []string{"internal/emulator", "internal/seedfile"}, testsOnly: true},
	"tools/iotemulator": {own: []string{"internal/emulator", "internal/release", "internal/seedfile"}},
	"tools/demo": {
		own: []string{
			"internal/terraformcli", "internal/devicesim", "internal/azdps", "internal/azrest", "internal/sas",
		},
		foreign: slices.Concat(terraform, azureCore),
	},
	"tools/bench": {
		own: []string{
			"internal/provider", "internal/tfserver", "internal/terraformcli", "internal/emulator", "internal/devicesim",
			"internal/azdps", "internal/aziothub", "internal/azrest", "internal/sas",
		},
		foreign: both,
	},
	"tools/plansummary": {own: []string{"internal/release"}},
	"tools/terraform":   {own: []string{"internal/terraformcli"}},
	"tools/providerschema": {
		own:     []string{"internal/provider", "internal/tfserver"},
		foreign: append([]string{"github.com/zclconf/go-cty/"}, terraform...),
	},
}

// forTests is what only tests may import.
var forTests = []string{
	"testing/...", "net/http/httptest", "pgregory.net/rapid", "github.com/hashicorp/terraform-plugin-testing/",
}

// listed is one package as go list describes it.
type listed struct {
	ImportPath, Name, Doc string
	GoFiles               []string
	Imports               []string
	TestImports           []string
	XTestImports          []string
}

func (l listed) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, module), "/")
}

// packages lists the module's packages, without resolving what they import.
func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(),
		"go", "list", "-e", "-json=ImportPath,Name,Doc,GoFiles,Imports,TestImports,XTestImports", "./...")
	command.Dir = ".."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, l)
	}
	if len(all) < 2 {
		t.Fatalf("go list found %d packages", len(all))
	}
	return all
}

// covers tells whether one of patterns matches the import path.
func covers(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if below, ok := strings.CutSuffix(pattern, "/..."); ok {
			return path == below || strings.HasPrefix(path, below+"/")
		}
		return path == pattern || (strings.HasSuffix(pattern, "/") && strings.HasPrefix(path, pattern))
	})
}

// startsWith tells whether a foreign import lies below one of the prefixes.
func startsWith(prefixes []string, path string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// violations says in what l breaks the rule that the table has for it.
func violations(l listed, table map[string]rule) []string {
	r, ok := table[l.path()]
	if !ok {
		return []string{"is not in the import table: decide on its place in the house"}
	}
	if r.testsOnly && r.own == nil {
		return nil
	}
	var found []string
	for _, path := range l.Imports {
		own, isOwn := strings.CutPrefix(path, module+"/")
		switch {
		case !r.testsOnly && (isOwn && table[own].testsOnly || covers(forTests, path)):
			found = append(found, fmt.Sprintf("imports %s, which is for tests only", path))
		case isOwn && !covers(r.own, own):
			found = append(found, fmt.Sprintf("may not import %s", own))
		case !isOwn && standard(path) && covers(r.not, path):
			found = append(found, fmt.Sprintf("must do without %s", path))
		case !isOwn && !standard(path) && !startsWith(r.foreign, path):
			found = append(found, fmt.Sprintf("may not import %s", path))
		}
	}
	// A test of a package without foreign imports keeps it that way: the
	// emulator's tests must not borrow from the clients either.
	if r.foreign == nil {
		for _, path := range slices.Concat(l.TestImports, l.XTestImports) {
			own, isOwn := strings.CutPrefix(path, module+"/")
			borrowed := isOwn && own != l.path() && !covers(r.own, own) && !covers(r.tests, own)
			if borrowed || !isOwn && !standard(path) && !covers(forTests, path) {
				found = append(found, fmt.Sprintf("may not import %s, not even in its tests", path))
			}
		}
	}
	return found
}

func TestPackages_importOnlyWhatTheirPlaceAllows(t *testing.T) {
	t.Parallel()
	for _, l := range packages(t) {
		for _, violation := range violations(l, house) {
			t.Errorf("%s %s", l.ImportPath, violation)
		}
	}
}

// The program that users install has nothing of the emulator, nor of the libraries that only the emulator needs.
func TestProvider_linksNothingOfTheEmulator(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	command.Dir = ".."
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(output), module+"/internal/provider\n") {
		t.Fatal("the provider does not link itself")
	}
	for _, foreign := range append(house["internal/emulator/mqtt"].foreign, module+"/internal/emulator", "mqtt") {
		if strings.Contains(string(output), foreign) {
			t.Errorf("the provider links %s", foreign)
		}
	}
}

func TestHouse_namesOnlyPackagesThatItKnows(t *testing.T) {
	t.Parallel()
	for name, r := range house {
		for _, own := range slices.Concat(r.own, r.tests) {
			if _, ok := house[own]; !ok && !strings.HasSuffix(own, "/...") {
				t.Errorf("%s may import %s, which is not in the table", name, own)
			}
		}
	}
}

func TestViolations_areFound(t *testing.T) {
	t.Parallel()
	imports := func(from string, paths ...string) listed {
		return listed{ImportPath: module + "/" + from, Imports: paths}
	}
	const (
		none     = ""
		plugin   = "github.com/hashicorp/terraform-plugin-log/tflog"
		pipeline = "github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	)
	tests := map[string]struct {
		in   listed
		want string
	}{
		"an unknown package":         {imports("internal/shortcut"), "is not in the import table"},
		"a package out of its layer": {imports("internal/azdps", module+"/internal/provider"), "not import internal/prov"},
		"a face that knows another":  {imports("internal/device", module+"/internal/enrollment"), "not import internal/enr"},
		"Terraform in a client":      {imports("internal/aziothub", plugin), "not import github.com/hashicorp"},
		"Azure in the framework":     {imports("internal/framework/iotdiag", pipeline), "not import github.com/Azure"},
		"a network in a decision":    {imports("internal/deprovision", "net/http"), "must do without net/http"},
		"a client in the emulator":   {imports("internal/emulator", module+"/internal/sas"), "not import internal/sas"},
		"a hub in the emulated DPS":  {imports("internal/emulator/dps", module+"/internal/emulator/hub"), "not import int"},
		"the emulator's test world":  {imports("internal/emulator", module+"/internal/emulator/world"), "for tests only"},
		"a client in that world":     {imports("internal/emulator/world", module+"/internal/sas"), "not import internal/sas"},
		"a corpus in production":     {imports("internal/azdps", module+"/internal/wiretest"), "for tests only"},
		"testing in production":      {imports("internal/azure", "testing"), "for tests only"},
		"what a client is allowed":   {imports("internal/azdps", "net/http", module+"/internal/sas", pipeline), none},
		"what that world needs":      {imports("internal/emulator/world", "testing", module+"/internal/emulator"), none},
		"what a test may do besides": {listed{ImportPath: module + "/internal/azdps", XTestImports: []string{plugin}}, none},
		"the emulator tested through": {listed{ImportPath: module + "/internal/emulator", XTestImports: []string{
			module + "/internal/azdps"}}, "not even in its tests"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := violations(test.in, house)
			if test.want == none && len(found) > 0 {
				t.Errorf("found %q in what is allowed", found)
			}
			if test.want != none && (len(found) != 1 || !strings.Contains(found[0], test.want)) {
				t.Errorf("found %q, want one with %q", found, test.want)
			}
		})
	}
}
