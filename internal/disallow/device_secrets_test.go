// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
)

// The provider runs as users run it, with everything logged. No key of the services, of the device, or of an entry
// may be in what is logged, printed, planned or kept.
func TestAccDeviceDisallow_secretsStayOut(t *testing.T) {
	t.Parallel()
	binary := acctest.BuildProvider(t)
	f := newFleet(t)
	f.addEntry("enabled")
	keys := f.entryKeys()
	log := filepath.Join(t.TempDir(), "trace.log")
	c := f.NewBinaryCLI(f.hcl(""), binary, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	said := c.Plan().Must(2).Output
	said += c.Run("show", "-no-color", "plan.out").Must(0).Output + c.Run("show", "-json", "plan.out").Must(0).Output
	said += c.Apply().Must(0).Output
	f.device.MustBeRefused()
	if now := f.entryKeys(); now != keys {
		t.Error("disabling the entry changed its keys")
	}
	f.SetEntryStatus(stolenID, "enabled")
	said += c.Apply().Must(0).Output + c.Destroy().Must(0).Output
	traced, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(traced), "Azure IoT service call") {
		t.Fatal("the trace has no call of the provider: this test proves nothing")
	}
	said += string(traced) + c.StateBackup()
	for _, secret := range append(f.secrets(), keys[0], keys[1], "SharedAccessSignature") {
		f.tellsNot(said, secret)
	}
}

// tellsNot fails the test when a text has a secret, plain or as private state would hold it.
func (f fleet) tellsNot(said, secret string) {
	f.T.Helper()
	if strings.Contains(said, secret) || strings.Contains(said, base64.StdEncoding.EncodeToString([]byte(secret))) {
		f.T.Errorf("a secret of %d characters is told", len(secret))
	}
}

// entryKeys are the stored keys of the stolen device's entry.
func (f fleet) entryKeys() [2]string {
	f.T.Helper()
	shown, err := f.DPS.GetIndividualEnrollmentAttestation(f.Context(), stolenID)
	if err != nil {
		f.T.Fatal(err)
	}
	return [2]string{shown.SymmetricKey.PrimaryKey, shown.SymmetricKey.SecondaryKey}
}
