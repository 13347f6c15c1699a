// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package policies_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// expected are the policies that refuse each recorded plan while nobody has approved, and once somebody has. Two
// approvals do what one does, and are all that the policy groups asks for.
var expected = map[string]struct{ alone, approved string }{
	"create":                               {"", ""},
	"create-adopted":                       {"", ""},
	"create-and-delete-identity":           {"", ""},
	"create-and-keep-identity":             {"blocked", "blocked"},
	"create-and-keep-identity-with-ticket": {"", ""},
	"create-and-delete-everything":         {"", ""},
	"create-named-hub":                     {"", ""},
	"delete":                               {"managed", "managed"},
	"delete-with-ticket":                   {"", ""},
	"drift-entry-deleted":                  {"", ""},
	"drift-repair":                         {"", ""},
	"entry-certificate-ends":               {"certificates", "certificates"},
	"entry-certificate-rolls":              {"", ""},
	"entry-certificate-unknown":            {"certificates", "certificates"},
	"entry-create":                         {"", ""},
	"entry-delete-disabled":                {"enabling", "enabling"},
	"entry-delete-enabled":                 {"", ""},
	"entry-disable":                        {"", ""},
	"entry-enable":                         {"enabling", "enabling"},
	"entry-enable-with-ticket":             {"enabling", ""},
	"entry-forget-disabled":                {"", ""},
	"entry-hub-listed":                     {"", ""},
	"entry-hub-unknown":                    {"places", "places"},
	"entry-hub-unlisted":                   {"places", "places"},
	"entry-instance-unlisted":              {"places", "places"},
	"entry-import":                         {"certificates", "certificates"},
	"entry-import-pinned":                  {"adopted certificates", "adopted certificates"},
	"entry-import-pinned-with-ticket":      {"certificates", "certificates"},
	"entry-replace-disabled":               {"", ""},
	"entry-replace-enable":                 {"enabling", "enabling"},
	"entry-unchanged":                      {"", ""},
	"entry-unknown":                        {"known", "known"},
	"forget":                               {"managed", "managed"},
	"forget-with-ticket":                   {"", ""},
	"group-block-admitted":                 {"blocked", "blocked"},
	"group-block-admitted-with-ticket":     {"", ""},
	"group-block-create":                   {"blocked groups places", "blocked groups places"},
	"group-block-create-shut":              {"blocked groups places", "blocked groups places"},
	"group-block-create-with-ticket":       {"groups", "groups"},
	"group-block-delete-identities":        {"", ""},
	"group-block-destroy":                  {"managed", "managed"},
	"group-block-destroy-with-ticket":      {"", ""},
	"group-block-disable":                  {"", ""},
	"group-block-disable-unread":           {"blocked", "blocked"},
	"group-block-drift-repair":             {"", ""},
	"group-block-forget":                   {"managed", "managed"},
	"group-block-forget-with-ticket":       {"", ""},
	"group-block-group-deleted":            {"blocked", "blocked"},
	"group-block-hub-unlisted":             {"blocked groups places", "blocked groups places"},
	"group-block-import":                   {"blocked", "blocked"},
	"group-block-replace-asked":            {"blocked groups places", "blocked groups places"},
	"group-block-restore":                  {"blocked enabling restored", "blocked enabling"},
	"group-block-restore-with-ticket":      {"enabling restored", ""},
	"group-block-unchanged":                {"", ""},
	"group-certificate-ends":               {"certificates", "certificates"},
	"group-create":                         {"", ""},
	"group-enable":                         {"enabling", "enabling"},
	"group-unlisted-hub":                   {"places", "places"},
	"hub-named":                            {"blocked places", "blocked places"},
	"hub-named-with-ticket":                {"", ""},
	"hub-unreadable":                       {"places", "places"},
	"identity-create":                      {"", ""},
	"identity-delete-disabled":             {"enabling", "enabling"},
	"identity-deleted":                     {"", ""},
	"identity-enable":                      {"enabling", "enabling"},
	"identity-hub-unlisted":                {"enabling places", "enabling places"},
	"identity-kept":                        {"", ""},
	"import":                               {"", ""},
	"import-enabled":                       {"", ""},
	"import-kept":                          {"blocked", "blocked"},
	"never-seen":                           {"places", "places"},
	"never-seen-kept":                      {"blocked places", "blocked places"},
	"never-seen-with-ticket":               {"", ""},
	"outside-everything":                   {"", ""},
	"outside-nothing":                      {"", ""},
	"replace":                              {"managed", "managed"},
	"replace-asked":                        {"", ""},
	"replace-tainted":                      {"", ""},
	"replace-with-ticket":                  {"", ""},
	"restore":                              {"blocked enabling restored", "blocked enabling"},
	"restore-adopted":                      {"blocked enabling restored", "blocked enabling"},
	"restore-adopted-with-ticket":          {"enabling restored", ""},
	"restore-of-nothing":                   {"restored", ""},
	"restore-with-ticket":                  {"enabling restored", ""},
	"setting-unknown":                      {"blocked enabling known places restored", "blocked enabling known places"},
	"unchanged":                            {"", ""},
	"whereabouts-unknown":                  {"blocked places", "blocked places"},
	"whereabouts-unknown-with-ticket":      {"", ""},
}

