// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

// gateway has the operator make an IoT Edge device, and returns its scope.
func (p plant) gateway(id string) string {
	p.T.Helper()
	made, err := p.Hub("north").PutDevice(p.Context(), aziothub.Device{
		DeviceID: id, Capabilities: &aziothub.Capabilities{IoTEdge: true},
	}, nil)
	if err != nil {
		p.T.Fatal(err)
	}
	return *made.DeviceScope
}

// standing is a place of pump-1 among gateways.
type standing struct {
	edge   bool
	parent string // a gateway's ID, or none
}

func standings() map[string]standing {
	return map[string]standing{
		"leaf": {}, "leaf below A": {parent: "A"}, "leaf below B": {parent: "B"},
		"edge": {edge: true}, "edge below A": {edge: true, parent: "A"}, "edge below B": {edge: true, parent: "B"},
	}
}

func (p plant) standingConfig(s standing, gateways map[string]string) tftypes.Value {
	more := attributes{"edge_enabled": s.edge}
	if s.parent != "" {
		more["parent_scope"] = gateways[s.parent]
	}
	return p.config(more)
}

// mustStand fails the test unless pump-1 is in its place, in the hub and in the state.
func (p plant) mustStand(want standing, gateways map[string]string) {
	p.T.Helper()
	found := p.identity()
	scope, parent := "null", "null"
	if want.parent != "" {
		parent = gateways[want.parent]
	}
	switch {
	case found.Capabilities.IoTEdge != want.edge:
		p.T.Errorf("iotEdge is %v", found.Capabilities.IoTEdge)
	case want.edge:
		scope = *found.DeviceScope
		if got := append(found.ParentScopes, "null")[0]; got != parent {
			p.T.Errorf("the parent is %s, not %s", got, parent)
		}
	case parent == "null" && (found.DeviceScope != nil || len(found.ParentScopes) > 0),
		parent != "null" && (*found.DeviceScope != parent || found.ParentScopes[0] != parent):
		p.T.Errorf("the scopes are %v, %v, not %s", found.DeviceScope, found.ParentScopes, parent)
	}
	if p.Attribute("device_scope") != scope || p.Attribute("parent_scope") != parent {
		p.T.Errorf("the state says %s, %s", p.Attribute("device_scope"), p.Attribute("parent_scope"))
	}
}

// Every change of place is made in place and keeps the keys: with one write, or with two where an edge device becomes a
// leaf that has a parent.
func TestScopes_everyChangeOfPlaceIsMade(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	gateways := map[string]string{"A": p.gateway("A"), "B": p.gateway("B")}
	places := standings()
	names := walk(places)
	p.MustApplyAndStay(p.standingConfig(places[names[0]], gateways))
	primary, secondary := p.storedKeys()
	for i, name := range names[1:] {
		from, to := places[names[i]], places[name]
		config := p.standingConfig(to, gateways)
		p.Emulator.ClearJournal()
		p.Apply(p.Plan(config).MustSucceed(p.T)).MustSucceed(p.T)
		want := "GET PUT"
		if from.edge && !to.edge && to.parent != "" {
			want = "GET PUT PUT"
		}
		if calls := p.calls(); calls != want {
			t.Errorf("%s to %s takes %q, not %q", names[i], name, calls, want)
		}
		p.MustStay(config)
		p.mustStand(to, gateways)
		p.mustAccept(primary, secondary)
		if t.Failed() {
			t.Fatalf("in the change of %s to %s", names[i], name)
		}
	}
}

func TestScopes_ofAGatewayAreKnownToItsChildrenWhenItStays(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	created := p.MustApplyAndStay(p.config(attributes{"edge_enabled": true}))
	if got := acctest.Text(created.Planned, "device_scope"); got != "unknown" {
		t.Errorf("a new gateway's scope is planned to be %s", got)
	}
	scope := p.Attribute("device_scope")
	changed := p.MustApplyAndStay(p.config(attributes{"edge_enabled": true, "status": "disabled"}))
	if got := acctest.Text(changed.Planned, "device_scope"); got != scope {
		t.Errorf("the scope of a gateway that stays is planned to be %s, not %s", got, scope)
	}
	left := p.MustApplyAndStay(p.config(attributes{"status": "disabled"}))
	if got := acctest.Text(left.Planned, "device_scope"); got != "null" {
		t.Errorf("a leaf's scope is planned to be %s", got)
	}
	acctest.MustSay(t, left.Warnings(), "becomes a leaf", "lose their gateway")
}

func TestScopes_parentGivenElsewhereIsDrift(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	scope := p.gateway("A")
	p.MustApplyAndStay(p.config(nil))
	p.change(func(d *aziothub.Device) { d.DeviceScope = &scope })
	p.Refresh().MustSucceed(p.T)
	if p.Attribute("parent_scope") != scope {
		t.Errorf("the state says %s", p.Attribute("parent_scope"))
	}
	p.MustApplyAndStay(p.config(nil))
	p.mustStand(standing{}, nil)
}

// The first of two writes stays when the second fails: the state says so, and the next apply does the rest.
func TestScopes_secondWriteThatFailsLeavesATrueState(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	gateways := map[string]string{"A": p.gateway("A")}
	p.MustApplyAndStay(p.standingConfig(standing{edge: true, parent: "A"}, gateways))
	config := p.standingConfig(standing{parent: "A"}, gateways)
	planned := p.Plan(config).MustSucceed(p.T)
	p.fault(faults{method: "PUT", skip: 1, status: 400, times: 1})
	p.Apply(planned).MustFail(p.T, "Cannot change device identity", "leaf without a parent now")
	p.mustStand(standing{}, nil)
	p.MustApplyAndStay(config)
	p.mustStand(standing{parent: "A"}, gateways)
}

// A hub that hides the keys once the first write is done is written to no more, and what was written is said.
func TestScopes_keysThatAreHiddenAfterTheFirstWriteEndTheChange(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	gateways := map[string]string{"A": p.gateway("A")}
	p.MustApplyAndStay(p.standingConfig(standing{edge: true, parent: "A"}, gateways))
	config := p.standingConfig(standing{parent: "A"}, gateways)
	planned := p.Plan(config).MustSucceed(p.T)
	echo := p.raw().get("/devices/" + deviceID)
	echo["capabilities"] = map[string]any{"iotEdge": false}
	echo["authentication"] = map[string]any{"type": "sas", "symmetricKey": map[string]any{"primaryKey": nil}}
	delete(echo, "deviceScope")
	delete(echo, "parentScopes")
	p.fault(faults{method: "PUT", cut: true, status: 200, body: acctest.JSON(t, echo), times: 1})
	p.Apply(planned).MustFail(p.T, "does not show the authentication", "The first of two writes was carried out before.")
	p.mustStand(standing{}, nil)
	p.MustApplyAndStay(config)
	p.mustStand(standing{parent: "A"}, gateways)
}

// A first write whose answer is lost is recognised, and the second one follows.
func TestScopes_lostAnswerToTheFirstWriteIsRecognised(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	gateways := map[string]string{"A": p.gateway("A"), "B": p.gateway("B")}
	p.MustApplyAndStay(p.standingConfig(standing{edge: true, parent: "A"}, gateways))
	config := p.standingConfig(standing{parent: "B"}, gateways)
	planned := p.Plan(config).MustSucceed(p.T)
	p.fault(faults{method: "PUT", cut: true, times: 1})
	p.Apply(planned).MustSucceed(p.T)
	p.MustStay(config)
	p.mustStand(standing{parent: "B"}, gateways)
}
