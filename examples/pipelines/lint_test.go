// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pipelines_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"
)

func files(t *testing.T, patterns ...string) []string {
	t.Helper()
	var all []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: found %d: %v", pattern, len(found), err)
		}
		all = append(all, found...)
	}
	return all
}

func TestWorkflows_passActionlint(t *testing.T) {
	t.Parallel()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// Those of the repository itself too.
	problems, err := linter.LintFiles(files(t, "github/*.yml", "../../.github/workflows/*.yml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}

// scripts are the shell steps of a pipeline, wherever they stand.
func scripts(node any) (found []string) {
	switch v := node.(type) {
	case map[string]any:
		for name, member := range v {
			text, isText := member.(string)
			if isText && (name == "run" || name == "script") {
				found = append(found, text)
				continue
			}
			found = append(found, scripts(member)...)
		}
	case []any:
		for _, element := range v {
			found = append(found, scripts(element)...)
		}
	}
	return found
}

var (
	install = "go install github.com/azureiot/terraform-provider-azureiot/tools/plansummary@latest"
	called  = regexp.MustCompile(`pipelines/(scripts/[a-z-]+\.sh)`)
)

// What a pipeline has a shell do is in the scripts, which the story below runs.
func TestPipelines_runNothingButTheScripts(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, file := range files(t, "github/*.yml", "azure-devops/*.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var pipeline map[string]any
		if err := yaml.Unmarshal(text, &pipeline); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		steps := scripts(pipeline)
		if len(steps) == 0 {
			t.Errorf("%s runs nothing", file)
		}
		for _, step := range steps {
			calls := called.FindAllStringSubmatch(step, -1)
			if step != install && (len(calls) == 0 || strings.ContainsAny(step, "\n;|&")) {
				t.Errorf("%s has a step of its own: %s", file, step)
			}
			for _, call := range calls {
				used[call[1]] = true
			}
		}
	}
	for _, script := range files(t, "scripts/*.sh") {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range files(t, "scripts/*.sh") {
			if strings.Contains(string(text), "/"+filepath.Base(other)) {
				used[other] = true
			}
		}
	}
	for _, script := range files(t, "scripts/*.sh") {
		info, err := os.Stat(script)
		if err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run: %v", script, err)
		}
		if !used[script] {
			t.Errorf("nothing runs %s", script)
		}
	}
	for script := range used {
		if _, err := os.Stat(script); err != nil {
			t.Error(err)
		}
	}
}

// azurePipeline is the shape of a pipeline of Azure DevOps, as far as these go.
type azurePipeline struct {
	Trigger   any                 `yaml:"trigger"`
	PR        any                 `yaml:"pr"`
	Pool      map[string]string   `yaml:"pool"`
	Variables []map[string]string `yaml:"variables"`
	Schedules []struct {
		Cron        string              `yaml:"cron"`
		DisplayName string              `yaml:"displayName"`
		Branches    map[string][]string `yaml:"branches"`
		Always      bool                `yaml:"always"`
	} `yaml:"schedules"`
	Jobs   []azureJob `yaml:"jobs"`
	Stages []struct {
		Stage     string            `yaml:"stage"`
		DependsOn string            `yaml:"dependsOn"`
		Variables map[string]string `yaml:"variables"`
		Jobs      []azureJob        `yaml:"jobs"`
	} `yaml:"stages"`
}

type azureJob struct {
	Job         string      `yaml:"job"`
	Deployment  string      `yaml:"deployment"`
	Environment string      `yaml:"environment"`
	Steps       []azureStep `yaml:"steps"`
	Strategy    struct {
		RunOnce struct {
			Deploy struct {
				Steps []azureStep `yaml:"steps"`
			} `yaml:"deploy"`
		} `yaml:"runOnce"`
	} `yaml:"strategy"`
}

type azureStep struct {
	Checkout           string            `yaml:"checkout"`
	PersistCredentials *bool             `yaml:"persistCredentials"`
	Script             string            `yaml:"script"`
	Task               string            `yaml:"task"`
	Inputs             map[string]string `yaml:"inputs"`
	Publish            string            `yaml:"publish"`
	Artifact           string            `yaml:"artifact"`
	Download           string            `yaml:"download"`
	DisplayName        string            `yaml:"displayName"`
	Name               string            `yaml:"name"`
	Condition          string            `yaml:"condition"`
	WorkingDirectory   string            `yaml:"workingDirectory"`
	Env                map[string]string `yaml:"env"`
}

func TestAzurePipelines_haveNoMemberThatIsNotOne(t *testing.T) {
	t.Parallel()
	for _, file := range files(t, "azure-devops/*.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var pipeline azurePipeline
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(&pipeline); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		jobs := pipeline.Jobs
		for _, stage := range pipeline.Stages {
			jobs = append(jobs, stage.Jobs...)
		}
		for _, job := range jobs {
			steps := append(job.Steps, job.Strategy.RunOnce.Deploy.Steps...)
			if len(steps) == 0 || job.Job == "" && (job.Deployment == "" || job.Environment == "") {
				t.Errorf("%s: job %q%q has %d steps", file, job.Job, job.Deployment, len(steps))
			}
			for _, step := range steps {
				if strings.Contains(step.Script, "apply.sh") != strings.Contains(step.Env["ARM_CLIENT_ID"], "CONTRIBUTOR") {
					t.Errorf("%s: %s signs in as %s", file, step.Script, step.Env["ARM_CLIENT_ID"])
				}
			}
		}
	}
}
