// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acctest

import (
	"bytes"
	"os/exec"
	"syscall"
	"time"
)

// Running is a Terraform command that has not ended, and the provider that it started, as one group of processes.
type Running struct {
	command *exec.Cmd
	cli     *CLI
	out     bytes.Buffer
	ended   chan struct{}
}

// Start starts a command. It ends with the test, if not before.
func (c *CLI) Start(args ...string) *Running {
	c.world.T.Helper()
	command := exec.Command(c.terraform, args...) //nolint:noctx // The end of the test ends all of the group.
	r := &Running{command: command, cli: c, ended: make(chan struct{})}
	r.command.Dir, r.command.Env = c.dir, c.env
	r.command.Stdout, r.command.Stderr = &r.out, &r.out
	r.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.command.WaitDelay = time.Minute
	must(c.world.T, r.command.Start())
	go func() {
		defer close(r.ended)
		_ = r.command.Wait()
	}()
	c.world.T.Cleanup(r.end)
	return r
}

// end kills what has not ended: the number of a group of processes that has may be another's.
func (r *Running) end() {
	select {
	case <-r.ended:
	default:
		r.SignalAll(syscall.SIGKILL)
		<-r.ended
	}
}

// Signal sends a signal to Terraform alone, as a supervisor does.
func (r *Running) Signal(signal syscall.Signal) { _ = syscall.Kill(r.command.Process.Pid, signal) }

// SignalAll sends a signal to Terraform and to the provider, as a terminal does.
func (r *Running) SignalAll(signal syscall.Signal) { _ = syscall.Kill(-r.command.Process.Pid, signal) }

// Ended is closed when Terraform has ended.
func (r *Running) Ended() <-chan struct{} { return r.ended }

// Wait is how the command ended; of one that was killed the code is -1.
func (r *Running) Wait() Run {
	r.cli.world.T.Helper()
	<-r.ended
	run := Run{Args: r.command.Args[1:], Output: r.out.String(), Code: r.command.ProcessState.ExitCode(), t: r.cli.world.T}
	r.cli.keepRun(run.Args, run.Output)
	return run
}
