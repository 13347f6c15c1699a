// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import "strings"

// firstSteps does what the guide says, from its first line to its last, in one shell of somebody with nothing of ours.
// Only what asks is answered, and the clone is this checkout.
func firstSteps(s *story) {
	s.in()
	s.shows("resource \"azureiot_dps_enrollment_group\"") // copied by the commands, as the block below
	s.shows("resource \"azureiot_dps_device_disallow\"")
	here := strings.NewReplacer(
		"git clone https://github.com/azureiot/terraform-provider-azureiot\n", "",
		"cd terraform-provider-azureiot\n", "work=$PWD; cd "+s.checkout()+"\n",
		"-o bin/", "-o \"$work/bin/\"", "$PWD/bin/", "$work/bin/",
		"mkdir first-steps\ncd first-steps\n", "cd \"$work\"\n",
		"emulator.log &", "emulator.log & trap 'kill $!' EXIT", "sleep", "kill -0 $!; sleep",
		"terraform plan", "terraform plan -no-color", "terraform apply", "terraform apply -auto-approve > applied.log",
		"kill %1\n", "",
	)
	var script strings.Builder
	var shown []string
	for _, b := range s.blocks {
		switch b.language {
		case "shell":
			script.WriteString(inItsRegistry(here.Replace(b.text)))
		case "text":
			shown = append(shown, b.text)
		}
		b.used = true
	}
	script.WriteString("rm -r .terraform\n") // in which nobody looks for secrets: it has the provider itself
	run := s.Script(script.String(), s.newUser()...).Must(0)
	for _, text := range shown {
		s.prints(text, run.Output)
	}
	var lines []string
	for line := range strings.Lines(run.Output) {
		if strings.HasPrefix(line, "sensor-1:") {
			lines = append(lines, strings.TrimPrefix(strings.TrimSpace(line), "sensor-1: DPS says "))
		}
	}
	const want = "assigned, its hub answers 204; refused, its hub answers 401; assigned, its hub answers 204"
	if got := strings.Join(lines, "; "); got != want {
		s.t.Errorf("the device met %q, want %q", got, want)
	}
}
