// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package writes_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/writes"
)

func said(status int) *azrest.Error {
	return &azrest.Error{Status: status, Code: fmt.Sprint(status) + "001"}
}

func uncertain(status int) *azrest.Error {
	err := said(status)
	err.Uncertain = true
	return err
}

var errSilent = errors.New("the object cannot be read")

// what can be found by the read after a write that failed.
var found = map[string]func() (*string, error){
	"ours":       func() (*string, error) { return new("sent"), nil },
	"another's":  func() (*string, error) { return new("another's"), nil },
	"nothing":    func() (*string, error) { return nil, nil },
	"unreadable": func() (*string, error) { return nil, errSilent },
}

// Each failure of a write is judged by what is found afterwards; one that leaves no doubt is judged without a look.
func TestPut_saysWhatBecameOfTheWrite(t *testing.T) {
	t.Parallel()
	const done, overtaken, refused, unknown = writes.Done, writes.Overtaken, writes.Refused, writes.Unknown
	// The order of the outcomes: ours, another's, nothing, unreadable.
	order := []string{"ours", "another's", "nothing", "unreadable"}
	certain := []writes.Outcome{refused, refused, refused, refused}
	lost := []writes.Outcome{done, overtaken, overtaken, refused}
	maybe := []writes.Outcome{done, refused, refused, unknown}
	both := []writes.Outcome{done, overtaken, overtaken, unknown}
	for name, test := range map[string]struct {
		failure error
		want    []writes.Outcome
	}{
		"400":                             {said(http.StatusBadRequest), certain},
		"401":                             {said(http.StatusUnauthorized), certain},
		"403":                             {said(http.StatusForbidden), certain},
		"429":                             {said(http.StatusTooManyRequests), certain},
		"never sent":                      {&azrest.UnsentError{Err: errSilent}, certain},
		"no connection":                   {&azrest.TransportError{NotSent: true, Err: errSilent}, certain},
		"404":                             {said(http.StatusNotFound), lost},
		"409":                             {said(http.StatusConflict), lost},
		"412":                             {said(http.StatusPreconditionFailed), lost},
		"409 after a lost answer":         {uncertain(http.StatusConflict), both},
		"412 after a lost answer":         {uncertain(http.StatusPreconditionFailed), both},
		"401 after a lost answer":         {uncertain(http.StatusUnauthorized), maybe},
		"no connection after lost answer": {&azrest.TransportError{NotSent: true, Uncertain: true, Err: errSilent}, maybe},
		"500":                             {said(http.StatusInternalServerError), maybe},
		"200 that cannot be read":         {said(http.StatusOK), maybe},
		"302":                             {said(http.StatusFound), maybe},
		"no answer":                       {&azrest.TransportError{Err: errSilent}, maybe},
		"cancelled":                       {context.Canceled, maybe},
	} {
		for i, thing := range order {
			t.Run(name+"/"+thing, func(t *testing.T) {
				t.Parallel()
				result := writes.Put(func() (string, error) { return "", test.failure }, found[thing],
					func(now string) bool { return now == "sent" })
				if result.Outcome != test.want[i] {
					t.Errorf("the outcome should be %d, not %d", test.want[i], result.Outcome)
				}
				byOthers := result.Outcome == writes.Done && !azrest.MaybeDone(test.failure)
				if result.ByOthers != byOthers {
					t.Errorf("that it was somebody else should be %t", byOthers)
				}
				if (result.Outcome == writes.Done) != (result.Err == nil) {
					t.Errorf("the outcome is %d, the error %v", result.Outcome, result.Err)
				}
				if result.Err != nil && !errors.Is(result.Err, test.failure) {
					t.Errorf("the error should be the write's own, not %v", result.Err)
				}
			})
		}
	}
}

func TestPut_readsNothingWhenTheAnswerLeavesNoDoubt(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"carried out": nil, "refused": said(http.StatusForbidden)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := writes.Put(func() (string, error) { return "answer", failure }, func() (*string, error) {
				t.Error("nothing should be read")
				return nil, nil
			}, func(string) bool { return true })
			if failure == nil && (result.Outcome != writes.Done || *result.Now != "answer") {
				t.Errorf("the answer should be what is there now: %+v", result)
			}
		})
	}
}

func TestRemove_saysWhatBecameOfTheDelete(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failure error
		found   string
		want    writes.Outcome
	}{
		"carried out":                    {nil, "unreadable", writes.Done},
		"gone already":                   {said(http.StatusNotFound), "unreadable", writes.Done},
		"answer lost, and gone":          {&azrest.TransportError{Err: errSilent}, "nothing", writes.Done},
		"answer lost, and still there":   {&azrest.TransportError{Err: errSilent}, "another's", writes.Refused},
		"answer lost, and then silence":  {&azrest.TransportError{Err: errSilent}, "unreadable", writes.Unknown},
		"changed by somebody":            {said(http.StatusPreconditionFailed), "another's", writes.Overtaken},
		"changed, then gone":             {said(http.StatusPreconditionFailed), "nothing", writes.Done},
		"refused":                        {said(http.StatusForbidden), "nothing", writes.Refused},
		"changed by somebody, unread":    {said(http.StatusPreconditionFailed), "unreadable", writes.Refused},
		"lost, then changed, then quiet": {uncertain(http.StatusPreconditionFailed), "unreadable", writes.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := writes.Remove(func() error { return test.failure }, found[test.found]).Outcome; got != test.want {
				t.Errorf("the outcome should be %d, not %d", test.want, got)
			}
		})
	}
}
