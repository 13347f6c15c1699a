// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"embed"
	"flag"
	"fmt"
	"io"
	"strings"
)

// topics are texts by the name of their topic.
//
//go:embed help
var topics embed.FS

// writeHelp writes what there is to say of a topic, or of the flags where none is named.
func writeHelp(out io.Writer, f *flag.FlagSet, topic string) error {
	if topic == "" {
		return writeUsage(out, f)
	}
	text, err := topics.ReadFile("help/" + topic + ".txt")
	if err != nil {
		return fmt.Errorf("there is no help about %q; topics are %s", topic, strings.Join(topicNames(), ", "))
	}
	_, err = out.Write(text)
	return err
}

func writeUsage(out io.Writer, f *flag.FlagSet) error {
	_, err := fmt.Fprintln(out, "Usage of iotemulator:")
	f.SetOutput(out)
	f.PrintDefaults()
	if err == nil {
		_, err = fmt.Fprintf(out, "More with -help and a topic: %s.\n", strings.Join(topicNames(), ", "))
	}
	return err
}

// topicNames are in the order of the alphabet.
func topicNames() []string {
	entries, err := topics.ReadDir("help")
	if err != nil {
		return nil // It is part of the program.
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".txt"))
	}
	return names
}
