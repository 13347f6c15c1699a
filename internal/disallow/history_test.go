// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// history is what happens to one device in one world: people, the device and Terraform do one thing after another, each
// named by an event. A history that goes wrong prints its events as a test that can be pasted.
type history struct {
	verdict

	w     *acctest.World
	rare  *acctest.Rarities
	id    string
	o     *acctest.Object
	tpm   *devicesim.SoftwareTPM
	asked map[string]any
	// device is the device as it tries now, credentials all that it ever had.
	device      *acctest.Device
	credentials []*acctest.Device
	certificate devicesim.Certificate
	authorities authorities
	// tried says that it has tried to register; places are the identities that it ever had.
	tried  bool
	places map[place]bool
	last   place
	// erased are the places of which somebody has since erased the traces, remade those that a person made again since
	// the hubs were last searched.
	erased, remade map[place]bool
	// known are the hubs to which the provider block has a credential, and unread those that refuse it.
	known, unread []string
	events        []string
}

// verdict ends a history that went wrong.
type verdict interface {
	Fatalf(format string, args ...any)
}

// place is an identity of the device: where it was let in.
type place struct{ hub, deviceID string }

// authorities are the CAs of a world.
type authorities struct {
	factory, cross, namesake *devicesim.Authority
}

// fail ends the history and prints it as a test.
func (h *history) fail(format string, args ...any) {
	quoted := make([]string, 0, len(h.events))
	for _, event := range h.events {
		quoted = append(quoted, fmt.Sprintf("\t\t%q,", event))
	}
	h.Fatalf("%s\n\nfunc TestDeviceDisallow_history(t *testing.T) {\n\tt.Parallel()\n\treplay(t,\n%s\n\t)\n}",
		fmt.Sprintf(format, args...), strings.Join(quoted, "\n"))
}

// do has one event happen. Its words are the subject, and what becomes of it.
func (h *history) do(event string) {
	h.events = append(h.events, event)
	h.happen(event)
}

func (h *history) happen(event string) {
	words := strings.Fields(event)
	verb, rest := words[0], words[1:]
	act, known := h.deeds()[verb]
	if !known {
		h.fail("nobody knows how to %q", event)
		return
	}
	h.rare.Count(verb)
	act(rest)
}

// deeds are what can happen, by the first word of an event.
func (h *history) deeds() map[string]func([]string) {
	return map[string]func([]string){
		// The device.
		"try": func([]string) { h.try(h.device) },
		"try-old": func([]string) {
			if len(h.credentials) > 1 {
				h.try(h.credentials[0])
			}
		},
		"renew": func([]string) { h.renew() },
		// People.
		"group":  func(words []string) { h.group(words[0], words[1]) },
		"entry":  func(words []string) { h.entry(words[0], words[1:]...) },
		"record": func([]string) { h.deleteRecord() },
		"identity": func(words []string) {
			at := h.place(words[1], words[2])
			h.identity(words[0], at.hub, at.deviceID)
		},
		"link": func(words []string) { h.link(words...) },
		// Terraform, and what its provider block knows.
		"know":  func(words []string) { h.know(words...) },
		"dark":  func(words []string) { h.dark(words[0]) },
		"set":   func(words []string) { h.set(words[0], words[1:]...) },
		"apply": func([]string) { h.apply(disturbance{}) },
		"late":  func(words []string) { h.apply(disturbance{late: strings.Join(words, " ")}) },
		"amid":  func(words []string) { h.apply(amid(words)) },
		"fault": func(words []string) { h.apply(disturbance{fault: h.faultOf(words)}) },
		"proxy": func(words []string) { h.apply(disturbance{fault: h.faultOf(append([]string{"proxy"}, words...))}) },
		"kill": func(words []string) {
			h.apply(disturbance{fault: h.faultOf(append([]string{"kill"}, words...)), kill: true})
		},
		"restore": func([]string) { h.restore() },
		"refresh": func([]string) { h.refresh() },
		"destroy": func([]string) { h.destroy() },
		"import":  func([]string) { h.importAgain() },
		"forget":  func([]string) { h.o.Private = nil },
	}
}

// place is an identity as events say it: its hub and its name, or there, which is where the device last got in.
func (h *history) place(hub, name string) place {
	if hub != "there" {
		return place{hub, h.name(name)}
	}
	if h.last == (place{}) {
		return place{hubNames()[0], h.id}
	}
	return h.last
}

// name is a device ID as events say it: own is the registration ID, other any other word.
func (h *history) name(word string) string {
	if word == "own" {
		return h.id
	}
	return h.id + "-" + word
}

func (h *history) config() tftypes.Value {
	asked := maps.Clone(h.asked)
	if asked["certificate_pem"] == "given" {
		delete(asked, "certificate_pem")
		if h.certificate.X509() != nil {
			asked["certificate_pem"] = h.certificate.PEM()
		}
	}
	return h.o.Config(asked)
}

