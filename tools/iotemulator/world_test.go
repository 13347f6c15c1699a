// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestRun_helpsByTopic(t *testing.T) {
	t.Parallel()
	for topic, want := range map[string]string{
		"choices": "Hub.DisabledDeviceIs403", "faults": "delay_ms", "seeds": "enrollment_groups", "containers": "-listen",
		"devices": "WebSockets",
	} {
		var text bytes.Buffer
		if err := run(t.Context(), []string{"-help", topic}, &text, io.Discard); !errors.Is(err, flag.ErrHelp) ||
			!strings.Contains(text.String(), want) || strings.Contains(text.String(), "Usage") {
			t.Errorf("%s: %v\n%s", topic, err, text.String())
		}
	}
}

func TestRun_saysWhatIsWrongWithASeed(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	const device = "hubs: [{name: hub1, devices: [{deviceId: a, %s: off}]}]"
	for member, want := range map[string]string{
		"state":  "the seed " + seed + ": hubs[0].devices[0].state: there is no such member",
		"status": "the seed: hubs[0].devices[0].status: expected enabled or disabled",
	} {
		if err := os.WriteFile(seed, fmt.Appendf(nil, device, member), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), []string{"-seed", seed}, io.Discard, io.Discard); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", member, err, want)
		}
	}
}

// A choice that the help names can be made, and what can be chosen is a flag.
func TestParseFlags_makesEveryChoice(t *testing.T) {
	t.Parallel()
	var args []string
	want := emulator.Choices{}
	for prefix, choices := range map[string]reflect.Value{
		"": reflect.ValueOf(&want.DPSChoices).Elem(), "Hub.": reflect.ValueOf(&want.Hub).Elem(),
	} {
		for name, value := range choices.Fields() {
			if value.Kind() == reflect.Bool {
				value.SetBool(true)
				args = append(args, "-choice", prefix+name.Name)
			}
		}
	}
	want.Hub.DeviceLimit, want.Hub.QueryLag = 7, 2e9
	s, err := parseFlags(append(args, "-device-limit", "7", "-index-lag", "2s"), io.Discard)
	if err != nil || s.options.Choices != want || len(args) < 40 {
		t.Errorf("%d arguments make %+v: %v", len(args), s.options.Choices, err)
	}
}

// A world that was written down at the end is there again at the next start, whatever the ports.
func TestRun_keepsAWorldFromStartToStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seed, kept := filepath.Join(dir, "seed.yaml"), filepath.Join(dir, "kept.json")
	const text = "provisioning_service: {enrollments: [{registrationId: thale-1, attestation: {type: symmetricKey}}]}"
	if err := os.WriteFile(seed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	key := `SharedAccessKey=([^']*)'\n`
	var before string
	runUntilReady(t, []string{"-seed", seed, "-dump", kept}, func(banner string) {
		before = found(banner, key)
		token := found(banner, `-H 'Authorization: (.*?)'`)
		target := found(banner, `'(https://localhost.*?/enrollments/query.*?)'`)
		if _, body := ask(t, found(banner, `--cacert '(.*?)'`), target, token); !strings.Contains(body, `"thale-1"`) {
			t.Errorf("enrollments are %s", body)
		}
	})
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the dump: %v, %v", info, err)
	}
	runUntilReady(t, []string{"-seed", kept}, func(banner string) {
		if after := found(banner, key); after != before {
			t.Error("the keys are others")
		}
	})
}

func TestRun_warnsWhereOthersGetIn(t *testing.T) {
	t.Parallel()
	warnings := func(args ...string) string {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var text bytes.Buffer
		s := &stage{ready: func(banner string) {
			if len(args) > 0 && !strings.Contains(banner, "https://emulator.test:") {
				t.Errorf("the banner is\n%s", banner)
			}
			cancel()
		}}
		if err := run(ctx, args, s, &text); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	if text := warnings(); text != "" {
		t.Errorf("on its own it warns: %s", text)
	}
	text := warnings("-listen", "0.0.0.0", "-name", "emulator.test", "-admin", ":0", "-fixed-credentials")
	for _, want := range []string{"0.0.0.0 is not the loopback", "admin listener gives every key", "fixed credentials"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

func TestRun_showsAPage(t *testing.T) {
	t.Parallel()
	runUntilReady(t, []string{"-admin", ":0"}, func(banner string) {
		r, err := http.Get(found(banner, `admin +(http://\S+)`))
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = r.Body.Close() }()
		text, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(text), "<h1>Azure IoT emulator</h1>") {
			t.Errorf("%v: %s", err, text)
		}
	})
}

// Ended by a signal, the program removes what it wrote and says that it ended well.
func TestProgram_removesItsFilesOnASignal(t *testing.T) {
	t.Parallel()
	program, env := filepath.Join(t.TempDir(), "iotemulator"), filepath.Join(t.TempDir(), "env")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		command := exec.CommandContext(t.Context(), program, "-env-file", env)
		command.Stdout = &stage{ready: func(string) {
			if _, err := os.Stat(env); err != nil {
				t.Error(err)
			}
			if err := command.Process.Signal(signal); err != nil {
				t.Error(err)
			}
		}}
		if err := command.Run(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
		if left, err := os.ReadDir(filepath.Dir(env)); err != nil || len(left) != 0 {
			t.Errorf("%v: left are %v, %v", signal, left, err)
		}
	}
}
