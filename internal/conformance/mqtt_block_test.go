// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package conformance_test

import (
	"path/filepath"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// What the provider is for, seen by clients that nobody here wrote: while they are connected, an apply throws them out.
func TestApply_ofADisallow_endsTheConnectionsOfUnmodifiedClients(t *testing.T) {
	t.Parallel()
	packages := nodePackages(t)
	w := acctest.NewWorld(t)
	cli := w.NewCLI(`
resource "azureiot_dps_device_disallow" "stolen" {
  for_each        = toset(["thief-1", "thief-2"])
  registration_id = each.key
}
`)
	scripts, err := filepath.Abs("node")
	must(t, err)
	ca := w.Getenv("AZUREIOT_CA_CERTIFICATE_FILE")
	variables := []string{
		"NODE_PATH=" + packages, "NODE_EXTRA_CA_CERTS=" + ca, "NODE_NO_WARNINGS=1", "SCRIPTS=" + scripts,
	}
	for _, v := range w.Emulator.Env(ca) {
		variables = append(variables, v.Key+"="+v.Value)
	}
	cli.Script(`timeout 120 node --require "$SCRIPTS/resolve.js" "$SCRIPTS/blocked.js"`, variables...).Must(0).
		Says("Apply complete! Resources: 2 added").Says("thief-1 is out").Says("thief-2 is out")
	if all := w.Emulator.Connections(); len(all) != 0 {
		t.Errorf("connections %v", all)
	}
}
