// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience bounds the whole demo: it takes well under two minutes after the build.
const patience = 15 * time.Minute

func main() {
	keep := flag.Bool("keep", false, "leave the working directory (configurations, states) in place")
	flag.Parse()
	if err := run(*keep); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(keep bool) (err error) {
	// A closed terminal or pipe ends the demo in order too, or the emulator would be left running.
	ctx, stop := signal.NotifyContext(context.Background(),
		os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	s, err := newStage(newScreen(os.Stdout, os.Getenv))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(keep)) }()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return tell(ctx, s, story())
}