// review is what a pipeline tells of a pull request.
func review(approvals ...string) map[string]any {
	return map[string]any{"author": "mallory", "approvals": approvals}
}

func TestPolicies_judgeEveryRecordedPlan(t *testing.T) {
	t.Parallel()
	bench := newBench(t, policies(t))
	plans := recordings(t)
	if names := slices.Sorted(maps.Keys(plans)); !slices.Equal(names, slices.Sorted(maps.Keys(expected))) {
		t.Errorf("recorded are %v", names)
	}
	for name, plan := range plans {
		for approvals, want := range map[string]string{
			"": expected[name].alone, "mallory": expected[name].alone, "alice": expected[name].approved,
			"alice mallory": expected[name].approved, "alice bob": twice(name),
		} {
			if got := bench.refusals(t, plan, review(strings.Fields(approvals)...)); got != want {
				t.Errorf("%s, approved by %q: refused by %q, want %q", name, approvals, got, want)
			}
		}
	}
}

// twice are the policies that refuse a recorded plan that two have approved.
func twice(name string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(expected[name].approved), func(policy string) bool {
		return policy == "groups"
	}), " ")
}

func TestPolicies_eachHasPlansThatPassAndPlansThatFail(t *testing.T) {
	t.Parallel()
	for module := range policies(t) {
		name := strings.TrimSuffix(module, ".rego")
		if name == "main" || name == "plan" {
			continue
		}
		fails, passes := 0, 0
		for _, want := range expected {
			if slices.Contains(strings.Fields(want.alone), name) {
				fails++
			} else {
				passes++
			}
		}
		if fails == 0 || passes == 0 {
			t.Errorf("%s refuses %d plans and passes %d", name, fails, passes)
		}
	}
}

// bench is a set of policies, compiled, with the settings beside them.
type bench struct {
	compiler *ast.Compiler
	settings map[string]any
}

func newBench(t *testing.T, modules map[string]*ast.Module) bench {
	t.Helper()
	b := bench{compiler: ast.NewCompiler()}
	if b.compiler.Compile(modules); b.compiler.Failed() {
		t.Fatal(b.compiler.Errors)
	}
	load(t, "settings.json", &b.settings)
	return b
}

// refusals names the policies that refuse a plan.
func (b bench) refusals(t *testing.T, plan map[string]any, review map[string]any) string {
	t.Helper()
	data := map[string]any{"settings": b.settings["settings"], "review": review}
	if review == nil {
		delete(data, "review")
	}
	return strings.Join(slices.Compact(slices.Sorted(maps.Values(b.judge(t, plan, data)))), " ")
}

// judge is each reason for which a plan is refused, with the policy that it comes from.
func (b bench) judge(t *testing.T, plan, data map[string]any) map[string]string {
	t.Helper()
	results, err := rego.New(rego.Query("deny = data.main.deny; allow = data.main.allow; report = data.main.report"),
		rego.Compiler(b.compiler), rego.Store(inmem.NewFromObject(data)), rego.Input(plan)).Eval(context.Background())
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results: %v", len(results), err)
	}
	reasons := map[string]string{}
	for _, reason := range results[0].Bindings["deny"].([]any) {
		policy, _, _ := strings.Cut(reason.(string), ":")
		reasons[reason.(string)] = policy
		if !strings.Contains(results[0].Bindings["report"].(string), "- "+reason.(string)) {
			t.Errorf("the report lacks %s", reason)
		}
	}
	if allow := results[0].Bindings["allow"].(bool); allow != (len(reasons) == 0) {
		t.Errorf("allow is %t with %d reasons", allow, len(reasons))
	}
	return reasons
}

func policies(t *testing.T) map[string]*ast.Module {
	t.Helper()
	files, err := filepath.Glob("policy/*.rego")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d policies: %v", len(files), err)
	}
	modules := map[string]*ast.Module{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		modules[filepath.Base(file)] = ast.MustParseModule(string(text))
	}
	return modules
}

func recordings(t *testing.T) map[string]map[string]any {
	t.Helper()
	files, err := filepath.Glob("plans/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d plans: %v", len(files), err)
	}
	plans := map[string]map[string]any{}
	for _, file := range files {
		var plan map[string]any
		load(t, file, &plan)
		plans[strings.TrimSuffix(filepath.Base(file), ".json")] = plan
	}
	return plans
}

func load(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
