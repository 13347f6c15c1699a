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
	seedFile  string
	dumpFile  string
	throttles bool
}

// flagsOf defines the flags of settings.
func flagsOf(s *settings) *flag.FlagSet {
	f := flag.NewFlagSet("iotemulator", flag.ContinueOnError)
	f.SetOutput(io.Discard) // The error is returned; the usage is shown when asked for.
	places(f, s)
	worlds(f, s)
	f.StringVar(&s.envFile, "env-file", "",
		"when ready, write KEY='VALUE' lines to this `file`, which goes at the end")
	f.BoolVar(&s.version, "version", false, "say which version this is, and end")
	f.BoolVar(&s.throttles, "throttles", false,
		"answer 429 at the rates of the real services, with one S1 unit for each hub")
	return f
}

// places are the flags that say where something listens.
func places(f *flag.FlagSet, s *settings) {
	o := &s.options
	f.StringVar(&o.Listen, "listen", "127.0.0.1",
		"the IP `address` to listen on where no other is given; anything but loopback lets others in (-help containers)")
	f.Func("name",
		"a `name` or IP address for the server certificate, repeatable; the first is what the services are called",
		func(v string) error {
			if o.PublicHost == "" {
				o.PublicHost = v
			}
			o.ServerNames = append(o.ServerNames, v)
			return nil
		})
	f.StringVar(&o.DPSAddr, "dps", ":0", "`address` of the provisioning service; port 0 picks one")
	hub := func(v string) error {
		name, address, err := splitPair(v)
		o.Hubs = append(o.Hubs, emulator.HubOptions{Name: name, Addr: address})
		return err
	}
	f.Func("hub", "an IoT hub as `NAME=ADDRESS`, repeatable (default hub1=:0, or those of the seed)", hub)
	f.StringVar(&o.AuthorityAddr, "authority", ":0",
		"`address` of the authority that stands in for Microsoft Entra ID")
	f.StringVar(&o.AdminAddr, "admin", "", "`address` of the admin listener (default none)")
}

// worlds are the flags that say how the services are.
func worlds(f *flag.FlagSet, s *settings) {
	o := &s.options
	f.Func("ca", "a verified CA certificate as `NAME=FILE.pem`, repeatable", func(v string) error {
		name, file, err := splitPair(v)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		o.CACertificates[name] = text
		return err
	})
	f.StringVar(&o.Cloud, "cloud", "public",
		"the `cloud` whose token audiences count: public, usgovernment or china")
	f.StringVar(&s.seedFile, "seed", "", "start with the world in this `file`, JSON or YAML (-help seeds)")
	f.StringVar(&s.dumpFile, "dump", "", "at the end, write the world to this `file`, with every key")
	f.BoolVar(&o.FixedCredentials, "fixed-credentials", false,
		"give policies, ID scope and application the same values at each start, which everybody knows")
	f.Func("choice", "what the services do where nobody knows, by `NAME`, repeatable (-help choices)", o.Choices.Choose)
	f.IntVar(&o.Choices.Hub.DeviceLimit, "device-limit", 0, "how many devices a hub takes; 0 is no limit")
	f.DurationVar(&o.Choices.Hub.QueryLag, "index-lag", 0, "how long the index for queries is behind")
}

func parseFlags(args []string, out io.Writer) (settings, error) {
	s := settings{options: emulator.Options{CACertificates: map[string][]byte{}}}
	f := flagsOf(&s)
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		if err := writeHelp(out, f, f.Arg(0)); err != nil {
			return settings{}, err
		}
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
