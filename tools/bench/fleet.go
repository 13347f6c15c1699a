// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// most is how many objects a fleet may have: their names are all as long.
const most = 99_999

// first is the object that Terraform makes; all others are its copies.
const first = "bench-00000"

func idOf(i int) string { return fmt.Sprintf("bench-%05d", i) }

// kind is a kind of objects.
type kind struct {
	name string
	// most is how many of them an instance takes; 0 for any number.
	most int
	// resource is its resource type, block the configuration of the object whose ID is first.
	resource, block string
	// fill makes a copy of the first object, and returns what it has of its own instead of what the first has.
	fill func(ctx context.Context, c clients, id string) (map[string]string, error)
}

// sizes are those of fleets as far as an instance takes them.
func (k kind) sizes(wanted []int) []int {
	var all []int
	for _, n := range wanted {
		if k.most > 0 {
			n = min(n, k.most)
		}
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// clients are those of the emulator; authority is the certificate of all groups, in PEM.
type clients struct {
	dps       *azdps.Client
	hub       *aziothub.Client
	authority string
}

func kindNamed(name string) (kind, error) {
	for _, k := range []kind{enrollments(), groups(), identities(), devicesBlocked()} {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("there is no kind %q of objects", name)
}

func enrollments() kind {
	return kind{name: "enrollment", resource: "azureiot_dps_individual_enrollment", block: `
  registration_id = "bench-00000"
  device_id       = "bench-00000"
  attestation     = { symmetric_key = {} }
  initial_twin    = { tags = jsonencode({ plant = "Thale" }) }
`, fill: func(ctx context.Context, c clients, id string) (map[string]string, error) {
		e, err := c.dps.GetIndividualEnrollment(ctx, first)
		if err != nil {
			return nil, err
		}
		model := string(e.ETag)
		e.RegistrationID, e.DeviceID, e.ETag = id, &id, ""
		e.Attestation = azdps.Attestation{Type: e.Attestation.Type, SymmetricKey: &azdps.SymmetricKey{}}
		made, err := c.dps.PutIndividualEnrollment(ctx, e, nil)
		return map[string]string{first: id, model: string(made.ETag)}, err
	}}
}

func groups() kind {
	return kind{name: "group", most: 100, resource: "azureiot_dps_enrollment_group", block: `
  enrollment_group_id = "bench-00000"
  attestation         = { x509 = { signing_certificates = { primary = file("ca.pem") } } }
  initial_twin        = { tags = jsonencode({ plant = "Thale" }) }
`, fill: func(ctx context.Context, c clients, id string) (map[string]string, error) {
		g, err := c.dps.GetEnrollmentGroup(ctx, first)
		if err != nil {
			return nil, err
		}
		model := string(g.ETag)
		g.EnrollmentGroupID, g.ETag = id, ""
		g.Attestation.X509.SigningCertificates = &azdps.CertificateSlots{
			Primary: &azdps.Certificate{Certificate: c.authority},
		}
		made, err := c.dps.PutEnrollmentGroup(ctx, g, nil)
		return map[string]string{first: id, model: string(made.ETag)}, err
	}}
}

func identities() kind {
	return kind{name: "identity", resource: "azureiot_iothub_device_identity", block: `
  device_id      = "bench-00000"
  authentication = { type = "sas" }
`, fill: func(ctx context.Context, c clients, id string) (map[string]string, error) {
		d, err := c.hub.GetDevice(ctx, first)
		if err != nil {
			return nil, err
		}
		another := aziothub.Device{DeviceID: id, Status: d.Status, Authentication: d.Authentication}
		made, err := c.hub.PutDevice(ctx, another, nil)
		return map[string]string{
			first: id, string(d.ETag): string(made.ETag), d.GenerationID: made.GenerationID,
		}, err
	}}
}

// devicesBlocked are blocks of devices that have never registered.
func devicesBlocked() kind {
	return kind{name: "block", resource: "azureiot_dps_device_disallow", block: `
  registration_id = "bench-00000"
`, fill: func(ctx context.Context, c clients, id string) (map[string]string, error) {
		e, err := c.dps.GetIndividualEnrollment(ctx, first)
		if err != nil {
			return nil, err
		}
		model := string(e.ETag)
		e.RegistrationID, e.ETag = id, ""
		e.Attestation = azdps.Attestation{Type: e.Attestation.Type, SymmetricKey: &azdps.SymmetricKey{}}
		made, err := c.dps.PutIndividualEnrollment(ctx, e, nil)
		return map[string]string{first: id, model: string(made.ETag)}, err
	}}
}

// configuration is n blocks of the kind.
func (k kind) configuration(n int) string {
	return blocks(n, k.resource, k.block)
}

func blocks(n int, resource, block string) string {
	text := &strings.Builder{}
	text.WriteString("terraform {\n  required_providers {\n    azureiot = { source = \"azureiot/azureiot\" }\n  }\n}\n")
	for i := range n {
		fmt.Fprintf(text, "resource %q %q {%s}\n", resource, idOf(i), strings.ReplaceAll(block, first, idOf(i)))
	}
	return text.String()
}

// newClients opens the emulator.
func newClients(e *emulator.Emulator) (clients, error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(e.CACertificatePEM())
	options := azrest.Options{}
	options.Transport = azrest.NewHTTPClient(roots)
	dpsAccess, err := sas.ParseConnectionString(e.DPSConnectionString())
	if err != nil {
		return clients{}, err
	}
	hubAccess, err := sas.ParseConnectionString(e.Hubs()[0].ConnectionString())
	if err != nil {
		return clients{}, err
	}
	var c clients
	if c.dps, err = azdps.NewClientFromConnectionString(dpsAccess, &azdps.ClientOptions{Options: options}); err != nil {
		return clients{}, err
	}
	c.hub, err = aziothub.NewClientFromConnectionString(hubAccess, &aziothub.ClientOptions{Options: options})
	return c, err
}

// state is Terraform's, as far as it matters here.
type state struct {
	Version          int             `json:"version"`
	TerraformVersion string          `json:"terraform_version"`
	Serial           int             `json:"serial"`
	Lineage          string          `json:"lineage"`
	Outputs          json.RawMessage `json:"outputs"`
	Resources        []resourceState `json:"resources"`
}

type resourceState struct {
	Mode      string            `json:"mode"`
	Type      string            `json:"type"`
	Name      string            `json:"name"`
	Provider  string            `json:"provider"`
	Instances []json.RawMessage `json:"instances"`
}

// multiply fills the emulator with copies of the object that a state is of, and the state with theirs.
func (k kind) multiply(ctx context.Context, c clients, n int, one state) (state, error) {
	model := one.Resources[0]
	for i := 1; i < n; i++ {
		own, err := k.fill(ctx, c, idOf(i))
		if err != nil {
			return state{}, err
		}
		instance, err := copied(model.Instances[0], own)
		if err != nil {
			return state{}, err
		}
		another := model
		another.Name, another.Instances = idOf(i), []json.RawMessage{instance}
		one.Resources = append(one.Resources, another)
	}
	return one, nil
}

// copied is an instance with what another object has of its own, in its private state too.
func copied(instance json.RawMessage, own map[string]string) (json.RawMessage, error) {
	var members map[string]any
	if err := json.Unmarshal(instance, &members); err != nil {
		return nil, err
	}
	private, err := copiedPrivate(members["private"], own)
	if err != nil {
		return nil, err
	}
	delete(members, "private")
	text, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	text = []byte(replaced(string(text), own))
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	members["private"] = private
	return json.Marshal(members)
}

// copiedPrivate is private state as the framework encodes it: an object of values, each of which is base64, in base64.
func copiedPrivate(encoded any, own map[string]string) ([]byte, error) {
	text, err := json.Marshal(encoded)
	if err != nil {
		return nil, err
	}
	var raw []byte
	if err := json.Unmarshal(text, &raw); err != nil || len(raw) == 0 {
		return nil, err
	}
	var values map[string][]byte
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	for name, value := range values {
		values[name] = []byte(replaced(string(value), own))
	}
	return json.Marshal(values)
}

func replaced(text string, own map[string]string) string {
	for from, to := range own {
		text = strings.ReplaceAll(text, quoted(from), quoted(to))
	}
	return text
}

// quoted is a text as it stands inside a JSON string, at its end or its beginning.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(raw[1 : len(raw)-1])
}
