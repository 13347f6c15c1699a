// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func TestDo_sendsTheCallAsItIs(t *testing.T) {
	t.Parallel()
	p, tr, _ := pipeline(t, ok(`{"name":"n"}`))
	got, err := azrest.Do[thing](t.Context(), p, azrest.Call{
		Method: http.MethodPut, Path: []string{"things", "a"}, Condition: onlyIf("raw"), Body: thing{"n"},
		Header: http.Header{"x-extra": {"1"}},
	})
	if err != nil || got.Name != "n" {
		t.Fatalf("read %v, %v", got, err)
	}
	req := tr.requests[0]
	if req.Method != http.MethodPut || req.URL.String() != "https://h.example/things/a?api-version=2000-01-01" {
		t.Errorf("sent %s %s", req.Method, req.URL)
	}
	for name, want := range map[string]string{
		"If-Match": "raw", "Accept": "application/json", "Content-Type": "application/json", "X-Extra": "1",
	} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if tr.bodies[0] != `{"name":"n"}` {
		t.Errorf("body is %s", tr.bodies[0])
	}
}

func TestDo_escapesEachSegmentOnItsOwn(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"plain-1.2_3":  "/things/plain-1.2_3",
		"a#b?c%d":      "/things/a%23b%3Fc%25d",
		"+,=@;$:":      "/things/+%2C=@%3B$:",
		"!*'()":        "/things/%21%2A%27%28%29",
		"%2F":          "/things/%252F",
		"a/../b":       "/things/a%2F..%2Fb",
		"...":          "/things/...",
		"ümlaut space": "/things/%C3%BCmlaut%20space",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			p, tr, _ := pipeline(t, ok(`{}`))
			call := azrest.Call{Method: http.MethodGet, Path: []string{"things", id}}
			if _, err := azrest.Do[thing](t.Context(), p, call); err != nil {
				t.Fatal(err)
			}
			got := tr.requests[0].URL.EscapedPath()
			if got != want {
				t.Errorf("path is %s, want %s", got, want)
			}
			if back, err := url.PathUnescape(strings.TrimPrefix(got, "/things/")); err != nil || back != id {
				t.Errorf("the server reads %q, %v", back, err)
			}
		})
	}
}

func TestDo_refusesIDsThatPathsCannotCarry(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": "an ID is empty", ".": `the ID "."`, "..": `the ID ".."`} {
		p, tr, _ := pipeline(t, ok(`{}`))
		err := azrest.DoNoContent(t.Context(), p, azrest.Call{Method: http.MethodDelete, Path: []string{"things", id}})
		if err == nil || !strings.Contains(err.Error(), want) || len(tr.requests) != 0 {
			t.Errorf("for %q: %v, %d requests", id, err, len(tr.requests))
		}
	}
}

func TestDo_readsNothingButWholeJSONAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply reply
		want  string
	}{
		"empty":      {ok(""), "the answer is empty"},
		"null":       {ok(" null\n"), "the answer is empty"},
		"HTML":       {ok("<!DOCTYPE html><html>secret</html>"), "the answer is HTML, not JSON"},
		"text":       {ok("Welcome secret"), "the answer is not JSON"},
		"cut":        {ok(`{"name":"secret`), "the answer is not JSON"},
		"two values": {ok(`{}{}`), "the answer is not JSON"},
		"wrong type": {ok(`{"name":123456}`), "it is a JSON number, which does not fit a string"},
		"array":      {ok(`[]`), "it is a JSON array"},
		"redirect":   {reply{status: 302, header: map[string]string{"Location": "https://login"}}, "302 Found"},
		"too large":  {ok(`"` + strings.Repeat("x", azrest.MaxAnswerBytes) + `"`), "larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, c.reply)
			_, err := azrest.Do[thing](t.Context(), p, getThing())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error is %v, want one with %q", err, c.want)
			}
			if e, ok := azrest.AsError(err); !ok || e.Status != c.reply.status {
				t.Errorf("error is %#v", err)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "123456") {
				t.Errorf("the error repeats the body: %v", err)
			}
		})
	}
}

