// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// quickBase is the first wait after a failure that is not a refusal for load.
const quickBase = time.Second

// retries sends a request until its answer is final, the budget is spent or the caller gives up.
type retries struct {
	service Service
	host    string
	options RetryOptions
	now     func() time.Time
	onWait  func(ctx context.Context, w Wait)
	gates   gates
}

func newRetries(s Service, host string, o Options) *retries {
	return &retries{
		service: s, host: host, options: o.Retry.withDefaults(), now: o.Now, onWait: o.OnWait,
		gates: gates{made: map[Bucket]*gate{}},
	}
}

// tries is the history of a call, kept in the request for whoever words its error.
type tries struct {
	count     int
	elapsed   time.Duration
	uncertain bool
}

// TriesOf tells how often a call was sent, and over what time, once it has an outcome.
func TriesOf(req *policy.Request) (count int, elapsed time.Duration) {
	var history tries
	req.OperationValue(&history)
	return history.count, history.elapsed
}

// verdict is what an outcome means for another try.
type verdict int

const (
	final   verdict = iota // the answer stands
	failed                 // no answer or a server error: worth a few tries
	patient                // refused for load or for a while: worth the whole budget
)

// ending is how a call ended, kept in the request: once a context has ended, azcore replaces whatever happened by the
// context's error, and with it the difference between a call that was sent and one that was not.
type ending struct {
	response *http.Response
	err      error
}

// Do sends the request and, where that can help, sends it again.
func (r *retries) Do(req *policy.Request) (*http.Response, error) {
	resp, err := r.send(req)
	req.SetOperationValue(ending{response: resp, err: err})
	return resp, err
}

func (r *retries) send(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	c := r.newCourse(req)
	for {
		if err := c.enter(ctx); err != nil {
			return nil, interrupted(err, c.last)
		}
		resp, err := r.try(req, body)
		c.tried(resp)
		wait, again := c.judge(resp, err)
		if ctx.Err() != nil || !again {
			return outcome(resp, err, c.history)
		}
		c.history.uncertain = c.history.uncertain || mayBeDone(resp, err)
		req.SetOperationValue(c.history)
		c.last = r.asError(req, resp, err)
		if end := c.await(ctx, resp, wait); end != nil {
			return nil, interrupted(end, c.last)
		}
	}
}

// course is a call from its first try to its last.
type course struct {
	*retries

	req  *policy.Request
	gate *gate
	base time.Duration // the first wait after a refusal

	start              time.Time
	slept              time.Duration
	history            tries
	failures, refusals int
	last               error // of the try before
	turn               turn
	pass               pass // of this try
}

func (r *retries) newCourse(req *policy.Request) *course {
	var bucket Bucket
	req.OperationValue(&bucket)
	g := r.gates.of(bucket)
	return &course{
		retries: r, req: req, gate: g, start: r.now(), turn: turn{place: g.placeOf(req.Raw().Context())},
		base: orDefault(r.options.Base, orDefault(bucket.Base, orDefault(r.service.ThrottleBase, quickBase))),
	}
}

// enter waits for the call's turn.
func (c *course) enter(ctx context.Context) error {
	pass, slept, err := c.retries.enter(ctx, c.gate, &c.turn, c.options.Budget-c.history.elapsed)
	c.pass, c.slept = pass, c.slept+slept
	return err
}

// tried notes that the call was sent, and what came of it.
func (c *course) tried(resp *http.Response) {
	c.gate.answered(c.pass, c.now(), resp != nil && !throttled(resp))
	c.history.count++
	c.history.elapsed = max(c.now().Sub(c.start), c.slept) // a clock may be set back
	c.req.SetOperationValue(c.history)
}

// judge tells whether another try is worth while, and after what time.
func (c *course) judge(resp *http.Response, err error) (wait time.Duration, again bool) {
	switch c.retries.judge(resp, err) {
	case final:
		return 0, false
	case failed:
		c.failures++
		wait, again = c.delay(resp, min(quickBase, c.base), c.failures), c.failures < c.options.Tries
	case patient:
		c.refusals++
		wait, again = c.delay(resp, c.base, c.refusals), true
	}
	return wait, again && c.history.elapsed+wait <= c.options.Budget
}