// try has the device register, and notes where it was let in.
func (h *history) try(d *acctest.Device) bool {
	h.tried = true
	outcome, err := d.Register(h.w.Context())
	if err != nil {
		h.fail("the device cannot try: %v", err)
		return false
	}
	if !outcome.Admitted() {
		h.rare.Count("refused")
		return false
	}
	for _, hub := range h.w.Emulator.Hubs() {
		if hub.Hostname() == outcome.AssignedHub {
			at := place{hub.Name(), outcome.DeviceID}
			h.countMove(at)
			h.eraseTraces() // The record tells of the last assignment only.
			h.places[at] = true
			delete(h.erased, at)
			h.last = at
			h.rare.Count("let in")
		}
	}
	if len(h.places) > 1 {
		h.rare.Count("has been in several places")
	}
	return true
}

// countMove counts what kind of a new place the device has got.
func (h *history) countMove(at place) {
	if h.places[at] || len(h.places) == 0 {
		return
	}
	for other := range h.places {
		if other.hub == at.hub {
			h.rare.Count("several identities in one hub")
		}
	}
	entry := h.w.Entry(h.id)
	resets := entry != nil && entry.ReprovisionPolicy != nil && !entry.ReprovisionPolicy.MigrateDeviceData
	switch {
	case h.last.hub == at.hub:
	case resets:
		h.rare.Count("moved without its data")
	default:
		h.rare.Count("moved with its data")
	}
}

// renew gives the device another certificate of its CA; what it held before it still holds.
func (h *history) renew() {
	if h.certificate.X509() == nil {
		return
	}
	certificate, err := h.authorities.factory.Device(h.id)
	if err != nil {
		h.fail("%v", err)
		return
	}
	h.hold(h.w.DeviceWith(h.id, certificate))
}

// hold gives the device a credential.
func (h *history) hold(d *acctest.Device) {
	h.device, h.credentials = d, append(h.credentials, d)
}

// end closes the connections of the device.
func (h *history) end() {
	for _, device := range h.credentials {
		device.Close()
	}
}

// know says to which hubs the provider block has a credential.
func (h *history) know(hubs ...string) {
	h.known = hubs
	if len(hubs) < len(h.w.Emulator.Hubs()) {
		h.rare.Count("hub that the provider block does not know")
	}
	h.signIn()
}

// dark is a hub that refuses the provider block's credential from now on.
func (h *history) dark(hub string) {
	h.rare.Count("hub that cannot be read")
	h.unread = append(h.unread, hub)
	h.signIn()
}

func (h *history) signIn() {
	var strs []string
	for _, hub := range h.known {
		connection := h.w.Emulator.Hub(hub).ConnectionString()
		if slices.Contains(h.unread, hub) {
			connection, _, _ = strings.Cut(connection, "SharedAccessKey=")
			connection += "SharedAccessKey=bm90IHRoZSBrZXkgb2YgdGhpcyBodWIgYXQgYWxsLi4uLi4="
		}
		strs = append(strs, connection)
	}
	h.w.Setenv("AZUREIOT_IOTHUB_CONNECTION_STRINGS", strings.Join(strs, "\n"))
}

// set changes what configuration asks; without a value the attribute is left out.
func (h *history) set(attribute string, values ...string) {
	switch {
	case len(values) == 0:
		delete(h.asked, attribute)
	case attribute == "additional_iothub_hostnames":
		var hosts []string
		for _, hub := range values {
			hosts = append(hosts, h.w.Hostname(hub))
		}
		h.asked[attribute] = hosts
	case attribute == "device_id":
		h.asked[attribute] = h.name(values[0])
	case attribute == "registration_id":
		h.asked[attribute] = strings.ToUpper(h.id)
		h.rare.Count("another letter case")
	case attribute == "delete_registration":
		h.asked[attribute] = values[0] == "true"
	default:
		h.asked[attribute] = values[0]
	}
}

func (h *history) link(hubs ...string) {
	if err := h.w.Emulator.SetLinkedHubs(hubs...); err != nil {
		h.fail("%v", err)
	}
}

// eraseTraces notes that nobody can tell any more where the device was.
func (h *history) eraseTraces() {
	for at := range h.places {
		h.erased[at] = true
	}
}

func (h *history) deleteRecord() {
	if h.w.DPS.DeleteRegistration(h.w.Context(), h.id, nil) == nil {
		h.eraseTraces()
	}
}

// hubNames are the hubs of a world, those that are usually known first.
func hubNames() []string { return []string{"north", "south", "west"} }

// marked are the identities that the mark of the entry names, as host/device.
func marked(entry *azdps.IndividualEnrollment) string {
	if entry == nil {
		return ""
	}
	return string(entry.OptionalDeviceInformation)
}

func sortedPlaces(places map[place]bool) []place {
	return slices.SortedFunc(maps.Keys(places), func(a, b place) int {
		return strings.Compare(a.hub+"/"+a.deviceID, b.hub+"/"+b.deviceID)
	})
}
