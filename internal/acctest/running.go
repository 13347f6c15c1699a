// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acctest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Running is a Terraform command that has not ended, and the provider that it started, as one group of processes.
type Running struct {
	command *exec.Cmd
	cli     *CLI
	out     said
	ended   chan struct{}
	gone    chan struct{}
}

// said is what a command has printed until now.
type said struct {
	mu   sync.Mutex
	all  bytes.Buffer
	more chan struct{}
}

// Write keeps some more.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.all.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// Start starts a command. It ends with the test, if not before.
func (c *CLI) Start(args ...string) *Running {
	c.world.T.Helper()
	command := exec.Command(c.terraform, args...) //nolint:noctx // The end of the test ends all of the group.
	r := &Running{command: command, cli: c, ended: make(chan struct{}), gone: make(chan struct{})}
	r.out.more = make(chan struct{}, 1)
	r.command.Dir, r.command.Env = c.dir, c.env
	r.command.Stdout, r.command.Stderr = &r.out, &r.out
	r.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.command.WaitDelay = time.Minute
	input, writer, err := os.Pipe()
	must(c.world.T, err)
	r.command.Stdin = input
	must(c.world.T, r.command.Start())
	must(c.world.T, input.Close())
	go r.watch(writer)
	go func() {
		defer close(r.ended)
		_ = r.command.Wait()
	}()
	c.world.T.Cleanup(r.end)
	return r
}

// watch sees both end. Terraform hands its standard input on to the provider, and nobody reads it: a pipe that is full
// takes no more until it breaks, when nobody has its other end any more.
func (r *Running) watch(input *os.File) {
	defer close(r.gone)
	for full := make([]byte, 1<<20); ; {
		if _, err := input.Write(full); err != nil {
			_ = input.Close()
			return
		}
	}
}

// end kills what has not ended: the number of a group of processes that has may be another's.
func (r *Running) end() {
	select {
	case <-r.gone:
	default:
		r.SignalAll(syscall.SIGKILL)
		<-r.ended
	}
}

// Signal sends a signal to Terraform alone, as a supervisor does.
func (r *Running) Signal(signal syscall.Signal) { _ = syscall.Kill(r.command.Process.Pid, signal) }

// SignalAll sends a signal to Terraform and to the provider, as a terminal does.
func (r *Running) SignalAll(signal syscall.Signal) { _ = syscall.Kill(-r.command.Process.Pid, signal) }

// AwaitOutput waits until the command has printed a text, or has ended.
func (r *Running) AwaitOutput(text string) {
	for !strings.Contains(r.out.String(), text) {
		select {
		case <-r.out.more:
		case <-r.ended:
			return
		}
	}
}

// Ended is closed when Terraform has ended.
func (r *Running) Ended() <-chan struct{} { return r.ended }

// Gone is closed when the provider that it has started has ended as well.
func (r *Running) Gone() <-chan struct{} { return r.gone }

// Wait is how the command ended; of one that was killed the code is -1.
func (r *Running) Wait() Run {
	r.cli.world.T.Helper()
	<-r.ended
	run := Run{Args: r.command.Args[1:], Output: r.out.String(), Code: r.command.ProcessState.ExitCode(), t: r.cli.world.T}
	r.cli.keepRun(run.Args, run.Output)
	return run
}
