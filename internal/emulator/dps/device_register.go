// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package dps

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/caller"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// deviceRequest is a request of the device API, taken apart.
type deviceRequest struct {
	*http.Request
	id        string
	operation string
	resource  string
	body      registrationBody
}

// registrationBody is what a device may send; everything is optional here, because polls come
// with {} and lookups with nothing.
type registrationBody struct {
	RegistrationID string          `json:"registrationId"`
	TPM            *tpmAttestation `json:"tpm"`
	Payload        json.RawMessage `json:"payload"`
}

// operationStatus answers register and polls.
type operationStatus struct {
	OperationID       string        `json:"operationId"`
	Status            string        `json:"status"`
	RegistrationState *deviceResult `json:"registrationState,omitempty"`
}

// deviceResult is a registration as the device sees it: the record of the service side
// behind what its attestation adds.
type deviceResult struct {
	TPM          *tpmResult          `json:"tpm,omitempty"`
	X509         *x509Result         `json:"x509,omitempty"`
	SymmetricKey *symmetricKeyResult `json:"symmetricKey,omitempty"`
	registrationState
}

type tpmResult struct {
	AuthenticationKey string `json:"authenticationKey"`
}

type x509Result struct {
	CertificateInfo   *certificateInfo `json:"certificateInfo,omitempty"`
	EnrollmentGroupID string           `json:"enrollmentGroupId,omitempty"`
}

type symmetricKeyResult struct {
	EnrollmentGroupID string `json:"enrollmentGroupId,omitempty"`
}

// answerDevice serves /{idScope}/registrations/{id} and what is below it.
func (d *Service) answerDevice(
	routes wire.Routes[deviceHandler], r *http.Request,
) (*wire.Reply, *wire.Problem) {
	run, q, p := caller.Admit(&d.front, routes, r)
	if p == nil {
		p = checkMediaType(q)
	}
	if p != nil {
		return nil, p
	}
	if !strings.EqualFold(q.IDs[0], d.idScope) {
		return nil, unauthorized("Unauthorized")
	}
	request := deviceRequest{
		Request: r, id: q.IDs[1], operation: append(q.IDs, "")[2], resource: d.idScope + "/registrations/" + q.IDs[1],
	}
	if len(q.Content) > 0 {
		if err := json.Unmarshal(q.Content, &request.body); err != nil {
			return nil, invalid("The request body is not a valid DeviceRegistration object.")
		}
	}
	if given := request.body.RegistrationID; given != "" && !strings.EqualFold(given, request.id) {
		return nil, invalid("The registration ID in the body differs from the one in the path.")
	}
	return run(d, request)
}

// register begins an assignment. The answer says "assigning" even when the assignment
// is over already, as the service's does: the device learns the end from a poll.
func (d *Service) register(r deviceRequest) (*wire.Reply, *wire.Problem) {
	if !idPattern.MatchString(r.id) {
		return nil, invalid("The registration ID is not valid.")
	}
	op, p := d.begin(r)
	if p != nil {
		return nil, p
	}
	if op.webhook != nil {
		decision := d.ask(r.Context(), *op.webhook)
		d.mu.Lock()
		op.decision, op.webhook = decision, nil
		d.mu.Unlock()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settle(op)
	return d.retryLater(r, http.StatusAccepted, operationStatus{OperationID: op.id, Status: statusAssigning}), nil
}

// begin authenticates the device and notes its attempt. A second attempt while one is
// running is refused (live tests of the C# SDK meet that 409).
func (d *Service) begin(r deviceRequest) (*operation, *wire.Problem) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, p := d.identify(r)
	if p != nil {
		return nil, p
	}
	d.lookAt(r.id)
	if running := d.operations[strings.ToLower(r.id)]; running != nil && running.final == nil {
		return nil, refused(
			kindRegistration.code(http.StatusConflict), "A registration of this device is in progress.")
	}
	op := d.newOperation(a)
	d.operations[strings.ToLower(r.id)] = op
	if op.mustAsk() {
		op.webhook = d.newWebhookCall(op)
	}
	if op.webhook != nil || !d.ready(op) {
		d.markAssigning(op)
	}
	return op, nil
}

// retryLater answers while an operation runs. The Location was seen to be that of the register
// call, though what is to be asked next is the operation (azure-docs,
// iot-dps-https-sym-key-support); the public specification has it on polls too.
func (d *Service) retryLater(r deviceRequest, status int, running operationStatus) *wire.Reply {
	registration := strings.SplitN(r.URL.EscapedPath(), "/", 5)[:4]
	reply := wire.Answer(status, running)
	reply.Header.Set("Retry-After", strconv.Itoa(int(d.retryAfter/time.Second)))
	reply.Header.Set("Location", "https://"+r.Host+strings.Join(registration, "/")+"/register")
	return reply
}

// poll tells a device how its latest attempt stands. The device proves itself again,
// by what it proved itself with when it registered.
func (d *Service) poll(r deviceRequest) (*wire.Reply, *wire.Problem) {
	d.mu.Lock()
	defer d.mu.Unlock()
	op := d.operations[strings.ToLower(r.id)]
	if op == nil || op.id != r.operation {
		return nil, notFound(kindRegistration)
	}
	if !d.proves(r, op.attempt.proof) && !d.answersChallenge(r, op) {
		if op.attempt.endorsementKey != "" && r.Header.Get("Authorization") == "" {
			return nil, d.challengeHolder(r.id, op.attempt.endorsementKey)
		}
		return nil, unauthorized("Unauthorized")
	}
	if wait := d.front.Limit(BucketPolls.Of(r.id)); wait > 0 {
		return nil, d.front.Words.Throttled(wait)
	}
	d.lookAt(r.id)
	if op.final != nil {
		return wire.OK(operationStatus{OperationID: op.id, Status: op.final.Status, RegistrationState: op.final}), nil
	}
	running := operationStatus{OperationID: op.id, Status: statusAssigning, RegistrationState: &deviceResult{
		registrationState: registrationState{RegistrationID: op.attempt.registrationID, Status: statusAssigning},
	}}
	status := http.StatusAccepted
	if d.choices.RunningPollIs200 {
		status = http.StatusOK
	}
	return d.retryLater(r, status, running), nil
}

// lookUp answers the device's question about its record.
func (d *Service) lookUp(r deviceRequest) (*wire.Reply, *wire.Problem) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, p := d.identify(r)
	if p != nil {
		return nil, p
	}
	rec, found := d.records.get(r.id)
	if !found {
		return nil, notFound(kindRegistration)
	}
	result := d.newResult(a)
	result.registrationState = rec.registrationState
	return wire.OK(result), nil
}
