// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package configure_test

import (
	"errors"
	"iter"
	"slices"
	"testing"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
)

// counted are the numbers from 1, and how many were asked for; reading breaks off after some, if that is set.
func counted(read *int, breaks int) iter.Seq2[string, error] {
	return func(show func(string, error) bool) {
		for {
			*read++
			if *read == breaks {
				show("", errors.New("no more"))
				return
			}
			if !show(string(rune('a'+*read-1)), nil) {
				return
			}
		}
	}
}

func TestResults_readNothingAhead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit, breaks, taken int
		read                 int
		want                 []string
	}{
		"limit":            {limit: 3, taken: 9, read: 3, want: []string{"a", "b", "c"}},
		"enough":           {taken: 2, read: 2, want: []string{"a", "b"}},
		"error":            {limit: 9, breaks: 3, taken: 9, read: 3, want: []string{"a", "b", "Cannot: no more"}},
		"error at the end": {limit: 2, breaks: 3, taken: 9, read: 2, want: []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := 0
			var got []string
			for result := range configure.Results(int64(test.limit), counted(&read, test.breaks),
				func(one string) list.ListResult { return list.ListResult{DisplayName: one} },
				func(err error) diag.Diagnostic { return diag.NewErrorDiagnostic("Cannot", err.Error()) }) {
				text := result.DisplayName
				for _, d := range result.Diagnostics {
					text = d.Summary() + ": " + d.Detail()
				}
				if got = append(got, text); len(got) == test.taken {
					break
				}
			}
			if !slices.Equal(got, test.want) || read != test.read {
				t.Errorf("%d read: %q", read, got)
			}
		})
	}
}

func TestListArguments_areWhatADataSourceIsAskedFor(t *testing.T) {
	t.Parallel()
	arguments := configure.ListArguments(map[string]datasource.Attribute{
		"name": datasource.StringAttribute{
			Optional: true, Computed: true, MarkdownDescription: "Which.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"days": datasource.Int64Attribute{Required: true, MarkdownDescription: "How long."},
		"told": datasource.StringAttribute{Computed: true},
	})
	name, days := arguments["name"], arguments["days"]
	if len(arguments) != 2 || !name.IsOptional() || name.IsComputed() || name.GetMarkdownDescription() != "Which." ||
		!days.IsRequired() || days.GetMarkdownDescription() != "How long." {
		t.Errorf("the arguments are %v", arguments)
	}
	checked, ok := name.(interface{ StringValidators() []validator.String })
	if !ok || len(checked.StringValidators()) != 1 {
		t.Error("the check is lost")
	}
}
