// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import (
	"context"
	"net/http"
	"strconv"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// ListOptions says how a list is read.
type ListOptions struct {
	// PageSize is the number of items asked for in one page; zero or less means DefaultPageSize.
	PageSize int
}

// DefaultPageSize is the number of items asked for in one page. Both services serve about a hundred of their own
// accord, and an IoT hub serves no more.
const DefaultPageSize = 100

// Headers of paging, the same in both services.
const (
	headerPageSize     = "x-ms-max-item-count"
	headerContinuation = "x-ms-continuation"
	headerItemType     = "x-ms-item-type"
)

// Page is one page of a list. A page may be empty and still not be the last.
type Page[T any] struct {
	// Items are the page's items, in the service's order, which is not sorted.
	Items []T
	// ItemType is what the service calls the items, such as "Twin"; empty when it does not say.
	ItemType string

	asked, next string // continuations: the one that led here, and the one that leads on
}

// NewPager returns a pager that sends c for each page. o may be nil.
func NewPager[T any](p *Pipeline, c Call, o *ListOptions) *runtime.Pager[Page[T]] {
	pageSize := DefaultPageSize
	if o != nil && o.PageSize > 0 {
		pageSize = o.PageSize
	}
	return runtime.NewPager(runtime.PagingHandler[Page[T]]{
		More: func(page Page[T]) bool { return page.next != "" },
		Fetcher: func(ctx context.Context, before *Page[T]) (Page[T], error) {
			call := c
			call.Header = http.Header{}
			call.Header.Set(headerPageSize, strconv.Itoa(pageSize))
			page := Page[T]{}
			if before != nil {
				page.asked = before.next
				call.Header.Set(headerContinuation, before.next)
			}
			return fetch(ctx, p, call, page)
		},
	})
}

func fetch[T any](ctx context.Context, p *Pipeline, c Call, page Page[T]) (Page[T], error) {
	req, resp, body, err := p.send(ctx, c)
	if err != nil {
		return page, err
	}
	if err := decode(body, &page.Items); err != nil {
		return page, newError(p.service, req, resp, Fault{Message: err.Error()})
	}
	page.ItemType = resp.Header.Get(headerItemType)
	page.next = resp.Header.Get(headerContinuation)
	if page.next != "" && page.next == page.asked {
		return page, newError(p.service, req, resp, Fault{Message: "the list does not end: the answer to a " +
			"continuation asks to continue with the same one"})
	}
	return page, nil
}
