// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// The guide "Maturity" lists what nobody has asked a real instance.
func TestMaturity_saysWhatIsSo(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("| question | the emulator's answer | the other |\n|---|---|---|\n")
	for _, u := range unknowns() {
		fmt.Fprintf(&b, "| %s? | %s | %s |\n", u.asks, u.chosen, u.other)
	}
	generated.Part(t, "../../templates/guides/maturity.md.tmpl", "questions", b.String())
}
