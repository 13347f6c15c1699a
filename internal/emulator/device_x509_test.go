// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

func TestRegister_chainOfGroup_isAssignedToHub(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	ca := newAuthority(t, "root").intermediate(t, "factory")
	body := `{"enrollmentGroupId":"factory","attestation":{"type":"x509","x509":{"signingCertificates":{"primary":{"certificate":` +
		quote(t, ca.pem()) + `}}}}}`
	wantStatus(t, w.service("PUT", "/enrollmentGroups/factory", body), 200)
	state := w.x509Device("sensor-1", ca.device(t, "sensor-1")).admitted()
	t.Log(state)
	if state["assignedHub"] != w.Hub("hub1").Hostname() || state["deviceId"] != "sensor-1" {
		t.Errorf("assigned %v", state)
	}
	r := w.service("GET", "/registrations/sensor-1", "")
	wantStatus(t, r, 200)
	t.Log(r.body)
	t.Log(w.service("GET", "/enrollmentGroups/factory", "").body)
	t.Log(w.service("POST", "/registrations/factory/query", "").body)
}

func TestRegister_symmetricKeyOfEntry_isAssigned(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	r := w.service("PUT", "/enrollments/dev-1", `{"registrationId":"dev-1","attestation":{"type":"symmetricKey"}}`)
	wantStatus(t, r, 200)
	t.Log(r.body)
	keys := r.object(t)["attestation"].(map[string]any)["symmetricKey"].(map[string]any)
	w.symmetricDevice("dev-1", keys["secondaryKey"].(string)).admitted()
	t.Log(w.service("GET", "/enrollments/dev-1", "").body)
	t.Log(w.service("POST", "/enrollments/query", `{"query":"x"}`))
}
