// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// FaultOption says more of a fault.
type FaultOption func(*emulator.Fault)

// OnHost limits a fault to the calls to one host.
func OnHost(host string) FaultOption { return func(f *emulator.Fault) { f.Host = host } }

// Times is how many calls fail; without it all do.
func Times(n int) FaultOption { return func(f *emulator.Fault) { f.Times = n } }

// CarriedOut has the service do what it is asked, before something else answers in its place.
func CarriedOut() FaultOption { return func(f *emulator.Fault) { f.Cut = emulator.CutAfter } }

// AnswerJSON is JSON in the place of the service's answer to calls whose path matches.
func AnswerJSON(method, path, body string, options ...FaultOption) emulator.Fault {
	return answer(method, path, "application/json; charset=utf-8", body, options)
}

// AnswerPage is a proxy's page in the place of the service's answer to calls whose path matches.
func AnswerPage(method, path string, options ...FaultOption) emulator.Fault {
	return answer(method, path, "text/html", "<html>Sign in, please</html>", options)
}

func answer(method, path, contentType, body string, options []FaultOption) emulator.Fault {
	fault := emulator.Fault{
		Method: method, Path: regexp.MustCompile(path), Status: http.StatusOK, Body: body,
		Headers: map[string]string{"Content-Type": contentType},
	}
	for _, option := range options {
		option(&fault)
	}
	return fault
}

// JSON is a value as a service would say it.
func JSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return string(raw)
}
