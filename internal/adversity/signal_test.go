// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package adversity_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// patience is how long the command may take to end when it is interrupted. It takes a hundredth of that.
const patience = 2 * time.Second

// interruption is how a run of the Terraform command comes to its end.
type interruption struct {
	name string
	send func(*acctest.Running)
	// kills says that Terraform has no chance to write its state.
	kills bool
	// told says that the provider learns of it also while an apply makes its plan, when Terraform tells it nothing.
	told bool
}

func interruptions() []interruption {
	return []interruption{
		{name: "SIGINT of a terminal", send: func(r *acctest.Running) { r.SignalAll(syscall.SIGINT) }, told: true},
		{name: "SIGTERM of a supervisor", send: func(r *acctest.Running) { r.Signal(syscall.SIGTERM) }},
		{name: "SIGKILL of both", send: func(r *acctest.Running) { r.SignalAll(syscall.SIGKILL) }, kills: true, told: true},
		{name: "SIGKILL of Terraform", send: func(r *acctest.Running) { r.Signal(syscall.SIGKILL) }, kills: true, told: true},
	}
}

// The Terraform command is interrupted amid each call of each verb, while the service does not answer or asks to wait.
// It ends at once; what was done is in the state or is found again, and the next run goes on from there; nobody gets in
// who was out. All of it happens with "make soak", otherwise every so many.
func TestFaces_whenTheCommandIsInterrupted(t *testing.T) {
	t.Parallel()
	binary := acctest.BuildProvider(t)
	cases, tried := 0, 0
	for _, m := range managedFaces() {
		for _, verb := range []string{"create", "update", "delete"} {
			if !m.does(verb) {
				continue
			}
			t.Run(m.typeName+" "+m.title+" "+verb, func(t *testing.T) {
				run := m.commandCalls(t, verb, binary)
				for at := range run.calls {
					for _, how := range interruptions() {
						for _, waits := range []bool{false, true} {
							if cases++; cases%commandStride() != 0 {
								continue
							}
							tried++
							one := commandCase{managed: m, verb: verb, at: at, how: how, waits: waits, planning: at < run.planning}
							t.Run(one.name(), func(t *testing.T) {
								t.Parallel()
								one.run(t, binary)
							})
						}
					}
				}
			})
		}
	}
	t.Logf("of %d cases %d", cases, tried)
}

// commandStride is which of the cases happen. It has no divisor in common with the number of ways to be interrupted.
func commandStride() int {
	if os.Getenv("SOAK") != "" {
		return 1
	}
	return 61
}

// command is Terraform where the verb starts.
func (a *managedAttempt) command(binary string) *acctest.CLI {
	config := a.wanted
	if a.verb == "delete" {
		config = a.Nothing()
	}
	return a.CLI(config, binary)
}

// commandRun is how many calls an apply makes, and how many of them for its plan.
type commandRun struct{ calls, planning int }

func (m managed) commandCalls(t *testing.T, verb, binary string) commandRun {
	t.Helper()
	a := m.begin(t, verb)
	c := a.command(binary)
	count := func(args ...string) int {
		a.at.Emulator.ClearJournal()
		c.Run(args...).Must(0)
		return len(a.at.Emulator.Journal())
	}
	run := commandRun{planning: count("plan", "-no-color"), calls: count("apply", "-auto-approve", "-no-color")}
	a.TakeOver(c)
	a.finish(acctest.Step{})
	if run.calls == 0 {
		t.Fatal("it makes no call, so that this proves nothing")
	}
	return run
}

// commandCase is an interruption of one call.
type commandCase struct {
	managed

	verb string
	at   int
	how  interruption
	// waits says that the service asks to wait, and does not fail to answer; planning that the apply makes its plan.
	waits, planning bool
}

func (c commandCase) name() string {
	service := "no answer"
	if c.waits {
		service = "throttled"
	}
	return fmt.Sprintf("call %d, %s, %s", c.at, service, c.how.name)
}

func (c commandCase) run(t *testing.T, binary string) {
	t.Helper()
	a := c.begin(t, c.verb)
	if a.door != nil {
		a.door.try()
	}
	cli := a.command(binary)
	a.at.Emulator.ClearJournal()
	args := []string{"apply", "-auto-approve", "-no-color"}
	if c.planning && !c.how.told {
		args = []string{"plan", "-no-color"}
	}
	stall := hold
	if c.waits {
		stall = throttle
	}
	reached := stall(t, a.at.Emulator, c.at)
	running := cli.Start(args...)
	select {
	case <-reached:
	case <-running.Ended():
		t.Fatalf("it ended before call %d: %s", c.at, running.Wait().Output)
	}
	c.how.send(running)
	mustEnd(t, running)
	written := len(a.at.Writes())
	mustBeGone(t, running)
	if later := a.at.Writes()[written:]; len(later) > 0 {
		t.Errorf("the provider goes on without Terraform: %v", later)
	}
	a.at.Emulator.ClearFaults()
	a.TakeOver(cli)
	if a.door != nil {
		a.door.try()
	}
	a.lost = c.how.kills
	a.finish(acctest.Step{})
}