func TestDo_readsPastAByteOrderMark(t *testing.T) {
	t.Parallel()
	p, _, _ := pipeline(t, ok("\xef\xbb\xbf{\"name\":\"n\"}\r\n"))
	if got, err := azrest.Do[thing](t.Context(), p, getThing()); err != nil || got.Name != "n" {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestDo_refusesAnAnswerOfAnotherHost(t *testing.T) {
	t.Parallel()
	tr := transportFunc(func(req *http.Request) (*http.Response, error) {
		followed := req.Clone(req.Context())
		followed.URL.Host = "login.example"
		return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: followed}, nil
	})
	p := azrest.NewPipeline(testService(), "h.example", anonymous{}, options(tr, newClock()))
	_, err := azrest.Do[thing](t.Context(), p, getThing())
	if err == nil || !strings.Contains(err.Error(), "another host, login.example") || azrest.IsNotFound(err) {
		t.Errorf("error is %v", err)
	}
}

func TestDoNoContent_believesNoPage(t *testing.T) {
	t.Parallel()
	p, _, _ := pipeline(t, ok("<html>Sign in, please</html>"))
	err := azrest.DoNoContent(t.Context(), p, azrest.Call{Method: "DELETE", Path: []string{"x"}})
	if err == nil || !strings.Contains(err.Error(), "the answer is HTML, not JSON") || !azrest.MaybeDone(err) {
		t.Errorf("error is %v", err)
	}
}

func TestDoNoContent_takesAnySuccess(t *testing.T) {
	t.Parallel()
	for _, r := range []reply{{status: 204}, {status: 200, body: "{}"}, {status: 202}} {
		p, tr, _ := pipeline(t, r)
		if err := azrest.DoNoContent(t.Context(), p, azrest.Call{Method: "DELETE", Path: []string{"x"}}); err != nil {
			t.Errorf("%d: %v", r.status, err)
		}
		if req := tr.requests[0]; req.Header.Get("Content-Type") != "" || req.Header.Get("If-Match") != "" {
			t.Errorf("sent %v", req.Header)
		}
	}
}

func TestDo_saysThatACallWasNotSentWithoutCredential(t *testing.T) {
	t.Parallel()
	cause := errors.New("no token")
	tr := &transport{replies: []reply{ok(`{}`)}}
	auth := policyFunc(func(*policy.Request) (*http.Response, error) { return nil, cause })
	p := azrest.NewPipeline(testService(), "h.example", auth, options(tr, newClock()))
	_, err := azrest.Do[thing](t.Context(), p, getThing())
	if !azrest.IsUnsent(err) || !errors.Is(err, cause) || azrest.IsTransport(err) || len(tr.requests) != 0 {
		t.Errorf("error is %v", err)
	}
	if want := "Test h.example: GET /things/a was not sent: no token"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestDo_sendsNothingAfterCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, tr, _ := pipeline(t, ok(`{}`))
	_, err := azrest.Do[thing](ctx, p, getThing())
	if !errors.Is(err, context.Canceled) || !azrest.IsUnsent(err) || len(tr.requests) != 0 {
		t.Errorf("error is %v after %d requests", err, len(tr.requests))
	}
}

// transportFunc is a transport that is a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) Do(req *http.Request) (*http.Response, error) { return f(req) }

// Whatever answers, with whatever headers, is a value or an error that can be printed in one line.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "application/json", "", "", "", `{"a":1}`)
	f.Add(200, "text/html", "", "", "", "<html></html>")
	f.Add(403, "text/html; charset=\xff", "7", "Bearer", "a\r\nb", "<html></html>")
	f.Add(429, "", "1e9", "", "", `{"code":{}}`)
	f.Add(503, "application/json", "Fri, 31 Dec 9999 23:59:59 GMT", "", "", `{"code":"`)
	f.Fuzz(func(t *testing.T, status int, kind, after, code, id, body string) {
		p, _, _ := pipeline(t, reply{status: status, body: body, header: map[string]string{
			"Content-Type": kind, "Retry-After": after, "x-code": code, "x-ms-request-id": id, "x-ms-continuation": id,
		}})
		_, err := azrest.Do[thing](t.Context(), p, getThing())
		if err != nil && (err.Error() == "" || strings.ContainsAny(err.Error(), "\r\n\x00\x1b")) {
			t.Errorf("the error is %q", err)
		}
	})
}
