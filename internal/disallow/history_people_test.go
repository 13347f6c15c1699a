// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow_test

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
)

// group is what people do to an enrollment group.
func (h *history) group(id, what string) {
	there := h.w.HasGroup(id)
	status := azdps.StatusEnabled
	switch {
	case what == "add" && !there:
		h.addGroup(id)
	case what == "remove" && there:
		if err := h.w.DPS.DeleteEnrollmentGroup(h.w.Context(), id, nil); err != nil {
			h.fail("%v", err)
		}
	case (what == "enable" || what == "disable") && there:
		if what == "disable" {
			status = azdps.StatusDisabled
		}
		h.w.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.ProvisioningStatus, g.IoTHubs = &status, nil })
	case what == "name-west" && there:
		h.link(hubNames()...) // DPS lets an entry name only hubs that are linked to it.
		h.w.SetGroup(id, func(g *azdps.EnrollmentGroup) { g.IoTHubs = []string{h.w.Hostname("west")} })
	}
}

func (h *history) addGroup(id string) {
	switch id {
	case "factory":
		h.w.AddGroup(id, h.authorities.factory)
	case "everything":
		h.w.AddGroup(id, h.w.Root)
	case "cross":
		h.rare.Count("cross-signed CA")
		h.w.AddGroup(id, h.authorities.cross)
	case "namesake":
		h.rare.Count("CA of the device's name")
		h.w.AddGroup(id, h.authorities.namesake)
	}
}

// entry is what people do to the device's individual enrollment.
func (h *history) entry(what string, words ...string) {
	there := h.w.EntryStatus(h.id) != "absent"
	switch {
	case what == "make" && !there:
		h.makeEntry(words[0], words[1])
	case what == "make" || !there:
	case what == "enable" || what == "disable":
		h.w.SetEntryStatus(h.id, what+"d")
	case what == "delete":
		h.w.DeleteEntry(h.id)
	case what == "change":
		h.w.SetEntry(h.id, func(e *azdps.IndividualEnrollment) {
			e.InitialTwin = &azdps.InitialTwin{Tags: json.RawMessage(`{"changed":true}`)}
		})
	case what == "rename":
		h.rename(words[0])
	case what == "keep-data" || what == "reset-data" || what == "stay":
		h.w.SetEntry(h.id, func(e *azdps.IndividualEnrollment) {
			e.ReprovisionPolicy = &azdps.ReprovisionPolicy{
				UpdateHubAssignment: what != "stay", MigrateDeviceData: what == "keep-data",
			}
		})
	}
}

// rename has the entry name another device ID: from its next registration without a record on, the device has one more
// identity, and keeps the former.
func (h *history) rename(word string) {
	name := h.name(word)
	h.rare.Count("renamed")
	h.w.SetEntry(h.id, func(e *azdps.IndividualEnrollment) {
		e.DeviceID = &name
	})
	h.deleteRecord()
}

func (h *history) makeEntry(kind, status string) {
	attestation := azdps.Attestation{Type: kind}
	switch kind {
	case azdps.AttestationX509:
		if h.certificate.X509() == nil {
			return
		}
		attestation.X509 = &azdps.X509{ClientCertificates: &azdps.CertificateSlots{
			Primary: &azdps.Certificate{Certificate: h.certificate.PEM()},
		}}
	case azdps.AttestationTPM:
		attestation.TPM = &azdps.TPM{EndorsementKey: h.tpm.EndorsementKey()}
	case azdps.AttestationSymmetricKey:
		attestation.SymmetricKey = &azdps.SymmetricKey{}
	}
	born := len(h.places) == 0 && !h.tried
	made, err := h.w.DPS.PutIndividualEnrollment(h.w.Context(), azdps.IndividualEnrollment{
		RegistrationID: h.id, Enrollment: azdps.Enrollment{ProvisioningStatus: &status, Attestation: attestation},
	}, nil)
	if err != nil {
		h.fail("%v", err)
		return
	}
	if !born {
		return // What is made for a device that has tried already is made by somebody who has none of its credentials.
	}
	h.end()
	h.credentials = nil // It is a device of this kind, and never had another credential.
	switch kind {
	case azdps.AttestationX509:
		h.hold(h.w.DeviceWith(h.id, h.certificate))
	case azdps.AttestationTPM:
		h.certificate = devicesim.Certificate{}
		h.hold(h.w.DeviceBy(h.id, devicesim.TPM(h.tpm)))
	case azdps.AttestationSymmetricKey:
		h.certificate = devicesim.Certificate{}
		h.hold(h.w.DeviceBy(h.id, devicesim.SymmetricKey(made.Attestation.SymmetricKey.PrimaryKey)))
	}
}

