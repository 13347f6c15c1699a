// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package hub

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// Limits of direct methods (azure-docs, iot-hub-devguide-direct-methods).
const (
	maxMethodFrame   = 4 << 10 // What stands around a payload of 128 KB.
	methodTimeout    = 30 * time.Second
	minMethodTimeout = 5 * time.Second
	maxMethodTimeout = 300 * time.Second
	methodNotOnline  = "The operation failed because the requested device isn't online or hasn't registered the " +
		"direct method callback. To learn more, see https://aka.ms/iothub404103"
	methodTimedOut = "Timed out waiting for the response from device. To learn more, see https://aka.ms/iothub504101"
)

// methodRequest asks for a direct method.
type methodRequest struct {
	MethodName      string          `json:"methodName"`
	Payload         json.RawMessage `json:"payload"`
	ResponseTimeout *int            `json:"responseTimeoutInSeconds"`
	ConnectTimeout  *int            `json:"connectTimeoutInSeconds"`
}

// methodCalls are the direct methods that wait for an answer.
type methodCalls struct {
	after func(time.Duration) <-chan time.Time

	mu      sync.Mutex
	last    int
	waiting map[string]*methodCall
	// news is closed when a device listens that did not before.
	news chan struct{}
}

type methodCall struct {
	asked  *identity
	answer chan methodAnswer
}

// methodAnswer is what the device says.
type methodAnswer struct {
	Status  int             `json:"status"`
	Payload json.RawMessage `json:"payload"`
}

func (c *methodCalls) open(asked *identity) (id string, call *methodCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	id, call = strconv.Itoa(c.last), &methodCall{asked: asked, answer: make(chan methodAnswer, 1)}
	c.waiting[id] = call
	return id, call
}

// close takes a call out, which is nil when nobody waits.
func (c *methodCalls) close(id string, asked *identity) *methodCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	call := c.waiting[id]
	if call == nil || call.asked != asked {
		return nil
	}
	delete(c.waiting, id)
	return call
}

func (c *methodCalls) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.news)
	c.news = make(chan struct{})
}

func (c *methodCalls) told() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.news
}

// invoke answers POST /twins/{id}/methods: it asks the device and waits for what it says. A device that is not there,
// or does not listen, is waited for as long as the call says.
func (h *Hub) invoke(q *call) (*wire.Reply, *wire.Problem) {
	var body methodRequest
	if json.Unmarshal(q.Content, &body) != nil || body.MethodName == "" {
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	}
	respond, ok := seconds(body.ResponseTimeout, methodTimeout, minMethodTimeout)
	patience, fits := seconds(body.ConnectTimeout, 0, 0)
	if !ok || !fits {
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	}
	h.mu.RLock()
	i, _, p := h.findTwin(q)
	h.mu.RUnlock()
	if p != nil {
		return nil, p
	}
	id, call := h.calls.open(i)
	defer h.calls.close(id, i)
	if !h.ask(q, i, id, body, patience) {
		return nil, &wire.Problem{Code: codeDeviceNotOnline, Text: methodNotOnline, Envelope: wire.Nested}
	}
	select {
	case answer := <-call.answer:
		return wire.OK(answer), nil
	case <-h.calls.after(respond):
	case <-q.Context().Done():
	}
	return nil, &wire.Problem{Code: codeGatewayTimeout, Text: methodTimedOut, Envelope: wire.Nested}
}

// seconds reads a time to wait.
func seconds(given *int, otherwise, least time.Duration) (d time.Duration, fits bool) {
	if given == nil {
		return otherwise, true
	}
	d = time.Duration(*given) * time.Second
	return d, d >= least && d <= maxMethodTimeout
}

// ask reaches the device, now or within the patience.
func (h *Hub) ask(q *call, i *identity, id string, m methodRequest, patience time.Duration) bool {
	var over <-chan time.Time
	for {
		news := h.calls.told()
		h.mu.RLock()
		reached := i.line != nil && i.line.Invoke(id, m.MethodName, m.Payload)
		h.mu.RUnlock()
		if reached || patience == 0 {
			return reached
		}
		if over == nil {
			over = h.calls.after(patience)
		}
		select {
		case <-news:
		case <-over:
			return false
		case <-q.Context().Done():
			return false
		}
	}
}

// answerMethod takes what a device says to a direct method. Nobody may wait any more.
func (h *Hub) answerMethod(q *call) (*wire.Reply, *wire.Problem) {
	answer := methodAnswer{Payload: q.Content}
	var err error
	if answer.Status, err = strconv.Atoi(q.URL.Query().Get("status")); err != nil {
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	}
	if len(q.Content) > 0 && !json.Valid(q.Content) {
		return nil, problemf(codeArgumentInvalid, "BadRequest")
	}
	if len(q.Content) == 0 {
		answer.Payload = json.RawMessage("null")
	}
	p := h.connect(q, func(i *identity) {
		if call := h.calls.close(q.thingID, i); call != nil {
			call.answer <- answer
		}
	})
	if p != nil {
		return nil, p
	}
	return &wire.Reply{Status: http.StatusNoContent}, nil
}
