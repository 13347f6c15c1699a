// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// claims judges what the state says, and what the data source says of the same device without remembering anything:
// whenever one of them says blocked, DPS refuses every credential that the device ever had, and so does every hub under
// every name that it ever had there.
//
// There is one exception, and it is counted: an identity that nothing names any more, because somebody erased every
// trace of it (its record, and the entry's or a group's or the configuration's word for its hub or its name).
func (h *history) claims() {
	access, looked := h.o.Attribute("access"), h.lookUp(h.config())
	h.rare.Count("access: " + access)
	if access == "blocked" {
		h.bearsOut("the state", h.o.State)
	} else if acctest.Text(looked, "access") == "blocked" {
		h.rare.Count("blocked to whoever remembers nothing")
		h.bearsOut("the data source", looked)
	}
}

// lookUp asks the data source about the device that a configuration blocks.
func (h *history) lookUp(config tftypes.Value) tftypes.Value {
	names := map[string]any{}
	for _, name := range []string{"registration_id", "certificate_pem", "device_id", "additional_iothub_hostnames"} {
		if value := acctest.Attributes(config)[name]; !value.IsNull() {
			names[name] = value
		}
	}
	looked, read := h.w.ReadDataSource(accessType, names)
	if read.Failed() {
		h.fail("the data source: %s", read.Errors())
	}
	return looked
}

// bearsOut ends the history unless the device is out, as somebody says.
func (h *history) bearsOut(who string, said tftypes.Value) {
	if _, err := h.w.DPS.GetRegistration(h.w.Context(), h.id); err != nil {
		h.eraseTraces() // Whoever deleted the record: it was the last trace of what nothing else names.
	}
	for _, at := range sortedPlaces(h.places) {
		if !h.connects(at) {
			continue
		}
		switch {
		case h.erased[at] && !h.traced(said, at):
			h.rare.Count("exception: every trace erased")
		case h.remade[at] && !h.watched(said, at):
			h.rare.Count("exception: made by a person where the device no longer was")
		default:
			h.fail("%s says blocked, and %s in %s lets the device in", who, at.deviceID, at.hub)
			return
		}
	}
	for _, device := range h.credentials {
		if h.try(device) {
			h.fail("%s says blocked, and DPS lets the device in", who)
			return
		}
	}
}

// connects tells whether a hub lets the device in under a name, with any credential that it ever had.
func (h *history) connects(at place) bool {
	for _, device := range h.credentials {
		connection, err := device.Connect(h.w.Context(), h.w.Hostname(at.hub), at.deviceID)
		if err != nil {
			h.fail("the device cannot connect: %v", err)
			return false
		}
		if connection.Accepted {
			return true
		}
	}
	return false
}

// watched tells whether a state names an identity.
func (h *history) watched(said tftypes.Value, at place) bool {
	_, there := acctest.Members(said, "hub_identities")[h.w.Hostname(at.hub)+"/"+at.deviceID]
	return there
}

// tellsTheTruth ends the history unless the state says what the services say.
func (h *history) tellsTheTruth() {
	if h.o.State.IsNull() {
		return
	}
	if said, is := h.o.Attribute("enrollment_status"), h.w.EntryStatus(h.id); said != is {
		h.fail("the state says that the entry is %s, and it is %s", said, is)
		return
	}
	for text, said := range acctest.Members(h.o.State, "hub_identities") {
		id := deprovision.ParseIdentityID(text)
		for _, hub := range h.w.Emulator.Hubs() {
			if hub.Hostname() != id.Host || said == "unverified" || said == "unreachable" {
				continue
			}
			if is := h.w.IdentityStatus(hub.Name(), id.DeviceID); said != is {
				h.fail("the state says that %s in %s is %s, and it is %s", id.DeviceID, hub.Name(), said, is)
				return
			}
		}
	}
}
