// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// What is not managed survives every update as it was: keys, modules, twin, and members that nobody here knows.
func TestUpdate_leavesWhatIsNotManagedAsItWas(t *testing.T) {
	t.Parallel()
	p := newPlant(t, acctest.Emulate(func(o *emulator.Options) {
		o.Choices.Hub.ModulesIgnoreDeviceState = true // Those of a disabled device can be read.
	}))
	raw, scope := p.raw(), p.gateway("A")
	base := attributes{"edge_enabled": true, "parent_scope": scope}
	p.MustApplyAndStay(p.config(base))
	whole := raw.get("/devices/" + deviceID)
	whole["attributes"] = map[string]any{"floor": 2.0, "hall": "B"}
	raw.call(http.MethodPut, "/devices/"+deviceID, acctest.JSON(t, whole), `"*"`)
	raw.call(http.MethodPut, "/devices/"+deviceID+"/modules/camera",
		`{"deviceId":"pump-1","moduleId":"camera","managedBy":"operator"}`, "")
	raw.call(http.MethodPatch, "/twins/"+deviceID,
		`{"tags":{"version":"7","metadata":[1,{"count":2}]},"properties":{"desired":{"interval":1.0}}}`, `"*"`)
	raw.call(http.MethodPatch, "/twins/"+deviceID+"/modules/camera", `{"tags":{"site":"B"}}`, `"*"`)
	p.Refresh().MustSucceed(p.T)
	p.MustStay(p.config(base))

	before := p.everything(raw)
	for _, change := range []struct {
		more    attributes
		changes []string
	}{
		{attributes{"status": "disabled", "status_reason": "r"}, []string{"status", "statusReason", "statusUpdatedTime"}},
		{attributes{"status": "enabled"}, []string{"status", "statusReason", "statusUpdatedTime"}},
		{attributes{"parent_scope": nil}, []string{"parentScopes"}},
		{attributes{"parent_scope": scope}, []string{"parentScopes"}},
		{attributes{"authentication": authentication("sas", nil)}, nil},
		{attributes{"on_destroy": "keep"}, nil},
	} {
		more := attributes{}
		for _, all := range []attributes{base, change.more} {
			for name, value := range all {
				more[name] = value
			}
		}
		p.MustApplyAndStay(p.config(more))
		after := p.everything(raw)
		for _, member := range append(change.changes, "etag") {
			delete(after["/devices/pump-1"], member)
			before["/devices/pump-1"][member] = nil
			delete(before["/devices/pump-1"], member)
		}
		if !reflect.DeepEqual(before, after) {
			t.Errorf("%v changed\n%v to\n%v", change.more, before, after)
		}
		before = p.everything(raw)
	}
}

// An imported identity whose authentication configuration leaves out keeps it, although the plan has it become null.
func TestUpdate_thatForgetsTheAuthenticationSaysThatItStays(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.AddIdentity("north", deviceID, nil)
	before := p.identity()
	p.MustImport(deviceID)
	planned := p.MustPlan(p.config(nil))
	acctest.MustSay(t, planned.Warnings(), "Device authentication is left to others", "keeps the keys or thumbprints")
	p.Emulator.ClearJournal()
	p.Apply(planned).MustSucceed(t)
	p.MustNotHaveWritten()
	p.MustSettle(p.config(nil))
	if after := p.identity(); !reflect.DeepEqual(before, after) {
		t.Errorf("the identity changed from\n%v to\n%v", before, after)
	}
}

// everything is all that the hub knows of pump-1.
func (p plant) everything(raw rawHub) map[string]map[string]any {
	p.T.Helper()
	all := map[string]map[string]any{}
	for _, path := range []string{
		"/devices/pump-1", "/devices/pump-1/modules/camera", "/devices/pump-1/modules/$edgeAgent",
		"/devices/pump-1/modules/$edgeHub", "/twins/pump-1/modules/camera",
	} {
		all[path] = raw.get(path)
	}
	twin := raw.get("/twins/pump-1")
	all["twin"] = map[string]any{
		"tags": twin["tags"], "properties": twin["properties"], "etag": twin["etag"], "version": twin["version"],
	}
	return all
}
