// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// webhookCall is the request to the webhook of a custom allocation.
type webhookCall struct {
	url  string
	body webhookBody
}

type webhookBody struct {
	EnrollmentGroup      *entry               `json:"enrollmentGroup,omitempty"`
	IndividualEnrollment *entry               `json:"individualEnrollment,omitempty"`
	DeviceRuntimeContext deviceRuntimeContext `json:"deviceRuntimeContext"`
	LinkedHubs           []string             `json:"linkedHubs"`
}

type deviceRuntimeContext struct {
	RegistrationID        string          `json:"registrationId"`
	CurrentIoTHubHostName string          `json:"currentIotHubHostName,omitempty"`
	CurrentDeviceID       string          `json:"currentDeviceId,omitempty"`
	SymmetricKey          *struct{}       `json:"symmetricKey,omitempty"`
	X509                  *x509Result     `json:"x509,omitempty"`
	TPM                   *struct{}       `json:"tpm,omitempty"`
	Payload               json.RawMessage `json:"payload,omitempty"`
}

// decision is what the webhook said, or how it failed.
type decision struct {
	hub     string
	twin    *initialTwin
	payload json.RawMessage
	failure *wire.Problem
}

// mustAsk says whether the assignment needs the webhook.
func (op *operation) mustAsk() bool {
	e := op.attempt.governing
	return e.AllocationPolicy == "custom" && !e.disabled() && !op.staysPut()
}

// newWebhookCall words the request as documented: no key material, the entity tag not in
// base64, the secret part of the webhook's URL masked.
func (d *Service) newWebhookCall(op *operation) *webhookCall {
	e := op.attempt.governing.view(false)
	call := &webhookCall{url: e.CustomAllocation.WebhookURL}
	masked := *e.CustomAllocation
	if base, _, found := strings.Cut(masked.WebhookURL, "?"); found {
		masked.WebhookURL = base + "?****"
	}
	e.CustomAllocation = &masked
	if plain, err := base64.StdEncoding.DecodeString(e.ETag); err == nil {
		e.ETag = string(plain)
	}
	if e.kind() == kindGroup {
		call.body.EnrollmentGroup = &e
	} else {
		call.body.IndividualEnrollment = &e
	}
	call.body.DeviceRuntimeContext = op.runtimeContext()
	for _, h := range d.candidates(&e) {
		call.body.LinkedHubs = append(call.body.LinkedHubs, h.Hostname())
	}
	return call
}

func (op *operation) runtimeContext() deviceRuntimeContext {
	a := op.attempt
	c := deviceRuntimeContext{RegistrationID: a.registrationID, Payload: a.payload}
	if prior, assigned := op.assigned(); assigned {
		c.CurrentIoTHubHostName, c.CurrentDeviceID = prior.AssignedHub, prior.DeviceID
	}
	switch {
	case a.endorsementKey != "":
		c.TPM = &struct{}{}
	case a.thumbprint != "":
		c.X509 = &x509Result{CertificateInfo: a.info}
	default:
		c.SymmetricKey = &struct{}{}
	}
	return c
}

// ask calls the webhook once. Its hub must be one of those it was offered.
func (d *Service) ask(ctx context.Context, call webhookCall) decision {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, call.url, bytes.NewReader(wire.JSON(call.body)))
	if err != nil {
		return allocationFailure("400")
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := d.webhook.Do(r)
	if err != nil {
		return decision{failure: refused(codeCustomAllocation, "An error occurred while sending the request.")}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return allocationFailure(strconv.Itoa(response.StatusCode))
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxRequestSize))
	var said struct {
		IoTHubHostName string          `json:"iotHubHostName"`
		InitialTwin    *initialTwin    `json:"initialTwin"`
		Payload        json.RawMessage `json:"payload"`
	}
	if err != nil || json.Unmarshal(raw, &said) != nil {
		return allocationFailure("400")
	}
	for _, h := range call.body.LinkedHubs {
		if strings.EqualFold(h, said.IoTHubHostName) {
			return decision{hub: h, twin: said.InitialTwin, payload: said.Payload}
		}
	}
	return allocationFailure("400")
}

// allocationFailure has the recorded wording.
func allocationFailure(status string) decision {
	return decision{failure: refused(codeCustomAllocation, "Custom allocation failed with status code: "+status)}
}
