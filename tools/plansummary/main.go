// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command plansummary says in Markdown, for the comment of a pull request, what a
// plan does to devices: which go from what to what, in which hub, what cannot be
// undone, which groups would admit them, and what is not known; the totals first,
// and devices that fare alike in one row. It reads the JSON of "terraform show
// -json PLANFILE", or of OpenTofu's, from a file or from standard input:
//
//	terraform show -json tfplan | plansummary > summary.md
//
// What changed outside Terraform has a table of its own, also for plans that only
// refresh. Of each object it prints names, places and statuses, and nothing else;
// what is marked sensitive it does not print.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/azureiot/terraform-provider-azureiot/internal/release"
)

// version is set by the release build (-ldflags "-X main.version=1.2.3").
var version string

func main() {
	switch err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "plansummary:", err)
		os.Exit(1)
	}
}

// run reads a plan and writes its summary.
func run(args []string, in io.Reader, out, errOut io.Writer) error {
	f := flag.NewFlagSet("plansummary", flag.ContinueOnError)
	f.SetOutput(errOut)
	tell := f.Bool("version", false, "say which version this is, and end")
	names := f.Int("names", 200, "names listed in one row, at most")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *tell {
		_, err := fmt.Fprintln(out, "plansummary", release.Version(version))
		return err
	}
	switch f.NArg() {
	case 0:
	case 1:
		file, err := os.Open(f.Arg(0))
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		in = file
	default:
		return fmt.Errorf("one plan at a time, not %d", f.NArg())
	}
	p, err := readPlan(in)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, summary(p, *names))
	return err
}
