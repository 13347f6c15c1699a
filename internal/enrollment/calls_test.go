// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment_test

import (
	"fmt"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// A plan without changes reads the list, and hardly an entry by itself.
func TestCalls_ofAPlanWithoutChangesAreHardlyMoreThanThePagesOfTheList(t *testing.T) {
	t.Parallel()
	for typeName, entries := range map[string]int{individualType: 200, groupType: 100} { // 100 groups are the most
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, typeName)
			objects := make([]bench, entries)
			for i := range objects {
				objects[i] = b.For(t)
				objects[i].adopt(typeName, fmt.Sprint("sensor-", i))
			}
			b.Reconfigure()
			b.Emulator.ClearJournal()
			for i, o := range objects {
				if read := o.Refresh(); read.Failed() {
					t.Fatal(read.Errors())
				}
				if o.Changes(o.MustPlan(o.Config(configOf(typeName, fmt.Sprint("sensor-", i))))) {
					t.Errorf("entry %d should not change", i)
				}
			}
			if calls, most := len(b.calls()), entries/100*11/10+20; calls > most || calls < entries/100 {
				t.Errorf("%d calls, of at most %d", calls, most)
			}
		})
	}
}

func configOf(typeName, id string) attributes {
	if typeName == groupType {
		return groupKey(id, attributes{})
	}
	return individualKey(id, attributes{})
}

// adopt imports an entry that the operator makes.
func (b bench) adopt(typeName, id string) {
	b.T.Helper()
	own := azdps.Enrollment{
		Attestation: azdps.Attestation{Type: azdps.AttestationSymmetricKey, SymmetricKey: &azdps.SymmetricKey{}},
	}
	if typeName == groupType {
		_, err := b.DPS.PutEnrollmentGroup(b.Context(), azdps.EnrollmentGroup{EnrollmentGroupID: id, Enrollment: own}, nil)
		must(b.T, err)
	} else {
		_, err := b.DPS.PutIndividualEnrollment(b.Context(),
			azdps.IndividualEnrollment{RegistrationID: id, Enrollment: own}, nil)
		must(b.T, err)
	}
	b.MustImport(id)
}
