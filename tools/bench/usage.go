// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"time"
)

// These variables tell this program, when Terraform starts it in place of a provider, what it is to do. They reach it
// through Terraform, which hands its environment on.
const (
	// usageVariable is the file that what the provider used is added to, programVariable the provider.
	usageVariable   = "AZUREIOT_BENCH_USAGE"
	programVariable = "AZUREIOT_BENCH_PROGRAM"
	// serverVariable names the contender that this program serves itself.
	serverVariable = "AZUREIOT_BENCH_SERVER"
)

// usage is what a process used.
type usage struct {
	CPU    time.Duration `json:"cpu"`
	Memory int64         `json:"memory"` // the most bytes at a time; 0 where the system does not say
}

// measure runs a provider in place of this process, and adds what it used to a file.
func measure(program, file string) error {
	provider := exec.Command(program, os.Args[1:]...)
	provider.Stdin, provider.Stdout, provider.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, variable := range os.Environ() {
		if len(variable) <= len(usageVariable) || variable[:len(usageVariable)+1] != usageVariable+"=" {
			provider.Env = append(provider.Env, variable)
		}
	}
	if err := provider.Run(); err != nil {
		return err
	}
	state := provider.ProcessState
	line, err := json.Marshal(usage{CPU: state.UserTime() + state.SystemTime(), Memory: peak(state)})
	if err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	return errors.Join(err, out.Close())
}
