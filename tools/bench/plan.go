// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// farewell is how long a command that is told to end may take.
const farewell = 30 * time.Second

// bench is one fleet and all that is measured of it.
type bench struct {
	*options

	terraform string
	programs  programs
	dir       string
	kind      kind
	n         int
	emulator  *emulator.Emulator
}

// cost is that of one plan.
type cost struct {
	calls, registry int
	wall            time.Duration
	usage
}

func (b bench) run(ctx context.Context) (err error) {
	if b.emulator, err = emulator.Start(emulator.Options{}); err != nil {
		return err
	}
	defer func() { _ = b.emulator.Close() }()
	fleet, elevens, err := b.prepare(ctx)
	if err != nil {
		return err
	}
	all := map[string][]cost{}
	for range b.runs {
		for _, contender := range b.contenders {
			where := fleet
			if contender == eleven {
				where = elevens
			}
			spent, err := b.plan(ctx, contender, where)
			if err != nil {
				return fmt.Errorf("%s: %w", contender, err)
			}
			all[contender] = append(all[contender], spent)
		}
	}
	b.print(all)
	return nil
}

// prepare makes the directories to plan in: that of the fleet, and that of as many objects of eleven attributes.
func (b bench) prepare(ctx context.Context) (fleet, elevens string, err error) {
	fleet = filepath.Join(b.dir, fmt.Sprintf("%s-%d", b.kind.name, b.n))
	elevens = fleet + "-eleven"
	for dir, configuration := range map[string]string{
		fleet: b.kind.configuration(1), elevens: blocks(b.n, "azureiot_eleven", elevenBlock()),
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", "", err
		}
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(configuration), 0o600); err != nil {
			return "", "", err
		}
	}
	plant, err := devicesim.NewAuthority("Plant")
	if err != nil {
		return "", "", err
	}
	files := map[string][]byte{
		filepath.Join(fleet, "ca.pem"):       []byte(plant.PEM()),
		filepath.Join(b.dir, "emulator.pem"): b.emulator.CACertificatePEM(),
		b.cliConfig(): fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n    \"azureiot/azureiot\" = %q\n  }\n"+
			"  direct {}\n}\n", b.dir),
	}
	for file, text := range files {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", "", err
		}
	}
	if err := b.fill(ctx, fleet, plant.PEM()); err != nil {
		return "", "", err
	}
	return fleet, elevens, b.fillEleven(elevens)
}

func (b bench) cliConfig() string { return filepath.Join(b.dir, "cli.tfrc") }

// fill has Terraform make the first object, and copies it.
func (b bench) fill(ctx context.Context, dir, authority string) error {
	if err := b.command(ctx, ours, dir, "apply", "-auto-approve", "-input=false", "-no-color"); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(dir, "terraform.tfstate"))
	if err != nil {
		return err
	}
	var one state
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	c, err := newClients(b.emulator)
	if err != nil {
		return err
	}
	c.authority = authority
	whole, err := b.kind.multiply(ctx, c, b.n, one)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "terraform.tfstate"), whole); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.tf"), []byte(b.kind.configuration(b.n)), 0o600)
}

func elevenBlock() string {
	text := &strings.Builder{}
	for i := range 11 {
		fmt.Fprintf(text, "\n  attribute_%d = %q", i, first)
	}
	return text.String() + "\n"
}

// fillEleven writes the state of the objects of eleven attributes, which exist nowhere else.
func (b bench) fillEleven(dir string) error {
	whole := state{
		Version: 4, TerraformVersion: "1.11.0", Serial: 1, Lineage: "bench", Outputs: json.RawMessage("{}"),
	}
	for i := range b.n {
		attributes := map[string]string{}
		for a := range 11 {
			attributes[fmt.Sprintf("attribute_%d", a)] = idOf(i)
		}
		instance, err := json.Marshal(map[string]any{"schema_version": 0, "attributes": attributes})
		if err != nil {
			return err
		}
		whole.Resources = append(whole.Resources, resourceState{
			Mode: "managed", Type: "azureiot_eleven", Name: idOf(i), Provider: "provider[\"" + address + "\"]",
			Instances: []json.RawMessage{instance},
		})
	}
	return write(filepath.Join(dir, "terraform.tfstate"), whole)
}