// await waits before the next try. A throttled call does that at the gate, with the others of its bucket.
func (c *course) await(ctx context.Context, resp *http.Response, wait time.Duration) error {
	told := Wait{Reason: reasonOf(resp), Left: wait, Begins: true}
	if resp != nil && throttled(resp) {
		now := c.now()
		c.turn.from, told.Bucket = now.Add(wait), c.gate.bucket.Name
		if c.gate.close(c.pass, now, wait) {
			c.tell(ctx, told, c.gate)
		}
		return nil
	}
	c.tell(ctx, told, nil)
	told.Begins = false
	c.slept += wait
	return c.pause(ctx, told, nil)
}

func throttled(resp *http.Response) bool { return resp.StatusCode == http.StatusTooManyRequests }

// bodyOf reads the request's body, so that each try can have a reader of its own: net/http may still be reading
// from a try's body after that try has failed.
func bodyOf(req *policy.Request) ([]byte, error) {
	if req.Body() == nil {
		return nil, nil
	}
	if err := req.RewindBody(); err != nil {
		return nil, err
	}
	return io.ReadAll(req.Body())
}

func (r *retries) try(req *policy.Request, body []byte) (*http.Response, error) {
	parent := req.Raw().Context()
	ctx, cancel := context.WithTimeout(parent, r.options.TryTimeout)
	defer cancel() // the transport has read the whole body when Next returns
	clone := req.Clone(ctx)
	if body != nil {
		reader := streaming.NopCloser(bytes.NewReader(body))
		if err := clone.SetBody(reader, req.Raw().Header.Get("Content-Type")); err != nil {
			return nil, err
		}
	}
	resp, err := clone.Next()
	if failure, ok := errors.AsType[*TransportError](err); ok {
		switch {
		case parent.Err() != nil:
			failure.Err = parent.Err()
		case errors.Is(failure.Err, context.DeadlineExceeded):
			// The caller's own time is not over, and must not seem to be.
			failure.Err = fmt.Errorf("nothing came within %s", r.options.TryTimeout)
		}
	}
	return resp, err
}

func (r *retries) judge(resp *http.Response, err error) verdict {
	if err != nil {
		if failure, ok := errors.AsType[*TransportError](err); ok && !permanent(failure.Err) {
			return failed
		}
		return final
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return patient
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return failed
	}
	if resp.StatusCode >= 400 && r.fault(resp).Transient {
		return patient
	}
	return final
}

// fault reads an answer's body and leaves it to be read again.
func (r *retries) fault(resp *http.Response) Fault {
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return Fault{}
	}
	return readFault(r.service, resp, body)
}

// outcome hands on what a call ended in.
func outcome(resp *http.Response, err error, history tries) (*http.Response, error) {
	if failure, ok := errors.AsType[*TransportError](err); ok {
		failure.Tries, failure.Elapsed, failure.Uncertain = history.count, history.elapsed, history.uncertain
	}
	return resp, err
}

// mayBeDone says that the service may have carried out a try that has to be repeated.
func mayBeDone(resp *http.Response, err error) bool {
	if failure, ok := errors.AsType[*TransportError](err); ok {
		return !failure.NotSent
	}
	return resp != nil && (resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout)
}

// asError returns the outcome of a try as the error it would have been as the last one.
func (r *retries) asError(req *policy.Request, resp *http.Response, err error) error {
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return newError(r.service, req, resp, readFault(r.service, resp, body))
}

// interrupted is the error of a call that was not tried again because of end; last is the outcome of its last try, nil
// before the first.
func interrupted(end, last error) error {
	if last == nil {
		return end
	}
	return &interruptedError{end: end, last: last}
}

// interruptedError is a call whose time ended while it waited for its next try.
type interruptedError struct {
	end  error // the context's
	last error // of the try before
}

// Error returns both halves.
func (e *interruptedError) Error() string {
	return e.last.Error() + " (" + e.end.Error() + " while waiting to try again)"
}

// Unwrap returns both halves, so that the cancellation and the refusal can both be recognised.
func (e *interruptedError) Unwrap() []error { return []error{e.end, e.last} }
