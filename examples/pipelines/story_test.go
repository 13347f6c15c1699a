// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pipelines_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// platform is GitHub or Azure DevOps: the scripts that its pipelines run, in their order.
type platform struct {
	name string
	// planned is the pipeline of a pull request; it ends with status.
	planned func(r *repository, status int, ticket string)
	// applied is the pipeline that applies what was merged.
	applied func(r *repository, status int)
	drift   string
	// approve says who approved the pull request.
	approve func(r *repository, names ...string)
}

var gitHub = platform{
	name: "GitHub",
	planned: func(r *repository, status int, ticket string) {
		r.t.Helper()
		r.run(0, "plan.sh", "-var=ticket="+ticket)
		r.keep("fleet/review/tfplan", "platform/tfplan") // the artifact
		judgedOnGitHub(r, status)
	},
	applied: func(r *repository, status int) {
		r.t.Helper()
		r.run(0, "github-fetch.sh", "c0ffee")
		r.run(0, "github-review.sh", "7")
		r.run(status, "apply.sh", r.run(0, "github-reviewed.sh", "7"))
	},
	drift: "github-drift.sh",
	approve: func(r *repository, names ...string) {
		r.write("platform/pull.json", `{"user": {"login": "ann"}, "head": {"sha": "c0ffee"}}`)
		reviews := []string{
			`{"user": {"login": "eve"}, "state": "APPROVED", "commit_id": "older", "submitted_at": "2030-01-01T00:00:00Z"}`,
			`{"user": {"login": "bob"}, "state": "APPROVED", "commit_id": "c0ffee", "submitted_at": "2030-01-01T00:00:00Z"}`,
			`{"user": {"login": "bob"}, "state": "CHANGES_REQUESTED", "commit_id": "c0ffee",
				"submitted_at": "2030-01-01T00:01:00Z"}`,
		}
		for _, name := range names {
			reviews = append(reviews, fmt.Sprintf(`{"user": {"login": %q}, "state": "APPROVED", "commit_id": "c0ffee",
				"submitted_at": "2030-01-01T00:02:00Z"}`, name))
		}
		r.write("platform/reviews.json", "["+strings.Join(reviews, ",")+"]")
	},
}

// judgedOnGitHub is the job "policies", which an approval starts again.
func judgedOnGitHub(r *repository, status int) {
	r.t.Helper()
	r.run(0, "github-fetch.sh", "c0ffee")
	r.run(0, "github-review.sh", "7")
	r.run(status, "check.sh")
	r.run(0, "github-comment.sh", "7")
}

var azureDevOps = platform{
	name: "Azure DevOps",
	planned: func(r *repository, status int, ticket string) {
		r.t.Helper()
		r.run(0, "plan.sh", "-var=ticket="+ticket)
		r.run(0, "azure-review.sh", "7")
		r.run(status, "check.sh")
		r.run(0, "azure-comment.sh", "7")
	},
	applied: func(r *repository, status int) {
		r.t.Helper()
		said := r.run(0, "azure-show.sh", "c0ffee")
		_, digest, _ := strings.Cut(said, "##vso[task.setvariable variable=digest;isOutput=true]")
		r.run(0, "azure-review.sh", r.run(0, "azure-merged.sh", "c0ffee"))
		r.run(status, "apply.sh", digest)
	},
	drift: "azure-drift.sh",
	approve: func(r *repository, names ...string) {
		reviewers := []string{`{"uniqueName": "bob", "vote": -5}`}
		for _, name := range names {
			reviewers = append(reviewers, fmt.Sprintf(`{"uniqueName": %q, "vote": 10}`, name))
		}
		r.write("platform/pull.json",
			`{"createdBy": {"uniqueName": "ann"}, "reviewers": [`+strings.Join(reviewers, ",")+`]}`)
	},
}

// keep copies a file of the repository.
func (r *repository) keep(from, to string) {
	r.t.Helper()
	r.write(to, r.read(from))
}

// says fails the test unless a file of the repository has all texts.
func (r *repository) says(name string, texts ...string) {
	r.t.Helper()
	content := r.read(name)
	for _, text := range texts {
		if !strings.Contains(content, text) {
			r.t.Fatalf("%s does not say %q:\n%s", name, text, content)
		}
	}
}

const stolen = `
resource "azureiot_dps_device_disallow" "stolen" {
  registration_id = "sensor-thl-002"
  certificate_pem = file("${path.module}/sensor.pem")
  reason          = "stolen from plant Thale"
  %s
}
`

func TestStory_onGitHub(t *testing.T) {
	t.Parallel()
	story(newRepository(t), gitHub)
}