func write(file string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}

// plan measures a plan, which has to find nothing to do.
func (b bench) plan(ctx context.Context, contender, dir string) (cost, error) {
	file := filepath.Join(b.dir, "usage")
	if err := os.RemoveAll(file); err != nil {
		return cost{}, err
	}
	b.emulator.ClearJournal()
	if contender == slow {
		b.emulator.SetLatency(b.latency)
		defer b.emulator.SetLatency(0)
	}
	if b.throttled {
		b.emulator.SetThrottles(emulator.ServiceThrottles()) // Full buckets, too.
		defer b.emulator.SetThrottles(emulator.Throttles{})
	}
	begun := time.Now()
	args := []string{"plan", "-detailed-exitcode", "-input=false", "-no-color", "-lock=false",
		fmt.Sprint("-parallelism=", b.parallelism)}
	if err := b.command(ctx, contender, dir, args...); err != nil {
		return cost{}, err
	}
	spent := cost{wall: time.Since(begun)}
	for _, x := range b.emulator.Journal() {
		spent.calls++
		if strings.HasPrefix(x.Path, "/devices") {
			spent.registry++
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return cost{}, err
	}
	for line := range bytes.Lines(raw) {
		var used usage
		if err := json.Unmarshal(line, &used); err != nil {
			return cost{}, err
		}
		spent.CPU, spent.Memory = spent.CPU+used.CPU, max(spent.Memory, used.Memory)
	}
	return spent, nil
}

// command runs Terraform with a contender. A command that does not end as it should is an error with what it printed.
func (b bench) command(ctx context.Context, contender, dir string, args ...string) error {
	command := exec.CommandContext(ctx, b.terraform, args...)
	command.Dir, command.WaitDelay = dir, farewell
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "ARM_") &&
			!strings.HasPrefix(variable, "AZURE") {
			command.Env = append(command.Env, variable)
		}
	}
	for _, v := range b.emulator.Env(filepath.Join(b.dir, "emulator.pem")) {
		command.Env = append(command.Env, v.Key+"="+v.Value)
	}
	command.Env = append(command.Env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE="+b.cliConfig(),
		usageVariable+"="+filepath.Join(b.dir, "usage"), programVariable+"="+b.programs[contender],
		serverVariable+"="+contender)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("terraform %s: %w\n%s", args[0], err, output[max(0, len(output)-4000):])
	}
	return nil
}

// print writes the medians, and how they relate to the provider's.
func (b bench) print(all map[string][]cost) {
	fmt.Printf("%d × %s\n%-8s %8s %9s %8s %6s %11s %6s %8s\n", b.n, b.kind.resource,
		"", "calls", "registry", "wall s", "ratio", "CPU/object", "ratio", "peak MB")
	base := median(all[ours])
	for _, contender := range b.contenders {
		c := median(all[contender])
		fmt.Printf("%-8s %8d %9d %8.1f %6.2f %8.2f ms %6.2f %8d\n", contender, c.calls, c.registry, c.wall.Seconds(),
			ratio(c.wall, base.wall), c.CPU.Seconds()*1000/float64(b.n), ratio(c.CPU, base.CPU), c.Memory>>20)
	}
	fmt.Println()
}

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// median is the cost of the run in the middle by processor time, with the time of the one in the middle by time.
func median(costs []cost) cost {
	if len(costs) == 0 {
		return cost{}
	}
	by := func(measure func(cost) time.Duration) cost {
		return slices.SortedFunc(slices.Values(costs), func(a, b cost) int {
			return cmp.Compare(measure(a), measure(b))
		})[len(costs)/2]
	}
	middle := by(func(c cost) time.Duration { return c.CPU })
	middle.wall = by(func(c cost) time.Duration { return c.wall }).wall
	return middle
}
