// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// choicesHelp is what "iotemulator -help choices" says.
const choicesHelp = "../tools/iotemulator/help/choices.txt"

// choicesOf are the choices that a file declares, each with its comment.
func choicesOf(t *testing.T, file, prefix string) string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	ast.Inspect(parsed, func(n ast.Node) bool {
		declared, isType := n.(*ast.TypeSpec)
		fields, isStruct := (*ast.StructType)(nil), false
		if isType && declared.Name.Name == "Choices" {
			fields, isStruct = declared.Type.(*ast.StructType)
		}
		if !isStruct {
			return true
		}
		for _, f := range fields.Fields.List {
			if kind, isIdent := f.Type.(*ast.Ident); !isIdent || kind.Name != "bool" {
				continue
			}
			words := strings.Fields(strings.TrimPrefix(f.Doc.Text(), f.Names[0].Name+" "))
			fmt.Fprintf(&b, "\n  %s%s\n", prefix, f.Names[0].Name)
			line := "   "
			for _, word := range words {
				if len(line)+len(word) >= 90 {
					fmt.Fprintln(&b, line)
					line = "   "
				}
				line += " " + word
			}
			fmt.Fprintln(&b, line)
		}
		return false
	})
	return b.String()
}

func TestHelpOnChoices_saysWhatIsSo(t *testing.T) {
	t.Parallel()
	want := `Choices: what the services do where nobody outside of them knows.

The emulator does the likelier thing. -choice NAME, repeatable, has it do the other one, so
that a client can be tried against both. How far a hub's index is behind and how many devices
it takes are flags of their own (-index-lag, -device-limit).
` + choicesOf(t, "emulator/dps/choices.go", "") + choicesOf(t, "emulator/hub/choices.go", "Hub.")
	got, err := os.ReadFile(choicesHelp)
	if err != nil && !generated.Writing() {
		t.Fatal(err)
	}
	if string(got) == want {
		return
	}
	if !generated.Writing() {
		t.Fatalf("%s is not as the choices are: run make generate", choicesHelp)
	}
	if err := os.WriteFile(choicesHelp, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
