// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

//go:embed page.html
var pageText string

// maxRows is the most rows of one table of the page.
const maxRows = 200

// page is what the admin page shows. No secret is in it.
type page struct {
	DPS         dps.Overview
	DPSHost     string
	IDScope     string
	Hubs        []pageHub
	Connections []Connection
	Connected   int
	Journal     []Exchange
	JournalAll  int
	// Live pages load themselves again.
	Live bool
}

type pageHub struct {
	Name, Host string
	hub.Overview
}

func (e *Emulator) page(live bool) page {
	p := page{
		DPS: e.dps.Overview(maxRows), DPSHost: e.DPSHostname(), IDScope: e.IDScope(),
		Live: live,
	}
	p.Connections = e.Connections()
	p.Connected = len(p.Connections)
	p.Connections = p.Connections[:min(maxRows, p.Connected)]
	for _, h := range e.hubs {
		p.Hubs = append(p.Hubs, pageHub{h.Name(), h.Hostname(), h.Overview(maxRows)})
	}
	p.Journal, p.JournalAll = e.gate.journal.latest(maxRows)
	slices.Reverse(p.Journal)
	return p
}

// servePage writes the page, which needs no scripts and loads nothing: "?still" stops it from loading itself again.
func (e *Emulator) servePage(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	t, err := template.New("page").Parse(pageText)
	if err == nil {
		err = t.Execute(&b, e.page(!r.URL.Query().Has("still")))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	_, _ = w.Write(b.Bytes())
}