// identity is what people do to an identity in a hub.
func (h *history) identity(what, hub, deviceID string) {
	there := h.w.IdentityStatus(hub, deviceID) != "absent"
	at := place{hub, deviceID}
	switch {
	case what == "enable" && there, what == "disable" && there:
		h.w.SetIdentityStatus(hub, deviceID, what+"d")
	case what == "recall" && there:
		reason := "recalled by operations"
		h.w.SetIdentity(hub, deviceID, func(d *aziothub.Device) { d.Status, d.StatusReason = "disabled", &reason })
	case what == "delete" && there:
		h.w.DeleteIdentity(hub, deviceID)
	case what == "remake" && h.places[at] && h.certificate.X509() != nil:
		if there {
			h.w.DeleteIdentity(hub, deviceID)
		}
		h.w.AddIdentity(hub, deviceID, selfSigned(h.certificate.ThumbprintSHA256()))
		h.remade[at] = true
		h.rare.Count("identity made again by a person")
	case what == "stranger" && !there:
		h.w.AddIdentity(hub, deviceID, nil)
		h.rare.Count("stranger of the same name")
	}
}

// traced tells whether anything still names an identity of the device to whoever said so: its hub and its name there.
func (h *history) traced(said tftypes.Value, at place) bool {
	host := h.w.Hostname(at.hub)
	var texts []string
	for _, hub := range h.known {
		texts = append(texts, h.w.Hostname(hub)+"/")
	}
	if hosts, named := h.asked["additional_iothub_hostnames"].([]string); named {
		for _, named := range hosts {
			texts = append(texts, named+"/")
		}
	}
	names := []string{h.id, strings.ToLower(h.id), h.id}
	if given, named := h.asked["device_id"].(string); named {
		names = append(names, given)
	}
	if record, err := h.w.DPS.GetRegistration(h.w.Context(), h.id); err == nil {
		texts, names = append(texts, record.AssignedHub+"/"), append(names, record.DeviceID)
	}
	if entry := h.w.Entry(h.id); entry != nil {
		texts = append(texts, marked(entry), strings.Join(entry.IoTHubs, "/")+"/")
		if entry.DeviceID != nil {
			names = append(names, *entry.DeviceID)
		}
	}
	for pager := h.w.DPS.NewListEnrollmentGroupsPager(nil); pager.More(); {
		page, err := pager.NextPage(h.w.Context())
		if err != nil {
			h.fail("%v", err)
			return false
		}
		for _, group := range page.Items {
			texts = append(texts, strings.Join(group.IoTHubs, "/")+"/")
		}
	}
	for id := range acctest.Members(said, "hub_identities") {
		texts = append(texts, id)
		_, name, _ := strings.Cut(id, "/")
		names = append(names, name)
	}
	hubNamed, nameNamed := false, false
	for _, text := range texts {
		hubNamed = hubNamed || strings.Contains(text, host)
		nameNamed = nameNamed || strings.Contains(text, `"`+at.deviceID+`"`)
	}
	for _, name := range names {
		nameNamed = nameNamed || name == at.deviceID
	}
	return hubNamed && nameNamed
}
