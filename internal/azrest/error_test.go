// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func TestError_isOneLineWithEverythingForSupport(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*azrest.Error{
		"DPS h: GET /e/a: 404 Not Found, code 404201: Enrollment not found. (tracking ID t)": {
			Service: "DPS", Host: "h", Method: "GET", Path: "/e/a", Status: 404, Code: "404201",
			Message: "Enrollment not found.", TrackingID: "t", RequestID: "r", Tries: 1,
		},
		"IoT Hub h: PUT /d: 429 Too Many Requests (request ID r), after 22 tries in 19m10s": {
			Service: "IoT Hub", Host: "h", Method: "PUT", Path: "/d", Status: 429, RequestID: "r",
			Tries: 22, Elapsed: 19*time.Minute + 10*time.Second + time.Millisecond,
		},
		"DPS h: GET /x: 499": {Service: "DPS", Host: "h", Method: "GET", Path: "/x", Status: 499},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestPredicates_recogniseWrappedErrorsAndNothingElse(t *testing.T) {
	t.Parallel()
	predicates := map[int]func(error) bool{
		404: azrest.IsNotFound, 409: azrest.IsConflict, 412: azrest.IsPreconditionFailed, 401: azrest.IsUnauthorized,
		403: azrest.IsForbidden, 429: azrest.IsThrottled, 413: azrest.IsTooLarge,
	}
	for status, is := range predicates {
		if is(nil) || is(errors.New("404")) || is(&azrest.TransportError{}) {
			t.Errorf("%d is seen in other errors", status)
		}
		for other := range predicates {
			err := fmt.Errorf("while reading: %w", &azrest.Error{Status: other})
			if is(err) != (other == status) {
				t.Errorf("%d in %d: %v", status, other, is(err))
			}
		}
	}
}

func TestError_carriesWhatTheAnswerSays(t *testing.T) {
	t.Parallel()
	p, _, _ := pipeline(t, reply{
		status: 409, header: map[string]string{"x-ms-request-id": "r"},
		body: `{"code":"c\n1","message":"line 1\r\n\tline 2 SharedAccessKey=abc","tracking":"t"}`,
	})
	_, err := azrest.Do[thing](t.Context(), p, azrest.Call{Method: http.MethodPut, Path: []string{"a b"}})
	e, ok := azrest.AsError(err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	want := azrest.Error{
		Service: "Test", Host: "h.example", Method: "PUT", Path: "/a%20b", Status: 409, Code: "c 1",
		Message: "line 1 line 2 SharedAccessKey=[redacted]", TrackingID: "t", RequestID: "r", Tries: 1,
	}
	if *e != want {
		t.Errorf("error is %#v", *e)
	}
}

func TestIsNotFound_isTheServicesWordOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply reply
		want  bool
	}{
		"the service":         {reply{status: 404, body: `{"code":"gone","message":"m"}`}, true},
		"the service's head":  {reply{status: 404, header: map[string]string{"x-code": "gone"}, body: "-"}, true},
		"the head alone":      {reply{status: 404, header: map[string]string{"x-code": "gone"}}, true},
		"another code":        {status(404), false},
		"another head":        {reply{status: 404, header: map[string]string{"x-code": "c"}}, false},
		"nobody":              {reply{status: 404}, false},
		"a proxy":             {reply{status: 404, body: "<html>No such page</html>"}, false},
		"another service":     {reply{status: 404, body: `{"error":"no route"}`}, false},
		"an array":            {reply{status: 404, body: `[]`}, false},
		"a failing over hub":  {reply{status: 404, body: `{"code":"f","transient":true}`}, false},
		"a success in truth":  {ok(`{}`), false},
		"another refusal too": {reply{status: 400, body: `{"code":"gone"}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, c.reply)
			if _, err := azrest.Do[thing](t.Context(), p, getThing()); azrest.IsNotFound(err) != c.want {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestError_ofA404WithoutTheServicesCodeSaysSo(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", `{"error":"no route"}`, "[]"} {
		p, _, _ := pipeline(t, reply{status: 404, body: body})
		_, err := azrest.Do[thing](t.Context(), p, getThing())
		if err == nil || !strings.Contains(err.Error(), "does not have the service's code: does a proxy") {
			t.Errorf("%q: error is %v", body, err)
		}
	}
}

func TestError_ofAProxySaysSo(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"<html><body>Blocked: key=secret</body></html>": "the answer is HTML, not JSON: does a proxy",
		"Blocked: key=secret":                           "the answer is not JSON: does a proxy",
	} {
		p, _, _ := pipeline(t, reply{status: 403, body: body})
		_, err := azrest.Do[thing](t.Context(), p, getThing())
		if !azrest.IsForbidden(err) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestTransportError_saysWhyNoAnswerCame(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*azrest.TransportError{
		"no answer: the operation's time is over": {Err: context.DeadlineExceeded},
		"no answer: the operation was cancelled":  {Err: fmt.Errorf("x: %w", context.Canceled)},
		"no answer: the reason is not known":      {},
		"no answer: line 1 line 2, after 3 tries in 2s": {
			Err: errors.New("line 1\nline 2"), Tries: 3, Elapsed: 2 * time.Second,
		},
		"no answer: refused with SharedAccessKey=[redacted]": {Err: errors.New("refused with SharedAccessKey=abc")},
	} {
		e.Service, e.Host, e.Method, e.Path = "DPS", "h", "PUT", "/x"
		if got := e.Error(); got != "DPS h: PUT /x: "+want {
			t.Errorf("got  %s\nwant DPS h: PUT /x: %s", got, want)
		}
	}
}

func TestIfFound_isNilWithoutAnErrorForWhatTheServiceDoesNotHave(t *testing.T) {
	t.Parallel()
	if got, err := azrest.IfFound("object", nil); err != nil || got == nil || *got != "object" {
		t.Errorf("what is there: %v, %v", got, err)
	}
	if got, err := azrest.IfFound("", &azrest.Error{Status: http.StatusNotFound}); got != nil || err != nil {
		t.Errorf("what is not there: %v, %v", got, err)
	}
	for _, failure := range []error{&azrest.Error{Status: http.StatusForbidden}, errors.New("no answer")} {
		if got, err := azrest.IfFound("", failure); got != nil || !errors.Is(err, failure) {
			t.Errorf("what cannot be read: %v, %v", got, err)
		}
	}
}
