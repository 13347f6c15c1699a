// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestParseEnvFile_readsWhatAShellWould(t *testing.T) {
	t.Parallel()
	got, err := parseEnvFile("# ready\nA='x=1;y=2'\n\nB=''\nC='it'\\''s'\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"A": "x=1;y=2", "B": "", "C": "it's"}; !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseEnvFile_namesTheLineAndNotTheValue(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A='1'\nsecret":  "line 2 is not KEY='VALUE'",
		"='secret'":      "line 1 is not KEY='VALUE'",
		"A=secret":       "line 1: the value of A is not in single quotes",
		"A='secret":      "line 1: the value of A is not in single quotes",
		"A='":            "line 1: the value of A is not in single quotes",
		"B='1'\nA=\"s\"": "line 2: the value of A is not in single quotes",
	} {
		if _, err := parseEnvFile(text); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func TestWanted_namesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	err := wanted(map[string]string{"A": "1", "B": ""}, "A", "B", "C")
	if err == nil || !strings.HasSuffix(err.Error(), "lacks B, C") {
		t.Errorf("error %v", err)
	}
	if err := wanted(map[string]string{"A": "1"}, "A"); err != nil {
		t.Error(err)
	}
}

func TestEmulator_hubHostnamesComeInOrder(t *testing.T) {
	t.Parallel()
	e := &emulator{env: map[string]string{"AZUREIOT_IOTHUB_CONNECTION_STRINGS": "HostName=localhost:1;" +
		"SharedAccessKeyName=o;SharedAccessKey=a=,HostName=localhost:2;SharedAccessKeyName=o;SharedAccessKey=b="}}
	if got := e.hubHostnames(); !slices.Equal(got, []string{"localhost:1", "localhost:2"}) {
		t.Errorf("got %v", got)
	}
}

func TestEmulator_thatDoesNotStartIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := startEmulator(t.Context(), t.TempDir()+"/none", t.TempDir(), nil); err == nil ||
		!strings.Contains(err.Error(), "start the emulator") {
		t.Errorf("error %v", err)
	}
}
