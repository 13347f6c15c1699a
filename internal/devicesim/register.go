// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	deviceAPIVersion = "2021-06-01"
	// defaultPause is what the published device clients wait when the service names no time.
	defaultPause = 2 * time.Second
	// maxTransientTries bounds how often one registration meets a throttled or failing service.
	maxTransientTries = 10
)

// Register asks DPS for an assignment and polls until that is final. An answer that keeps the device out is an
// outcome; the error is for what prevented an answer: no connection, a broken certificate, an ended context.
func (d *Device) Register(ctx context.Context) (Outcome, error) {
	a, err := d.start(ctx)
	if err != nil {
		return Outcome{}, fmt.Errorf("register %q: %w", d.registrationID, err)
	}
	o, err := d.follow(ctx, a)
	if err != nil {
		return Outcome{}, fmt.Errorf("register %q: %w", d.registrationID, err)
	}
	return o, nil
}

// Lookup asks DPS what it remembers about the device, without registering. It needs the device's credential;
// a device that has never registered is refused with 404.
func (d *Device) Lookup(ctx context.Context) (Outcome, error) {
	a, err := d.persist(ctx, func() (answer, error) { return d.call(ctx, http.MethodPost, "", d.request()) })
	if err != nil {
		return Outcome{}, fmt.Errorf("look up %q: %w", d.registrationID, err)
	}
	if a.status != http.StatusOK {
		return a.refusal(), nil
	}
	var r registration
	if err := json.Unmarshal(a.body, &r); err != nil {
		return Outcome{}, fmt.Errorf("look up %q: the answer is not a registration: %w", d.registrationID, err)
	}
	return r.outcome(a.status), nil
}

// start sends the registration request until the service says something about the device.
func (d *Device) start(ctx context.Context) (answer, error) {
	return d.persist(ctx, func() (answer, error) {
		return d.call(ctx, http.MethodPut, "/register", d.request())
	})
}

// follow reads the answer to the registration request, then polls the operation as long as it runs.
func (d *Device) follow(ctx context.Context, a answer) (Outcome, error) {
	operationID := ""
	for {
		if a.status != http.StatusOK && a.status != http.StatusAccepted {
			return a.refusal(), nil
		}
		var op operation
		if err := json.Unmarshal(a.body, &op); err != nil {
			return Outcome{}, fmt.Errorf("the answer is not an operation: %w", err)
		}
		if op.OperationID != "" { // a throttled poll's answer may lack it (recorded)
			operationID = op.OperationID
		}
		if op.Status != "assigning" && op.Status != "unassigned" {
			return d.finish(a.status, op)
		}
		if operationID == "" {
			return Outcome{}, fmt.Errorf("the service is %q, but named no operation to poll", op.Status)
		}
		if err := d.wait(ctx, a.retryAfter(d.now())); err != nil {
			return Outcome{}, err
		}
		var err error
		a, err = d.persist(ctx, func() (answer, error) {
			return d.call(ctx, http.MethodGet, "/operations/"+url.PathEscape(operationID), nil)
		})
		if err != nil {
			return Outcome{}, err
		}
	}
}

func (d *Device) finish(httpStatus int, op operation) (Outcome, error) {
	state := op.RegistrationState
	if state.Status == "" {
		state.Status = op.Status
	}
	if state.TPM != nil && state.TPM.AuthenticationKey != "" && d.credential.tpm != nil {
		key, err := d.credential.tpm.activate(state.TPM.AuthenticationKey)
		if err != nil {
			return Outcome{}, fmt.Errorf("import the hub key: %w", err)
		}
		d.mu.Lock()
		d.hubKey = key
		d.mu.Unlock()
	}
	return state.outcome(httpStatus), nil
}

// persist repeats a request while the service is throttled or failing. Its last answer is returned as it is.
func (d *Device) persist(ctx context.Context, send func() (answer, error)) (answer, error) {
	for try := 1; ; try++ {
		a, err := send()
		if err != nil || !a.transient() || try == maxTransientTries {
			return a, err
		}
		if err := d.wait(ctx, a.retryAfter(d.now())); err != nil {
			return answer{}, err
		}
	}
}

// registrationRequest is the body of register and look-up.
type registrationRequest struct {
	RegistrationID string          `json:"registrationId"`
	TPM            *tpmRequest     `json:"tpm,omitempty"`
	Payload        json.RawMessage `json:"payload,omitempty"`
}

type tpmRequest struct {
	EndorsementKey string `json:"endorsementKey"`
	StorageRootKey string `json:"storageRootKey"`
}

func (d *Device) request() *registrationRequest {
	r := &registrationRequest{RegistrationID: d.registrationID, Payload: d.Payload}
	if t := d.credential.tpm; t != nil {
		r.TPM = &tpmRequest{EndorsementKey: t.EndorsementKey(), StorageRootKey: t.StorageRootKey()}
	}
	return r
}

// call makes one authenticated request about the device's registration.
func (d *Device) call(ctx context.Context, method, below string, body *registrationRequest) (answer, error) {
	if d.credential.err != nil {
		return answer{}, fmt.Errorf("use the %s: %w", d.credential.kind, d.credential.err)
	}
	resource := d.service.IDScope + "/registrations/" + d.registrationID
	target := "https://" + d.service.DPSHostname + "/" + url.PathEscape(d.service.IDScope) + "/registrations/" +
		url.PathEscape(d.registrationID) + below + "?api-version=" + deviceAPIVersion
	send := func(key []byte) (answer, error) {
		authorization := ""
		if key != nil {
			authorization = token(key, resource, registrationKeyName, d.now().Add(tokenLifetime))
		}
		if body == nil { // a nil pointer in the interface would be sent as null
			return d.exchange(ctx, method, target, authorization, nil)
		}
		return d.exchange(ctx, method, target, authorization, body)
	}
	if d.credential.tpm == nil {
		return send(d.credential.key)
	}
	return d.callWithTPM(send, body != nil)
}

// callWithTPM names the module's keys without a token first, activates the challenge that it gets, and calls
// again with a token signed by what that contained. A poll names no keys: it signs with the same key again.
func (d *Device) callWithTPM(send func(key []byte) (answer, error), namesKeys bool) (answer, error) {
	d.mu.Lock()
	key := d.challengeKey
	d.mu.Unlock()
	if !namesKeys {
		return send(key)
	}
	a, err := send(nil)
	blob := a.challenge()
	if err != nil || blob == "" {
		return a, err
	}
	if key, err = d.credential.tpm.activate(blob); err != nil {
		return answer{}, fmt.Errorf("activate the challenge: %w", err)
	}
	d.mu.Lock()
	d.challengeKey = key
	d.mu.Unlock()
	return send(key)
}

func (a answer) refusal() Outcome {
	o := Outcome{Status: Refused, HTTPStatus: a.status}
	if a.transient() {
		o.Status = Unavailable
	}
	o.ErrorCode, o.Message = a.problem()
	return o
}
