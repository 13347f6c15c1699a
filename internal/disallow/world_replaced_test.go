// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// An entry that was adopted, and that somebody has deleted since, is made anew by a replacement: restoring removes what
// was made, and brings back nothing that is gone.
func TestDeviceDisallow_entryMadeByAReplacementIsRemovedByARestore(t *testing.T) {
	t.Parallel()
	for name, refreshed := range map[string]bool{"refreshed": true, "not refreshed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enrolledFleet(t, azdps.AttestationX509, nil, recordsOutlive())
			o, config := f.blocked(nil)
			f.DeleteEntry(stolenID)
			if refreshed {
				o.MustRefresh()
			}
			o.Replace(config, false).MustSucceed(t)
			acctest.MustRead(t, o.State, map[string]string{"access": "blocked", "enrollment_origin": "created"})
			f.staysOut(o, config)
			o.MustApply(f.restoring(o))
			if f.Entry(stolenID) != nil {
				t.Errorf("the entry that was made should be gone: it is %s", f.EntryStatus(stolenID))
			}
			o.MustSettle(f.restoring(o))
		})
	}
}
