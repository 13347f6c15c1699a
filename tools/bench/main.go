// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

func main() {
	log.SetFlags(0)
	if err := play(); err != nil {
		log.Fatalln("bench:", err)
	}
}

// play does what this program was started for: Terraform starts it in place of a provider.
func play() error {
	switch {
	case os.Getenv(usageVariable) != "":
		return measure(os.Getenv(programVariable), os.Getenv(usageVariable))
	case os.Getenv(serverVariable) != "":
		return serve(os.Getenv(serverVariable))
	}
	var o options
	flag.Func("objects", "how many objects, such as 100,1000", o.parseObjects)
	kinds := flag.String("kinds", "enrollment,group,identity", "kinds of objects; block are blocks of devices")
	contenders := flag.String("contenders", strings.Join(contenderNames(), ","), "what is measured; "+
		ours+" is the provider as it is released")
	flag.StringVar(&o.against, "against", "", "another build of the provider, measured beside")
	flag.DurationVar(&o.latency, "latency", 50*time.Millisecond, "how long each answer takes to the contender "+slow+
		", which is the provider as it is released")
	flag.BoolVar(&o.throttled, "throttled", false, "have the services throttle as a DPS instance and an S1 hub do")
	flag.IntVar(&o.parallelism, "parallelism", 10, "how many objects Terraform asks for at a time")
	flag.IntVar(&o.runs, "runs", 1, "how often each is measured; the medians are shown")
	flag.DurationVar(&o.patience, "patience", 30*time.Minute, "ends the whole")
	flag.Parse()
	if o.objects == nil {
		o.objects = []int{100, 1000}
	}
	o.kinds, o.contenders = strings.Split(*kinds, ","), strings.Split(*contenders, ",")
	if o.against != "" {
		o.contenders = append(o.contenders, before)
	}
	return o.run()
}

type options struct {
	objects           []int
	kinds, contenders []string
	against           string
	latency           time.Duration
	throttled         bool
	parallelism, runs int
	patience          time.Duration
}

func (o *options) parseObjects(text string) error {
	for number := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("%q is no number from 1 to %d", number, most)
		}
		o.objects = append(o.objects, n)
	}
	return nil
}

func (o *options) run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	dir, err := os.MkdirTemp("", "azureiot-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cli, err := terraformcli.Finder{}.Find(ctx)
	if err != nil {
		return err
	}
	programs, err := build(ctx, dir, o.against)
	if err != nil {
		return err
	}
	fmt.Printf("%s/%s, %d processors, %s, Terraform %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		runtime.Version(), cli.Version)
	for _, name := range o.kinds {
		kind, err := kindNamed(name)
		if err != nil {
			return err
		}
		for _, n := range kind.sizes(o.objects) {
			b := bench{options: o, terraform: cli.Path, programs: programs, dir: dir, kind: kind, n: n}
			if err := b.run(ctx); err != nil {
				return fmt.Errorf("%d × %s: %w", n, name, err)
			}
		}
	}
	return nil
}
