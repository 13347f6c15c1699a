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
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
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
	if n := strings.Count(variables["AZUREIOT_IOTHUB_CONNECTION_STRINGS"], "HostName="); n != 2 || len(variables) != 9 {
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
	if left, err := os.ReadDir(filepath.Dir(env)); err != nil || len(left) != 0 {
		t.Errorf("after its end these files are there: %v, %v", left, err)
	}
}

func TestRun_bannerHasOneWorkingBlockForEachTool(t *testing.T) {
	t.Parallel()
	runUntilReady(t, nil, func(banner string) {
		for _, block := range []string{
			"# Terraform\n", "# Terraform with Microsoft Entra ID", "# Policies", "# Azure CLI", "# curl", "# Node",
		} {
			if strings.Count(banner, block) != 1 {
				t.Errorf("no block %q in %s", block, banner)
			}
		}
		// What the curl block says, done here.
		token := found(banner, `-H 'Authorization: (.*?)'`)
		target := found(banner, `'(https://localhost.*?/enrollments/query.*?)'`)
		if status, body := ask(t, found(banner, `--cacert '(.*?)'`), target, token); status != 200 || body != "[]" {
			t.Errorf("answer %d %s", status, body)
		}
	})
}

// found is what the group of a pattern matches in a banner.
func found(banner, pattern string) string {
	return regexp.MustCompile(pattern).FindStringSubmatch(banner)[1]
}

// ask posts a query.
func ask(t *testing.T, caFile, target, token string) (status int, body string) {
	t.Helper()
	return post(t, caFile, target, token, "application/json", `{"query":"SELECT * FROM devices"}`)
}

func post(t *testing.T, caFile, target, token, kind, text string) (status int, body string) {
	t.Helper()
	ca, err := os.ReadFile(caFile)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(text))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", kind)
	response, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	answered, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(answered)
}

// What the block for Microsoft Entra ID says, done here; the policies are those with less than everything.
func TestRun_bannerSignsInAndNamesRestrictedPolicies(t *testing.T) {
	t.Parallel()
	runUntilReady(t, []string{"-hub", "north=127.0.0.1:0"}, func(banner string) {
		form := url.Values{
			"grant_type": {"client_credentials"}, "scope": {"https://azure-devices-provisioning.net/.default"},
			"client_id": {found(banner, `ARM_CLIENT_ID='(.*?)'`)}, "client_secret": {found(banner, `ARM_CLIENT_SECRET='(.*?)'`)},
		}
		tenant := found(banner, `AZURE_AUTHORITY_HOST='(.*?)'`) + found(banner, `ARM_TENANT_ID='(.*?)'`)
		ca := found(banner, `--cacert '(.*?)'`)
		status, body := post(t, ca, tenant+"/oauth2/v2.0/token", "", "application/x-www-form-urlencoded", form.Encode())
		if status != http.StatusOK {
			t.Fatalf("no token: %d %s", status, body)
		}
		token := "Bearer " + found(body, `"access_token":"(.*?)"`)
		target := found(banner, `'(https://localhost.*?/enrollments/query.*?)'`)
		if status, body := ask(t, ca, target, token); status != http.StatusOK {
			t.Errorf("answer %d %s", status, body)
		}
		read := found(banner, `AZUREIOT_DPS_CONNECTION_STRING='([^']*=enrollmentread;[^']*)'  # EnrollmentRead\n`)
		signed, err := sign(read, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if status, body := ask(t, ca, target, signed); status != http.StatusOK {
			t.Errorf("answer %d %s", status, body)
		}
		if n := strings.Count(banner, "AZUREIOT_IOTHUB_CONNECTION_STRINGS='HostName="); n != 5 {
			t.Errorf("%d connection strings of the hub, want 1 and 4 with less", n)
		}
	})
}

func TestRun_throttlesAsTheServicesDoWhenTold(t *testing.T) {
	t.Parallel()
	for _, throttles := range []bool{false, true} {
		runUntilReady(t, []string{fmt.Sprintf("-throttles=%t", throttles)}, func(banner string) {
			connection := found(banner, `AZUREIOT_IOTHUB_CONNECTION_STRINGS='(.*?)'`)
			token, err := sign(connection, time.Now().Add(time.Hour))
			if err != nil {
				t.Error(err)
				return
			}
			target := "https://" + found(connection, "HostName=(.*?);") + "/devices/query?api-version=2021-04-12"
			refused := 0
			for range 30 { // A hub of one S1 unit takes 20 queries a minute.
				status, _ := ask(t, found(banner, `--cacert '(.*?)'`), target, token)
				if status == http.StatusTooManyRequests {
					refused++
				}
			}
			if refused > 0 != throttles || refused > 10 {
				t.Errorf("with throttles %t, %d of 30 queries were refused", throttles, refused)
			}
		})
	}
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
		"unknown choice":    {"-choice", "Anything"},
		"a limit as choice": {"-choice", "Hub.DeviceLimit"},
		"unknown topic":     {"-help", "everything"},
		"missing seed":      {"-seed", missing},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var usage bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, &usage, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
	for _, f := range []string{
		"-dps", "-hub", "-authority", "-cloud", "-ca", "-admin", "-env-file", "-throttles", "NAME=ADDRESS", "-listen",
		"-name", "-seed", "-dump", "-fixed-credentials", "-choice", "-device-limit", "-index-lag",
		"topic: choices, containers, devices, faults, seeds.",
	} {
		if !strings.Contains(usage.String(), f) {
			t.Errorf("no %s in the usage %s", f, usage.String())
		}
	}
}

func TestRun_saysWhichVersionItIs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-version"}, &out, io.Discard); err != nil ||
		!strings.HasPrefix(out.String(), "iotemulator ") {
		t.Errorf("%q, %v", out.String(), err)
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
