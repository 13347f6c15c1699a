// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

func TestQuiet(t *testing.T) {
	t.Parallel()

	off := map[string]string{"TF_LOG_SDK": "OFF", "TF_LOG_PROVIDER_AZUREIOT": "OFF"}
	tests := map[string]struct {
		environ []string
		want    map[string]string
	}{
		"switches logging off when nothing asks for it":     {[]string{"PATH=/bin", "TF_CLI_ARGS=-no-color"}, off},
		"switches logging off in an empty environment":      {nil, off},
		"leaves TF_LOG alone":                               {[]string{"TF_LOG=DEBUG"}, nil},
		"leaves a log of the SDK alone":                     {[]string{"PATH=/bin", "TF_LOG_SDK_PROTO=TRACE"}, nil},
		"leaves a log of this provider alone":               {[]string{"TF_LOG_PROVIDER_AZUREIOT=INFO"}, nil},
		"takes a variable that is empty as not set":         {[]string{"TF_LOG="}, off},
		"does not take another name's end for one of these": {[]string{"MY_TF_LOG=DEBUG"}, off},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got map[string]string
			err := tfserver.Quiet(test.environ, func(name, value string) error {
				if got == nil {
					got = map[string]string{}
				}
				got[name] = value
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("set %v, want %v", got, test.want)
			}
		})
	}
}

func TestQuiet_reportsAFailure(t *testing.T) {
	t.Parallel()
	err := tfserver.Quiet(nil, func(name, _ string) error { return errors.New("no " + name) })
	if err == nil || !strings.Contains(err.Error(), "no TF_LOG_SDK") {
		t.Errorf("error is %v, want it to say what could not be set", err)
	}
}
