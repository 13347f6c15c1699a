// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// settings are the flags, read.
type settings struct {
	version   bool
	options   emulator.Options
	envFile   string
	throttles bool
}

func parseFlags(args []string, errOut io.Writer) (settings, error) {
	var s settings
	s.options.CACertificates = map[string][]byte{}
	f := flag.NewFlagSet("iotemulator", flag.ContinueOnError)
	f.SetOutput(io.Discard) // The error is returned; the usage is shown when asked for.
	f.StringVar(&s.options.DPSAddr, "dps", "127.0.0.1:0",
		"loopback `address` of the provisioning service; port 0 picks one")
	f.Func("hub", "an IoT hub as `NAME=ADDRESS`, repeatable (default hub1=127.0.0.1:0)", func(v string) error {
		name, address, err := splitPair(v)
		s.options.Hubs = append(s.options.Hubs, emulator.HubOptions{Name: name, Addr: address})
		return err
	})
	f.Func("ca", "a verified CA certificate as `NAME=FILE.pem`, repeatable", func(v string) error {
		name, file, err := splitPair(v)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		s.options.CACertificates[name] = text
		return err
	})
	f.StringVar(&s.options.AuthorityAddr, "authority", "127.0.0.1:0",
		"loopback `address` of the authority that stands in for Microsoft Entra ID")
	f.StringVar(&s.options.Cloud, "cloud", "public",
		"the `cloud` whose token audiences count: public, usgovernment or china")
	f.StringVar(&s.options.AdminAddr, "admin", "", "loopback `address` of the admin listener (default none)")
	f.StringVar(&s.envFile, "env-file", "", "when ready, write KEY='VALUE' lines to this `file`")
	f.BoolVar(&s.version, "version", false, "say which version this is, and end")
	f.BoolVar(&s.throttles, "throttles", false,
		"answer 429 at the rates of the real services, with one S1 unit for each hub")
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		f.SetOutput(errOut)
		f.Usage()
	}
	if err != nil {
		return settings{}, err
	}
	if f.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return s, nil
}

func splitPair(v string) (name, value string, err error) {
	name, value, found := strings.Cut(v, "=")
	if !found || name == "" || value == "" {
		return "", "", errors.New("expected NAME=VALUE")
	}
	return name, value, nil
}
