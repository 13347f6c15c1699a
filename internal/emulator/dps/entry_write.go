// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// rules are what entries are held against. They change nothing.
type rules struct {
	now            func() time.Time
	random         wire.Random
	choices        Choices
	caCertificates map[string]*x509.Certificate
}

// idPattern is the documented alphabet with the documented last character; the
// swagger's pattern would allow two characters only.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9\-._:]{0,127}[A-Za-z0-9-]$`)

// parseEntry reads a request body. Read-only members are accepted and ignored: clients
// send back the whole answer of a GET.
func (d *rules) parseEntry(k kind, body []byte) (*entry, *wire.Problem) {
	e := &entry{}
	if err := json.Unmarshal(body, e); err != nil || isNull(body) {
		return nil, invalid("The request body is not a valid " + k.name() + " object.")
	}
	if k == kindIndividual {
		e.EnrollmentGroupID = ""
	} else {
		e.RegistrationID, e.DeviceID, e.OptionalDeviceInformation = "", "", nil
	}
	e.RegistrationState = nil
	if d.choices.KeepUnknownMembers {
		e.unknown = unknownMembers(body)
	}
	return e, nil
}

// unknownMembers are the top-level members that entry has no field for.
func unknownMembers(body []byte) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	for f := range reflect.TypeFor[entry]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		for m := range members {
			if strings.EqualFold(m, name) {
				delete(members, m)
			}
		}
	}
	return members
}

// prepare checks a body and completes it to what will be stored; existing is nil for
// a new entry. Omitted members are cleared: a PUT replaces the whole entry.
func (d *Service) prepare(k kind, body, existing *entry) (*entry, *wire.Problem) {
	e := *body
	if !idPattern.MatchString(e.id()) {
		return nil, invalid("The ID of the " + k.name() + " is not valid.")
	}
	for _, check := range []func(*entry) *wire.Problem{d.checkStatus, checkTwin, d.checkAllocation, d.checkPolicies} {
		if p := check(&e); p != nil {
			return nil, p
		}
	}
	a, p := d.prepareAttestation(k, e.Attestation, existing)
	if p != nil {
		return nil, p
	}
	e.Attestation = a
	now := wire.Time(d.now())
	e.CreatedDateTimeUTC, e.LastUpdatedDateTimeUTC = now, now
	if existing != nil {
		e.CreatedDateTimeUTC = existing.CreatedDateTimeUTC
		e.RegistrationID, e.EnrollmentGroupID = existing.RegistrationID, existing.EnrollmentGroupID
	}
	e.ETag = d.nextETag()
	return &e, nil
}

// checkStatus stores null as null, which was recorded.
func (d *rules) checkStatus(e *entry) *wire.Problem {
	switch status := strings.ToLower(string(e.ProvisioningStatus)); status {
	case "":
		if !d.choices.OmittedStatusStaysAbsent {
			e.ProvisioningStatus = json.RawMessage(`"enabled"`)
		}
	case "null":
	case `"enabled"`, `"disabled"`:
		e.ProvisioningStatus = json.RawMessage(status)
	default:
		return invalid("provisioningStatus must be enabled or disabled.")
	}
	return nil
}

func checkTwin(e *entry) *wire.Problem {
	parts := []*json.RawMessage{&e.OptionalDeviceInformation}
	if t := e.InitialTwin; t != nil {
		parts = append(parts, &t.Tags)
		if t.Properties != nil {
			parts = append(parts, &t.Properties.Desired)
		}
	}
	for _, part := range parts {
		if isNull(*part) {
			*part = nil
		}
		if text := bytes.TrimSpace(*part); len(text) > 0 && text[0] != '{' {
			return invalid("A twin collection must be a JSON object.")
		}
	}
	return nil
}

func isNull(raw []byte) bool { return string(bytes.TrimSpace(raw)) == "null" }

