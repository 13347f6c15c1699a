// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// operation is something that Terraform does to a block; it ends in a state in which the device is to be out, unless it
// lets the device in.
type operation struct {
	// fleet makes the world; that of newFleet by default.
	fleet func(t *testing.T) fleet
	// arrange brings the world to where the operation starts and returns the object and the wanted configuration.
	arrange func(f fleet) (*acctest.Object, tftypes.Value)
	// run is the operation; the returned text is its errors.
	run func(o *acctest.Object, config tftypes.Value) string
	// outAlready says that the device is shut out of DPS when the operation starts.
	outAlready bool
	// untaints says that a create which failed is untainted, as its error advises, and not replaced.
	untaints bool
	// letsIn says that the device is in afterwards.
	letsIn bool
	// ends are attributes of the state afterwards; blocked by a disabled entry by default.
	ends map[string]string
	// failures are the names of those that are tried; all by default.
	failures []string
}

func (op operation) begin(t *testing.T) fleet {
	t.Helper()
	if op.fleet == nil {
		return newFleet(t)
	}
	return op.fleet(t)
}

func (op operation) end() map[string]string {
	if op.ends == nil {
		return map[string]string{"access": "blocked", "enrollment_status": "disabled"}
	}
	return op.ends
}

func applyOnce(o *acctest.Object, config tftypes.Value) string {
	planned := o.Plan(config)
	if planned.Failed() {
		return planned.Errors()
	}
	return o.Apply(planned).Errors()
}

func refreshAndApply(o *acctest.Object, config tftypes.Value) string {
	o.Reconfigure()
	if refreshed := o.Refresh(); refreshed.Failed() {
		return refreshed.Errors()
	}
	return applyOnce(o, config)
}

func operations() map[string]operation {
	few := []string{"refused", "never sent", "answer lost"}
	created := func(more map[string]any) func(f fleet) (*acctest.Object, tftypes.Value) {
		return func(f fleet) (*acctest.Object, tftypes.Value) {
			o := f.NewObject(resourceType)
			return o, o.Config(f.settings(more))
		}
	}
	changed := func(more map[string]any, drift func(f fleet)) func(f fleet) (*acctest.Object, tftypes.Value) {
		return func(f fleet) (*acctest.Object, tftypes.Value) {
			o, _ := f.blocked(nil)
			drift(f)
			return o, o.Config(f.settings(more))
		}
	}
	nothing, restored := func(fleet) {}, map[string]any{"desired_access": "restored"}
	deleting := map[string]any{
		"enrollment_action": "delete", "hub_identity_action": "delete", "delete_registration": true,
	}
	return map[string]operation{
		"create": {arrange: created(nil), run: applyOnce},
		"repair": {arrange: changed(nil, fleet.letIn), run: refreshAndApply},
		"remake": {arrange: changed(nil, func(f fleet) { f.DeleteEntry(stolenID) }), run: refreshAndApply},
		"new reason": {
			arrange: changed(map[string]any{"reason": "sold"}, nothing), run: refreshAndApply, outAlready: true,
		},
		"adopt": {
			fleet: fleetOf(azdps.AttestationSymmetricKey), arrange: created(nil), run: applyOnce, failures: few,
			untaints: true,
		},
		"delete": {
			fleet: selfSignedFleet, arrange: changed(deleting, nothing), run: refreshAndApply, failures: few,
			ends: map[string]string{"access": "blocked", "enrollment_status": "absent", "reversible": "false"},
		},
		"restore": {
			arrange: changed(restored, nothing), run: refreshAndApply, letsIn: true, failures: few,
			ends: map[string]string{"access": "allowed", "enrollment_status": "absent"},
		},
		"restore what was adopted": {
			fleet: fleetOf(azdps.AttestationX509), arrange: changed(restored, nothing), run: refreshAndApply,
			letsIn: true, failures: few, ends: map[string]string{"access": "allowed", "enrollment_status": "enabled"},
		},
	}
}

// fleetOf is a fleet whose device came in through an entry of its own.
func fleetOf(attestation string) func(t *testing.T) fleet {
	return func(t *testing.T) fleet {
		t.Helper()
		return enrolledFleet(t, attestation, nil)
	}
}
