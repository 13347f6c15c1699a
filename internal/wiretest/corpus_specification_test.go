// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wiretest_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

// The corpus and the specifications come from different sources: what one shows, the other declares.
func TestDocuments_keepToTheSpecification(t *testing.T) {
	t.Parallel()
	const version = "?api-version=1"
	for folder, e := range map[string]exchange{
		"dps/individual_enrollments":         {method: "GET", path: "/enrollments/a" + version, status: 200},
		"dps/individual_enrollment_requests": {method: "PUT", path: "/enrollments/a" + version, status: 200, answered: entry},
		"dps/enrollment_groups":              {method: "GET", path: "/enrollmentGroups/a" + version, status: 200},
		"dps/enrollment_group_requests": {
			method: "PUT", path: "/enrollmentGroups/a" + version, status: 200,
			answered: strings.Replace(entry, "registrationId", "enrollmentGroupId", 1),
		},
		"dps/attestations":       {method: "POST", path: "/enrollments/a/attestationmechanism" + version, status: 200},
		"dps/registrations":      {method: "GET", path: "/registrations/a" + version, status: 200},
		"iothub/devices":         {method: "GET", path: "/devices/a" + version, status: 200},
		"iothub/device_requests": {method: "PUT", path: "/devices/a" + version, status: 200, answered: device},
		"iothub/twins":           {method: "GET", path: "/twins/a" + version, status: 200},
	} {
		documents, err := wiretest.Documents(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range documents {
			if strings.Contains(folder, "requests") {
				e.sent = string(document.Body)
			} else {
				e.answered = string(document.Body)
			}
			found := e.violations(t)
			if newer := strings.Contains(document.Name, "newer_members"); newer != (len(found) > 0) {
				t.Errorf("%s: found %q", document.Name, found)
			}
		}
	}
}

// What real services were seen to answer when they refuse keeps to it as well.
func TestAnswers_keepToTheSpecification(t *testing.T) {
	t.Parallel()
	for folder, path := range map[string]string{"dps/faults": "/enrollments/a", "iothub/faults": "/devices/a"} {
		answers, err := wiretest.Answers(folder)
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, answer := range answers {
			pairs := []string{"x-ms-error-code", "1"} // Recordings of the DPS lack the header; its specification has it.
			for name, value := range answer.Headers {
				pairs = append(pairs, name, value)
			}
			e := exchange{
				method: "GET", path: path + "?api-version=1", status: answer.Status, answered: answer.Body,
				answerHeader: headers(pairs...),
			}
			switch name := answer.Name; {
			case strings.HasSuffix(name, "_page"), strings.HasSuffix(name, "other_service"),
				strings.HasSuffix(name, "code_in_header_only"):
				continue // not answers of the service in question
			default:
				checked++
				if found := e.violations(t); len(found) > 0 {
					t.Errorf("%s: found %q", name, found)
				}
			}
		}
		if checked < 5 {
			t.Errorf("%s: only %d answers checked", folder, checked)
		}
	}
}
