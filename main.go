// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-azureiot is the Terraform provider for the data
// plane of Azure IoT device provisioning. Terraform starts it; by hand it is
// only ever started with -debug or -version.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"

	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/release"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// address is where configurations say they take this provider from.
const address = "registry.terraform.io/azureiot/azureiot"

// ballastSize is memory that is never touched, so that the system gives none for it, and that the garbage collector
// counts: it runs when twice as much is in use as was alive after its last run, which without ballast is every few
// objects of a plan. A higher percentage would take a multiple of the memory where much is alive, and a limit would
// have the collector run all the time there.
const ballastSize = 32 << 20

// version is set by the release build (-ldflags "-X main.version=1.2.3").
var version string

func main() {
	debug := flag.Bool("debug", false, "wait for Terraform to attach, for use with a debugger")
	tell := flag.Bool("version", false, "say which version this is, and end")
	flag.Parse()
	if *tell {
		fmt.Println("terraform-provider-azureiot", release.Version(version))
		return
	}

	ballast := make([]byte, ballastSize)
	defer runtime.KeepAlive(ballast)
	if err := tfserver.Quiet(os.Environ(), os.Setenv); err != nil {
		log.Fatal(err)
	}
	if err := tfserver.Serve(address, provider.New(release.Version(version), provider.Options{}), *debug); err != nil {
		log.Fatal(err)
	}
}