func TestStory_onAzureDevOps(t *testing.T) {
	t.Parallel()
	story(newRepository(t), azureDevOps)
}

// story is told on both platforms: a device is stolen, its block is reviewed and applied, somebody lets it in again
// behind Terraform's back, the drift becomes one issue, and the repair closes it.
func story(r *repository, on platform) {
	ca := newAuthority(r.t)
	device := r.device(ca, "sensor-thl-002")
	r.write("fleet/plant-ca.pem", inPEM(ca.certificate.Raw))
	r.write("fleet/sensor.pem", inPEM(device.leaf))
	on.approve(r)
	on.planned(r, 0, "")
	on.applied(r, 0)
	device.mustBe(true)

	// The device is stolen: a change, its text on the pull request, its apply.
	main := r.read("fleet/main.tf")
	r.write("fleet/main.tf", main+fmt.Sprintf(stolen, ""))
	on.planned(r, 0, "")
	r.says("platform/comment.md", "Azure IoT: 1 device blocked", "`sensor-thl-002`", "enabled\u00a0→\u00a0disabled",
		"**Policies: passed.**", "Plan file: `sha256:")
	on.applied(r, 0)
	device.mustBe(false)
	r.run(0, on.drift)
	r.mustNotHave("platform/issue.md")

	// Somebody lets it in again in the portal.
	r.portal(r.emulator["AZUREIOT_DPS_CONNECTION_STRING"], "/enrollments/sensor-thl-002?api-version=2021-10-01",
		"provisioningStatus", "enabled")
	r.portal(r.emulator["AZUREIOT_IOTHUB_CONNECTION_STRINGS"], "/devices/sensor-thl-002?api-version=2021-04-12",
		"status", "enabled")
	device.mustBe(true)
	r.run(0, on.drift)
	r.run(0, on.drift) // still one issue
	r.says("platform/issue.md", "**re-enabled**", "`sensor-thl-002`", "1 device blocked")

	// The repair is a plan like any other.
	on.planned(r, 0, "")
	on.applied(r, 0)
	device.mustBe(false)
	r.run(0, on.drift)
	r.mustNotHave("platform/issue.md")
	r.says("platform/closed.md", "**re-enabled**")

	// Nobody lets it in again alone.
	r.write("fleet/main.tf", main+fmt.Sprintf(stolen, `desired_access = "restored"`))
	on.planned(r, 1, "OPS-4711")
	r.says("platform/comment.md", "**Policies: refused**", "that takes an approval", "1 device **let in again**")
	on.approve(r, "ann")
	on.planned(r, 1, "OPS-4711")
	on.approve(r, "cleo")
	on.planned(r, 0, "OPS-4711")
	on.applied(r, 0)
	device.mustBe(true)
}

func (r *repository) mustNotHave(name string) {
	r.t.Helper()
	if _, err := os.Stat(filepath.Join(r.dir, name)); err == nil {
		r.t.Fatalf("%s is there:\n%s", name, r.read(name))
	}
}

func TestApply_refusesWhatWasNotReviewed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	ca := newAuthority(t)
	device := r.device(ca, "sensor-thl-002")
	r.write("fleet/plant-ca.pem", inPEM(ca.certificate.Raw))
	r.write("fleet/sensor.pem", inPEM(device.leaf))
	gitHub.approve(r)
	gitHub.planned(r, 0, "")
	gitHub.applied(r, 0)
	device.mustBe(true)
	main := r.read("fleet/main.tf")
	r.write("fleet/main.tf", main+fmt.Sprintf(stolen, ""))
	gitHub.planned(r, 0, "")

	// Another plan in its place.
	r.run(0, "plan.sh", "-destroy", "-var=ticket=OPS-1")
	r.keep("fleet/review/tfplan", "platform/tfplan")
	gitHub.applied(r, 1)
	device.mustBe(true)

	// The right plan, whose approval was taken back.
	r.write("fleet/main.tf", main+fmt.Sprintf(stolen, ""))
	gitHub.planned(r, 0, "")
	gitHub.applied(r, 0)
	device.mustBe(false)
	r.write("fleet/main.tf", main+fmt.Sprintf(stolen, `desired_access = "restored"`))
	gitHub.approve(r, "cleo")
	gitHub.planned(r, 0, "OPS-4711")
	gitHub.approve(r)
	gitHub.applied(r, 1)
	device.mustBe(false)

	// A plan that cannot be judged.
	gitHub.approve(r, "cleo")
	must(t, os.Remove(filepath.Join(r.dir, "policies", "settings.json")))
	gitHub.applied(r, 1)
	device.mustBe(false)
}
