// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform runs the Terraform CLI that the tests run, installing it
// first where there is none: go run ./tools/terraform fmt -recursive examples
//
// With -which as its only argument it prints where that CLI is.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/terraformcli"
)

func main() {
	log.SetFlags(0)
	code, err := run(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// run answers with the CLI's own exit code.
func run(arguments []string) (int, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cli, err := terraformcli.Finder{}.Find(ctx)
	if err != nil {
		return 0, err
	}
	if slices.Equal(arguments, []string{"-which"}) {
		_, err := fmt.Println(cli.Path)
		return 0, err
	}
	command := exec.CommandContext(ctx, cli.Path, arguments...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = command.Run()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return exited.ExitCode(), nil
	}
	return 0, err
}
