// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stage runs the command until the test has looked at what it says when it is ready.
type stage struct {
	out   bytes.Buffer
	ready func(banner string)
}

func (s *stage) Write(b []byte) (int, error) {
	n, err := s.out.Write(b)
	if strings.Contains(s.out.String(), "Ready.") && s.ready != nil {
		look := s.ready
		s.ready = nil
		look(s.out.String())
	}
	return n, err
}

// runUntilReady gives look the banner of a running command, then ends the command.
func runUntilReady(t *testing.T, args []string, look func(banner string)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &stage{ready: func(banner string) {
		look(banner)
		cancel()
	}}
	if err := run(ctx, args, s, io.Discard); err != nil {
		t.Fatal(err)
	}
	return s.out.String()
}

func TestRun_writesTheEnvironmentFileAndEndsCleanly(t *testing.T) {
	t.Parallel()
	env := filepath.Join(t.TempDir(), "env")
	args := []string{
		"-dps", "127.0.0.1:0", "-hub", "plant-north=127.0.0.1:0", "-hub", "plant-south=localhost:0",
		"-admin", "127.0.0.1:0", "-env-file", env,
	}
	var variables map[string]string
	out := runUntilReady(t, args, func(string) {
		content, err := os.ReadFile(env)
		if err != nil {
			t.Error(err)
			return
		}
		variables = map[string]string{}
		for line := range strings.Lines(string(content)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			variables[name] = strings.Trim(value, "'")
		}
		response, err := http.Get("http://" + variables["AZUREIOT_EMULATOR_ADMIN"] + "/journal")
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			t.Errorf("admin answers %s", response.Status)
		}
	})
	if n := strings.Count(variables["AZUREIOT_IOTHUB_CONNECTION_STRINGS"], "HostName="); n != 2 || len(variables) != 8 {
		t.Errorf("%d hubs in %d variables", n, len(variables))
	}
	for _, name := range []string{"plant-north", "plant-south", "Not for production", "iotemulator: ended"} {
		if !strings.Contains(out, name) {
			t.Errorf("no %q in %s", name, out)
		}
	}
	if r, err := http.Get("http://" + variables["AZUREIOT_EMULATOR_ADMIN"] + "/journal"); err == nil {
		_ = r.Body.Close()
		t.Error("the emulator answers after its end")
	}
}

func TestRun_bannerHasOneWorkingBlockForEachTool(t *testing.T) {
	t.Parallel()
	runUntilReady(t, nil, func(banner string) {
		for _, block := range []string{"# Terraform", "# Azure CLI", "# curl", "# Node"} {
			if strings.Count(banner, block) != 1 {
				t.Errorf("no block %q in %s", block, banner)
			}
		}
		// What the curl block says, done here.
		caFile := regexp.MustCompile(`--cacert '(.*?)'`).FindStringSubmatch(banner)[1]
		token := regexp.MustCompile(`-H 'Authorization: (.*?)'`).FindStringSubmatch(banner)[1]
		target := regexp.MustCompile(`'(https://localhost.*?/enrollments/query.*?)'`).FindStringSubmatch(banner)[1]
		ca, err := os.ReadFile(caFile)
		if err != nil {
			t.Error(err)
			return
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(ca)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(`{"query":"*"}`))
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Authorization", token)
		r.Header.Set("Content-Type", "application/json")
		response, err := client.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = response.Body.Close() }()
		if body, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK || string(body) != "[]" {
			t.Errorf("answer %s %s", response.Status, body)
		}
	})
}

func TestRun_removesTheCAFolderOfItsOwn(t *testing.T) {
	t.Parallel()
	var caFile string
	runUntilReady(t, nil, func(banner string) {
		caFile = regexp.MustCompile(`AZUREIOT_CA_CERTIFICATE_FILE='(.*?)'`).FindStringSubmatch(banner)[1]
		if _, err := os.Stat(caFile); err != nil {
			t.Error(err)
		}
	})
	if _, err := os.Stat(caFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the CA file is still there: %v", err)
	}
}

func TestRun_refusals(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "file")
	for name, args := range map[string][]string{
		"unknown flag":      {"-port", "1"},
		"argument":          {"serve"},
		"hub without name":  {"-hub", "=127.0.0.1:0"},
		"hub without addr":  {"-hub", "north"},
		"outside loopback":  {"-dps", "0.0.0.0:0"},
		"missing CA file":   {"-ca", "root=" + missing},
		"env file nowhere":  {"-env-file", missing},
		"admin not allowed": {"-admin", "192.0.2.1:1"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var usage bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, io.Discard, &usage); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
	for _, f := range []string{"-dps", "-hub", "-ca", "-admin", "-env-file", "NAME=ADDRESS"} {
		if !strings.Contains(usage.String(), f) {
			t.Errorf("no %s in the usage %s", f, usage.String())
		}
	}
}

func TestParseFlags_readsCACertificates(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := parseFlags([]string{"-ca", "root=" + file, "-ca", "other=" + file}, io.Discard)
	if err != nil || string(s.options.CACertificates["root"]) != "text" || len(s.options.CACertificates) != 2 {
		t.Errorf("%v, %v", s.options.CACertificates, err)
	}
}
