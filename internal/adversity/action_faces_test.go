// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package adversity_test

import (
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// acting is a row of the table of actions.
type acting struct {
	typeName, title string
	// object is what a diagnostic names.
	object string
	asked  map[string]any
	// kept is what the action may not touch, whatever fails; done tells whether it has done its work in the end.
	kept func(s scene) string
	done func(s scene) bool
}

func actionFaces() []acting {
	nothing := func(scene) string { return "" }
	goneRecord := func(s scene) bool {
		_, err := s.DPS.GetRegistration(s.Context(), "dev")
		return azrest.IsNotFound(err)
	}
	rotated := func(scene) bool { return true }
	return []acting{
		{
			"azureiot_dps_delete_registration", "", `"dev"`, map[string]any{"registration_id": "dev", "delete_evidence": true},
			nothing, goneRecord,
		},
		{
			"azureiot_dps_purge_registrations", "", `"factory"`, map[string]any{
				"enrollment_group_id": "factory", "delete_evidence": true, "while_enabled": true,
			},
			func(s scene) string { return s.groupStatus("factory") }, goneRecord,
		},
		{
			"azureiot_dps_rotate_keys", "of an entry", `"key"`, map[string]any{"registration_id": "key", "key": "primary"},
			scene.secondaryOfEntry, rotated,
		},
		{
			"azureiot_dps_rotate_keys", "of a group", `"keys"`, map[string]any{"enrollment_group_id": "keys", "key": "primary"},
			scene.secondaryOfGroup, rotated,
		},
		{
			"azureiot_iothub_rotate_device_keys", "", `"pump"`, map[string]any{"device_id": "pump", "key": "primary"},
			func(s scene) string { return *s.Identity("north", "pump").Authentication.SymmetricKey.SecondaryKey }, rotated,
		},
	}
}

func (s scene) secondaryOfEntry() string {
	s.T.Helper()
	shown, err := s.DPS.GetIndividualEnrollmentAttestation(s.Context(), "key")
	if err != nil {
		s.T.Fatal(err)
	}
	return shown.SymmetricKey.SecondaryKey
}

func (s scene) secondaryOfGroup() string {
	s.T.Helper()
	shown, err := s.DPS.GetEnrollmentGroupAttestation(s.Context(), "keys")
	if err != nil {
		s.T.Fatal(err)
	}
	return shown.SymmetricKey.SecondaryKey
}

func (r acting) face() face {
	return face{kind: ofAction, typeName: r.typeName, title: "action " + r.typeName + " " + r.title, verbs: []verb{
		{name: "invoke", begin: func(t *testing.T) attempt {
			t.Helper()
			s := keyedScene(t)
			s.AddIdentity("north", "pump", nil)
			return &invocation{acting: r, at: s, before: r.kept(s)}
		}},
	}}
}

// invocation is one run of an action.
type invocation struct {
	acting

	at     scene
	before string
}

func (a *invocation) scene() scene  { return a.at }
func (a *invocation) about() string { return a.object }

func (a *invocation) run() acctest.Step { return a.at.InvokeAction(a.typeName, a.asked).Step }

// finish invokes the action again.
func (a *invocation) finish(acctest.Step) {
	a.at.T.Helper()
	a.run().MustSucceed(a.at.T)
	if a.kept(a.at) != a.before {
		a.at.T.Error("it has touched what it may not")
	}
	if !a.done(a.at) {
		a.at.T.Error("it has not done its work")
	}
}
