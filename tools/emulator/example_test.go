// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/tools/emulator"
)

// A test of a device: its hub is gone for a moment, and the device must try again.
func ExampleStart() {
	_ = func(t *testing.T) {
		e := emulator.Start(t, emulator.Options{SeedFile: "testdata/plant.yaml"})
		e.Fail(emulator.Fault{Path: "/messages/events$", Status: http.StatusServiceUnavailable, Times: 1})

		// What is tested: it finds the emulator by e.Env, or by e.DPSHostname, e.IDScope and e.CAFile.

		for _, exchange := range e.Journal() {
			t.Log(exchange.Method, exchange.Path, exchange.Status)
		}
	}
}
