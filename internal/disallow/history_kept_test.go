// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import "testing"

// Histories that once went wrong happen again in every run.
func TestDeviceDisallow_historiesThatOnceWentWrong(t *testing.T) {
	t.Parallel()
	for name, events := range map[string][]string{
		"a record that told of another hub is deleted by the block itself, which is then imported": {
			"group factory add", "try", "entry make x509 enabled", "record delete", "know north south",
			"set delete_registration true", "set certificate_pem given", "apply", "import", "apply",
		},
		"a hub comes to be known that was not searched": {
			"group factory add", "entry make symmetricKey enabled", "try", "link south", "entry rename own", "try",
			"know south", "apply", "set hub_identity_action keep", "know north south west", "refresh",
		},
		"a group names the hub in which the device was before, of which nothing else has told": {
			"group factory add", "link west", "try", "link north", "try", "apply", "group factory name-west", "apply",
		},
		"a device ID that is given is looked at in a hub that only the search finds": {
			"group factory add", "entry make x509 enabled", "link north", "try", "entry rename other", "link south", "try",
			"set certificate_pem given", "set registration_id upper", "know north south", "set device_id other", "apply",
		},
		"a block that failed is replaced, and its state knows more hubs than the plan": {
			"group factory add", "entry make x509 enabled", "link north", "try", "link north south", "link south north",
			"try", "record delete", "try", "link west", "try", "set registration_id upper", "know south",
			"set delete_registration true", "apply", "identity enable there other", "apply", "try", "apply",
		},
		"the group is disabled that would let a restored device in": {
			"group factory add", "try", "set certificate_pem given", "know south", "set hub_identity_action delete", "apply",
			"group factory disable", "apply", "restore",
		},
		"one of two hubs cannot be read, and the identity in the other is deleted": {
			"group factory add", "entry make x509 enabled", "try", "entry change", "try", "know south",
			"set delete_registration true", "set additional_iothub_hostnames west", "apply",
			"set hub_identity_action delete", "entry disable", "fault broken north 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replay(t, events...)
		})
	}
}
