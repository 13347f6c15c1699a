// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

func page(body, next string) reply {
	return reply{
		status: 200, body: body, header: map[string]string{"x-ms-continuation": next, "x-ms-item-type": "Thing"},
	}
}

func listThings() azrest.Call {
	return azrest.Call{Method: http.MethodPost, Path: []string{"things", "query"}, Body: thing{"q"}}
}

func TestPager_readsToTheEndThroughEmptyPages(t *testing.T) {
	t.Parallel()
	p, tr, _ := pipeline(t, page(`[{"name":"a"},{"name":"b"}]`, "t1"), page(`[]`, "t2"), page(`[{"name":"c"}]`, ""))
	pager := azrest.NewPager[thing](p, listThings(), &azrest.ListOptions{PageSize: 2})
	var names []string
	for pager.More() {
		got, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.ItemType != "Thing" {
			t.Errorf("items are %q", got.ItemType)
		}
		for _, item := range got.Items {
			names = append(names, item.Name)
		}
	}
	if !slices.Equal(names, []string{"a", "b", "c"}) {
		t.Errorf("read %v", names)
	}
	for i, want := range []string{"", "t1", "t2"} {
		req := tr.requests[i]
		if req.Header.Get("x-ms-continuation") != want || req.Header.Get("x-ms-max-item-count") != "2" ||
			tr.bodies[i] != `{"name":"q"}` {
			t.Errorf("request %d: %v %s", i, req.Header, tr.bodies[i])
		}
	}
}

func TestPager_asksForPagesOfAHundred(t *testing.T) {
	t.Parallel()
	p, tr, _ := pipeline(t, page(`[]`, ""))
	if _, err := azrest.NewPager[thing](p, listThings(), nil).NextPage(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tr.requests[0].Header.Get("x-ms-max-item-count"); got != "100" {
		t.Errorf("asked for %s", got)
	}
}

func TestPager_endsWhereTheServiceDoesNot(t *testing.T) {
	t.Parallel()
	p, _, _ := pipeline(t, page(`[]`, "same"))
	pager := azrest.NewPager[thing](p, listThings(), nil)
	if _, err := pager.NextPage(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := pager.NextPage(t.Context()); err == nil || !strings.Contains(err.Error(), "the list does not end") {
		t.Errorf("error is %v", err)
	}
}

func TestPager_failsLikeAnyCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reply reply
		want  string
	}{
		"refused":        {status(403), "403 Forbidden"},
		"HTML":           {ok("<html>"), "the answer is HTML"},
		"no list":        {ok(`{"name":"a"}`), "it is a JSON object"},
		"unreadable":     {ok(`[{"name":["a"]}]`), "it is a JSON array"},
		"nothing at all": {ok(``), "the answer is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, _ := pipeline(t, c.reply)
			_, err := azrest.NewPager[thing](p, listThings(), nil).NextPage(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}