// checkAllocation refuses hubs that are not linked; a policy "static" without hubs is accepted, as was recorded.
func (d *Service) checkAllocation(e *entry) *wire.Problem {
	if e.AllocationPolicy != "" {
		policies := []string{"hashed", "geoLatency", "static", "custom"}
		i := slices.IndexFunc(policies, func(p string) bool { return strings.EqualFold(p, e.AllocationPolicy) })
		if i < 0 {
			return invalid("allocationPolicy must be hashed, geoLatency, static or custom.")
		}
		e.AllocationPolicy = policies[i]
	}
	named := e.IoTHubs
	if e.IoTHubHostName != "" {
		named = append([]string{e.IoTHubHostName}, named...)
	}
	for _, hub := range named {
		if d.linkedHub(hub) == nil {
			return invalid("The IoT hub " + hub + " is not linked to this provisioning service.")
		}
	}
	c := e.CustomAllocation
	if e.AllocationPolicy == "custom" && (c == nil || c.WebhookURL == "" || c.APIVersion == "") {
		return invalid("The allocation policy custom needs a customAllocationDefinition with webhookUrl and apiVersion.")
	}
	return nil
}

func (d *rules) checkPolicies(e *entry) *wire.Problem {
	if d.choices.FillDefaults {
		if e.Capabilities == nil {
			e.Capabilities = &capabilities{}
		}
		if e.ReprovisionPolicy == nil {
			e.ReprovisionPolicy = &reprovisionPolicy{}
		}
	}
	if policy := e.ReprovisionPolicy; policy != nil {
		for _, member := range []**bool{&policy.UpdateHubAssignment, &policy.MigrateDeviceData} {
			if *member == nil {
				*member = new(true)
			}
		}
	}
	return nil
}

func (d *rules) prepareAttestation(k kind, a *attestation, existing *entry) (*attestation, *wire.Problem) {
	if a == nil {
		return nil, missingAttestation()
	}
	var stored *attestation
	if existing != nil {
		stored = existing.Attestation
	}
	if stored != nil && d.choices.RefuseAttestationChange && !strings.EqualFold(stored.Type, a.Type) {
		return nil, invalid("The attestation type cannot be changed.")
	}
	switch strings.ToLower(a.Type) {
	case typeTPM:
		return prepareTPM(k, a.TPM)
	case typeX509:
		return d.prepareX509(k, a.X509, stored)
	case strings.ToLower(typeSymmetricKey):
		return d.prepareSymmetricKey(a.SymmetricKey, stored)
	case "", "none":
		return nil, missingAttestation()
	}
	return nil, invalid("The attestation type is not known.")
}

func prepareTPM(k kind, t *tpmAttestation) (*attestation, *wire.Problem) {
	if k == kindGroup {
		return nil, invalid("An enrollment group cannot use TPM attestation.")
	}
	if t == nil || t.EndorsementKey == "" {
		return nil, missingAttestation()
	}
	for _, key := range []string{t.EndorsementKey, t.StorageRootKey} {
		if _, err := base64.StdEncoding.DecodeString(key); err != nil {
			return nil, invalid("A TPM key is not valid base64.")
		}
	}
	return &attestation{Type: typeTPM, TPM: t}, nil
}

// prepareSymmetricKey keeps the keys that are omitted, null or empty in an update, and makes
// those that there are none of yet.
func (d *rules) prepareSymmetricKey(given *symmetricKey, stored *attestation) (*attestation, *wire.Problem) {
	var key symmetricKey
	if given != nil {
		key = *given
	}
	var kept symmetricKey
	if !d.choices.NewKeysOnUpdate && stored != nil && stored.SymmetricKey != nil {
		kept = *stored.SymmetricKey
	}
	for _, slot := range []struct {
		key  *string
		kept string
	}{{&key.PrimaryKey, kept.PrimaryKey}, {&key.SecondaryKey, kept.SecondaryKey}} {
		switch {
		case *slot.key == "" && slot.kept != "":
			*slot.key = slot.kept
		case *slot.key == "":
			*slot.key = d.random.Key(64)
		default:
			raw, err := base64.StdEncoding.DecodeString(*slot.key)
			if err != nil || len(raw) < 16 || len(raw) > 64 {
				return nil, invalid("A symmetric key must be base64 of 16 to 64 bytes.")
			}
		}
	}
	return &attestation{Type: typeSymmetricKey, SymmetricKey: &key}, nil
}
