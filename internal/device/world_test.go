// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

const (
	typeName = "azureiot_iothub_device_identity"
	address  = typeName + ".pump"
	deviceID = "pump-1"
	key1     = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	key2     = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	key3     = "YWFhYWFhYWFhYWFhYWFhYWJiYmJiYmJiYmJiYmJiYmI="
	print1   = "AB00AB00AB00AB00AB00AB00AB00AB00AB00AB00"
	print2   = "CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11CD11"
)

// plant is a world with one identity under test, driven at protocol level.
type plant struct {
	*acctest.World
	*acctest.Object
}

func newPlant(t *testing.T, options ...acctest.Option) plant {
	t.Helper()
	w := acctest.NewWorld(t, append([]acctest.Option{acctest.Hubs("north", "south")}, options...)...)
	w.Setenv("AZUREIOT_IOTHUB_HOSTNAME", w.Hostname("north"))
	return plant{World: w, Object: w.NewObject(typeName)}
}

// attributes is a configuration; nested attributes are attributes again.
type attributes = map[string]any

// config is a configuration of the device pump-1 in the hub north.
func (p plant) config(more attributes) tftypes.Value {
	all := attributes{"device_id": deviceID}
	maps.Copy(all, more)
	return p.Config(all)
}

// authentication is that attribute, of a type unless more says another.
func authentication(kind string, more attributes) attributes {
	all := attributes{"type": kind}
	maps.Copy(all, more)
	return all
}

func keys(primary, secondary string, version int) attributes {
	return authentication("sas", attributes{
		"primary_key_wo": primary, "secondary_key_wo": secondary, "keys_wo_version": fmt.Sprint(version),
	})
}

// identity is the identity of pump-1 in the hub north.
func (p plant) identity() aziothub.Device {
	p.T.Helper()
	found := p.Identity("north", deviceID)
	if found == nil {
		p.T.Fatal("there is no identity")
	}
	return *found
}

// change has the operator change the identity of pump-1.
func (p plant) change(change func(*aziothub.Device)) {
	p.T.Helper()
	p.SetIdentity("north", deviceID, change)
}

// remake has the operator delete the identity of pump-1 and make it again.
func (p plant) remake() {
	p.T.Helper()
	p.remove()
	p.AddIdentity("north", deviceID, nil)
}

func (p plant) remove() {
	p.T.Helper()
	p.DeleteIdentity("north", deviceID)
}

// accepts tells whether the hub north accepts pump-1 with a credential.
func (p plant) accepts(credential devicesim.Credential) bool {
	p.T.Helper()
	return p.DeviceBy(deviceID, credential).Connects("north")
}

func (p plant) mustAccept(credentials ...devicesim.Credential) {
	p.T.Helper()
	for _, credential := range credentials {
		if !p.accepts(credential) {
			p.T.Fatalf("the hub refuses %v", credential)
		}
	}
}

func (p plant) mustRefuse(credentials ...devicesim.Credential) {
	p.T.Helper()
	for _, credential := range credentials {
		if p.accepts(credential) {
			p.T.Fatalf("the hub accepts %v", credential)
		}
	}
}

// storedKeys are the keys of pump-1, as credentials.
func (p plant) storedKeys() (primary, secondary devicesim.Credential) {
	p.T.Helper()
	stored := p.identity().Authentication.SymmetricKey
	if stored == nil || stored.PrimaryKey == nil {
		p.T.Fatal("the identity has no keys")
	}
	return devicesim.SymmetricKey(*stored.PrimaryKey), devicesim.SymmetricKey(*stored.SecondaryKey)
}

// hcl is a configuration for the Terraform command, with one identity called pump.
func hcl(more string) string {
	return fmt.Sprintf("resource %q \"pump\" {\n  device_id = %q\n%s\n}\n", typeName, deviceID, more)
}

// calls are the calls to pump-1's identity and twin since the journal was cleared: "GET PUT TWIN".
func (p plant) calls() string {
	var calls []string
	for _, exchange := range p.Emulator.Journal() {
		switch {
		case strings.HasSuffix(exchange.Path, "/messages/events"):
		case strings.HasPrefix(exchange.Path, "/twins/"):
			calls = append(calls, "TWIN")
		default:
			calls = append(calls, exchange.Method)
		}
	}
	return strings.Join(calls, " ")
}

// faults is a failure of the calls to pump-1's identity in the hub north.
type faults struct {
	method      string
	status      int
	body        string
	cut         bool // the call is carried out, and its answer lost
	cutBefore   bool // the call is not carried out, and not answered
	skip, times int
	twin        bool // the calls are those to the twin
}

func (p plant) fault(f faults) {
	path := "^/devices/" + deviceID + "$"
	if f.twin {
		path = "^/twins/" + deviceID + "$"
	}
	fault := emulator.Fault{
		Host: p.Hostname("north"), Method: f.method, Path: regexp.MustCompile(path), Status: f.status, Skip: f.skip,
		Times: f.times, Body: f.body,
	}
	if f.cutBefore {
		fault.Cut = emulator.CutBefore
	}
	if f.cut {
		fault.Cut = emulator.CutAfter
	}
	p.Emulator.AddFault(fault)
}

// walk goes through the names of all such that each follows each other one at least once.
func walk[V any](all map[string]V) []string {
	names := slices.Sorted(maps.Keys(all))
	var path []string
	for i, name := range names {
		for _, other := range names[i+1:] {
			path = append(path, name, other)
		}
		path = append(path, name)
	}
	return slices.Compact(path)
}
