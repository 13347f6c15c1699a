// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func onlyIf(etag azcore.ETag) *azrest.WriteOptions {
	return &azrest.WriteOptions{OnlyIfUnchanged: &etag}
}

func TestCondition_isSentInTheServicesForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		condition    *azrest.WriteOptions
		bare, quoted string
	}{
		{nil, "", ""},
		{&azrest.WriteOptions{}, "", ""},
		{onlyIf("e"), "e", `"e"`},
		{onlyIf(`"e"`), `"e"`, `"e"`},
		{onlyIf(azcore.ETagAny), "*", `"*"`},
	} {
		for _, quotes := range []bool{false, true} {
			want := c.bare
			if quotes {
				want = c.quoted
			}
			tr := &transport{replies: []reply{status(http.StatusNoContent)}}
			service := testService()
			service.QuotedETags = quotes
			p := azrest.NewPipeline(service, "h.example", anonymous{}, options(tr, newClock()))
			call := azrest.Call{Method: http.MethodDelete, Path: []string{"a"}, Condition: c.condition}
			if err := azrest.DoNoContent(t.Context(), p, call); err != nil {
				t.Fatal(err)
			}
			if got := tr.requests[0].Header.Get("If-Match"); got != want {
				t.Errorf("with quotes %v: sent %s, want %s", quotes, got, want)
			}
		}
	}
}

func TestCondition_withAnEmptyETagIsNotSent(t *testing.T) {
	t.Parallel()
	for _, etag := range []azcore.ETag{"", `""`} {
		p, tr, _ := pipeline(t, status(http.StatusNoContent))
		call := azrest.Call{Method: http.MethodDelete, Path: []string{"a"}, Condition: onlyIf(etag)}
		err := azrest.DoNoContent(t.Context(), p, call)
		if err == nil || !strings.Contains(err.Error(), "the ETag is empty") || len(tr.requests) != 0 {
			t.Errorf("error is %v after %d requests", err, len(tr.requests))
		}
	}
}
