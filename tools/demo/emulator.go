// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	emulatorPatience = 30 * time.Second
	emulatorPoll     = 20 * time.Millisecond
	farewell         = 5 * time.Second
)

// emulator is the emulator's process and what it told about itself.
type emulator struct {
	env    map[string]string
	cancel context.CancelFunc
	ended  chan struct{}
	output *transcript
}

// startEmulator starts a DPS with the named hubs, and waits until it is ready to serve.
func startEmulator(ctx context.Context, program, dir string, hubs []string) (*emulator, error) {
	envFile := filepath.Join(dir, "emulator.env")
	args := []string{"-env-file", envFile}
	for _, h := range hubs {
		args = append(args, "-hub", h+"=127.0.0.1:0")
	}
	// The emulator outlives a cancelled step, so that it can be ended in order.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &emulator{cancel: cancel, ended: make(chan struct{}), output: &transcript{}}
	process := exec.CommandContext(own, program, args...)
	process.Dir, process.Stdout, process.Stderr = dir, e.output, e.output
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = farewell
	if err := process.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start the emulator: %w", err)
	}
	go func() {
		defer close(e.ended)
		_ = process.Wait() // how it ended shows in what it printed
	}()
	if err := e.ready(ctx, envFile); err != nil {
		e.stop()
		return nil, fmt.Errorf("%w\n%s", err, e.output)
	}
	return e, nil
}

// ready waits for the environment file, which the emulator writes in one piece when it serves.
func (e *emulator) ready(ctx context.Context, envFile string) error {
	ctx, cancel := context.WithTimeout(ctx, emulatorPatience)
	defer cancel()
	tick := time.NewTicker(emulatorPoll)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(envFile)
		if err == nil {
			e.env, err = parseEnvFile(string(text))
			return err
		}
		if !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("read the emulator's environment file: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the emulator was not ready in %s", emulatorPatience)
		case <-e.ended:
			return errors.New("the emulator ended before it was ready")
		case <-tick.C:
		}
	}
}

// stop ends the process and waits for its end.
func (e *emulator) stop() {
	e.cancel()
	<-e.ended
}

// hubHostnames returns host:port of each hub in the order they were asked for.
func (e *emulator) hubHostnames() []string {
	var hosts []string
	for host := range e.hubConnections() {
		hosts = append(hosts, host)
	}
	return hosts
}

// hubConnections goes through the hubs in that order: host:port and connection string.
func (e *emulator) hubConnections() iter.Seq2[string, string] {
	return func(yield func(host, connection string) bool) {
		for _, c := range strings.FieldsFunc(e.env["AZUREIOT_IOTHUB_CONNECTION_STRINGS"], isSeparator) {
			for part := range strings.SplitSeq(c, ";") {
				if host, found := strings.CutPrefix(strings.TrimSpace(part), "HostName="); found && !yield(host, c) {
					return
				}
			}
		}
	}
}

func isSeparator(r rune) bool { return r == ',' || r == '\n' }

// transcript collects what a process prints.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