func mustEnd(t *testing.T, running *acctest.Running) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-running.Ended():
	case <-late.C:
		running.SignalAll(syscall.SIGKILL)
		t.Errorf("it should have ended after %s:\n%s", patience, running.Wait().Output)
	}
}

// mustBeGone fails the test when the provider stays without Terraform. It looks twice a second whether that lives.
func mustBeGone(t *testing.T, running *acctest.Running) {
	t.Helper()
	late := time.NewTimer(10 * patience)
	defer late.Stop()
	select {
	case <-running.Gone():
	case <-late.C:
		t.Errorf("the provider stays %s after Terraform has ended", 10*patience)
	}
}

// hold has one of the calls that are to come wait until the emulator ends, and lets those before it through.
func hold(_ *testing.T, e *emulator.Emulator, at int) (reached <-chan struct{}) {
	holds := make([]*emulator.Hold, at+1)
	for i := range holds {
		holds[i] = e.Hold("", "", nil)
	}
	go func() {
		for _, before := range holds[:at] {
			<-before.Reached()
			before.Release()
		}
	}()
	return holds[at].Reached()
}

// throttle has the services ask to wait from one of the calls that are to come.
func throttle(t *testing.T, e *emulator.Emulator, at int) (reached <-chan struct{}) {
	t.Helper()
	later := map[string]string{"Retry-After": "30"}
	e.AddFault(emulator.Fault{Status: http.StatusTooManyRequests, Headers: later, Skip: at})
	return refused(t, e)
}

// refused is closed when a call was throttled.
func refused(t *testing.T, e *emulator.Emulator) <-chan struct{} {
	t.Helper()
	reached, ctx := make(chan struct{}), t.Context()
	throttled := func(x emulator.Exchange) bool { return x.Status == http.StatusTooManyRequests }
	go func() {
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		for ctx.Err() == nil {
			if slices.ContainsFunc(e.Journal(), throttled) {
				close(reached)
				return
			}
			select {
			case <-look.C:
			case <-ctx.Done():
			}
		}
	}()
	return reached
}

// A supervisor's SIGTERM reaches Terraform alone, and 1.11 tells the provider nothing while an apply makes its plan:
// what the plan waits for is waited for, and then nothing of it is carried out.
func TestCommand_isTerminatedWhileAnApplyMakesItsPlan(t *testing.T) {
	t.Parallel()
	binary := acctest.BuildProvider(t)
	for _, m := range managedFaces() {
		verb := "update"
		if m.typeName == disallowType || m.typeName == groupDisallowType {
			verb = "create" // Of the others the plan asks nobody.
		}
		if !m.does(verb) {
			continue
		}
		t.Run(m.typeName+" "+m.title+" "+verb, func(t *testing.T) {
			t.Parallel()
			a := m.begin(t, verb)
			cli := a.command(binary)
			a.at.Emulator.ClearJournal()
			held := a.at.Emulator.Hold("", "", nil)
			running := cli.Start("apply", "-auto-approve", "-no-color")
			select {
			case <-held.Reached():
			case <-running.Ended():
				t.Fatalf("its plan makes no call: %s", running.Wait().Output)
			}
			running.Signal(syscall.SIGTERM)
			running.AwaitOutput("Interrupt received")
			held.Release()
			if run := running.Wait(); run.Code == 0 {
				t.Errorf("it should say that it was ended: %s", run.Output)
			}
			a.at.MustNotHaveWritten()
			a.TakeOver(cli)
			a.finish(acctest.Step{})
		})
	}
}

// Terraform 1.11 begins to plan destroys when it has stopped the provider already.
func TestCommand_isInterruptedAmidAThrottledPlanThatRemovesGroups(t *testing.T) {
	t.Parallel()
	const groups = 12
	binary := acctest.BuildProvider(t)
	for _, how := range interruptions() {
		if how.kills {
			continue
		}
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorld(t)
			cli := w.NewBinaryCLI(fmt.Sprintf(`
resource "azureiot_dps_enrollment_group" "plant" {
  count               = %d
  enrollment_group_id = "plant-${count.index}"
  attestation         = { symmetric_key = {} }
}
`, groups), binary)
			cli.Apply().Must(0)
			cli.Write("")
			reached := throttle(t, w.Emulator, 0)
			running := cli.Start("plan", "-no-color")
			<-reached
			how.send(running)
			mustEnd(t, running)
			w.Emulator.ClearFaults()
			if run := cli.Plan().Must(2); !strings.Contains(run.Output, fmt.Sprintf("%d to destroy", groups)) {
				t.Errorf("all of it should be in the state: %s", run.Output)
			}
		})
	}
}
