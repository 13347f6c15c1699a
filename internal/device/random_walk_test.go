// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// walker takes pump-1 through random configurations while somebody else changes it at random.
type walker struct {
	plant
	*rand.Rand

	raw     rawHub
	parents []string
	version int
	wanted  attributes
	kind    string // the configured type of authentication, or none
}

func (w *walker) pick(choices ...any) any { return choices[w.IntN(len(choices))] }

// configure makes a random configuration.
func (w *walker) configure() tftypes.Value {
	w.wanted, w.kind = attributes{}, ""
	set := func(name string, choices ...any) {
		if value := w.pick(choices...); value != nil {
			w.wanted[name] = value
		}
	}
	set("status", nil, "enabled", "disabled")
	set("status_reason", nil, nil, "first", "second")
	set("edge_enabled", nil, true, false)
	set("parent_scope", nil, w.parents[0], w.parents[1])
	set("on_destroy", nil, "disable", "keep")
	switch w.IntN(5) {
	case 0:
		w.kind = "sas"
		w.wanted["authentication"] = authentication("sas", nil)
	case 1:
		w.kind, w.version = "sas", w.version+1
		w.wanted["authentication"] = keys(key1, key2, w.version)
	case 2:
		w.kind = "selfSigned"
		w.wanted["authentication"] = authentication("selfSigned", attributes{"primary_thumbprint": w.pick(print1, print2)})
	case 3:
		w.kind = "certificateAuthority"
		w.wanted["authentication"] = authentication("certificateAuthority", nil)
	}
	return w.config(w.wanted)
}

// meddle changes the identity behind Terraform's back, or what hangs on it.
func (w *walker) meddle() {
	w.T.Helper()
	switch w.IntN(6) {
	case 0:
		w.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", new("by operations") })
	case 1:
		w.change(func(d *aziothub.Device) { d.Status, d.StatusReason = "enabled", nil })
	case 2:
		w.change(func(d *aziothub.Device) {
			d.Authentication = &aziothub.Authentication{Type: "sas", SymmetricKey: &aziothub.SymmetricKey{
				PrimaryKey: new(key3), SecondaryKey: new(key2),
			}}
		})
	case 3:
		w.raw.call(http.MethodPatch, "/twins/"+deviceID, fmt.Sprintf(`{"tags":{"walk":%d}}`, w.IntN(1000)), `"*"`)
	case 4:
		w.Import(deviceID).MustSucceed(w.T)
	}
}

// keptOf is what no update may change while the identity is the same one.
func (w *walker) keptOf() map[string]any {
	twin := w.raw.get("/twins/" + deviceID)
	return map[string]any{
		"generation": w.identity().GenerationID, "tags": twin["tags"], "properties": twin["properties"],
		"attributes": w.raw.get("/devices/" + deviceID)["attributes"],
	}
}

// step applies a random configuration and checks what became of it.
func (w *walker) step() {
	w.T.Helper()
	w.meddle()
	w.Reconfigure()
	w.Refresh().MustSucceed(w.T)
	before, kept := w.identity(), w.keptOf()
	config := w.configure()
	w.Apply(w.Plan(config).MustSucceed(w.T)).MustSucceed(w.T)
	w.MustStay(config)
	after := w.identity()
	if now := w.keptOf(); !reflect.DeepEqual(now, kept) {
		w.T.Errorf("%v changed %v to %v", w.wanted, kept, now)
	}
	w.mustHave("status", after.Status, before.Status)
	edge, _ := w.wanted["edge_enabled"].(bool)
	parent, _ := w.wanted["parent_scope"].(string)
	if found := parentOf(after); after.Capabilities.IoTEdge != edge || found != parent {
		w.T.Errorf("%v became edge %v, parent %q", w.wanted, after.Capabilities.IoTEdge, found)
	}
	if w.kind != "" && after.Authentication.Type != w.kind {
		w.T.Errorf("%v became %s", w.wanted, after.Authentication.Type)
	}
	unchanged := w.kind == "" || w.kind == "sas" && before.Authentication.Type == "sas"
	given := w.kind == "sas" && acctest.At(w.T, w.State, "authentication.keys_wo_version") != "null"
	if unchanged && !given && !reflect.DeepEqual(after.Authentication, before.Authentication) {
		w.T.Errorf("%v changed the authentication", w.wanted)
	}
	if given && w.accepts(devicesim.SymmetricKey(key1)) != (after.Status == "enabled") {
		w.T.Errorf("%v: the device is judged otherwise", w.wanted)
	}
}

// mustHave fails the test unless an attribute is as it is wanted, or as it was when nothing is.
func (w *walker) mustHave(name, got, before string) {
	w.T.Helper()
	want, isWanted := w.wanted[name].(string)
	if !isWanted {
		want = before
	}
	if got != want {
		w.T.Errorf("%v: %s became %s, not %s", maps.Clone(w.wanted), name, got, want)
	}
}

func parentOf(d aziothub.Device) string {
	switch {
	case d.Capabilities.IoTEdge && len(d.ParentScopes) > 0:
		return d.ParentScopes[0]
	case !d.Capabilities.IoTEdge:
		return text(d.DeviceScope)
	}
	return ""
}

// Whatever is configured and whoever meddles, an apply makes exactly what its plan says, and keeps what nobody asked
// for.
func TestIdentity_randomWalkKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			w := &walker{
				plant: p, Rand: rand.New(rand.NewPCG(seed, 4711)), raw: p.raw(), parents: []string{p.gateway("A"), p.gateway("B")},
			}
			w.MustApplyAndStay(w.config(nil))
			whole := w.raw.get("/devices/" + deviceID)
			whole["attributes"] = map[string]any{"hall": "B"}
			w.raw.call(http.MethodPut, "/devices/"+deviceID, acctest.JSON(t, whole), `"*"`)
			for range 20 {
				w.step()
				if t.Failed() {
					return
				}
			}
		})
	}
}
