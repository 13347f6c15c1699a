// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/wire"
)

// maxAdminRequest is the most that the admin listener reads.
const maxAdminRequest = 96 << 10

// adminFault is a Fault in the admin listener's JSON.
type adminFault struct {
	Host    string            `json:"host"`
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	DelayMS int               `json:"delay_ms"`
	Cut     string            `json:"cut"`
	Times   int               `json:"times"`
	Skip    int               `json:"skip"`
}

// adminHandler serves the test controls over plain HTTP:
//
//	GET /                   a page that shows the world and what is asked of it
//	GET, DELETE /journal    the exchanges, in order
//	POST, DELETE /faults    one more fault; none any more
//	POST /throttles         all limits at once; what is left out is not limited
//	POST /latency           {"ms": n}
//	POST /assigning-polls   {"polls": n}
//	POST /messages          {"hub": h, "device_id": d, "body": b}: a message to a device, with any of "message_id"
//	                        and "properties", which services send over AMQP
//	POST /applications      {"client_id": c}: may get tokens, with any of "client_secret",
//	                        "certificate_pem" and "subject" of federated tokens
//	POST /identities        {"client_id": c}: a managed identity of the machine
//	POST /federated-tokens  {"subject": s}: a pipeline's token, as text
//	POST /roles             {"principal": c, "role": r}: grants a role to a client ID
//	GET /dump               the world as a seed, with every key
//	POST /reset             the world as it was at the start; no faults, latency or journal any more
//
// It answers requests to names of its own only.
func (e *Emulator) adminHandler(answersTo func(hostport string) bool) http.Handler {
	mux := http.NewServeMux()
	e.controlTraffic(mux)
	e.controlAuthority(mux)
	e.controlWorld(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answersTo(r.Host) {
			http.Error(w, "the admin listener does not answer to this name", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// controlTraffic adds what is done to requests.
func (e *Emulator) controlTraffic(mux *http.ServeMux) {
	mux.HandleFunc("GET /journal", func(w http.ResponseWriter, _ *http.Request) {
		wire.WriteJSON(w, http.StatusOK, e.Journal())
	})
	mux.HandleFunc("DELETE /journal", clearing(e.ClearJournal))
	mux.HandleFunc("POST /faults", control(func(f adminFault) error {
		fault, err := f.fault()
		if err == nil {
			e.AddFault(fault)
		}
		return err
	}))
	mux.HandleFunc("DELETE /faults", clearing(e.ClearFaults))
	mux.HandleFunc("POST /throttles", control(func(t Throttles) error {
		e.SetThrottles(t)
		return nil
	}))
	mux.HandleFunc("POST /latency", control(func(l struct{ MS int }) error {
		e.SetLatency(time.Duration(l.MS) * time.Millisecond)
		return nil
	}))
	mux.HandleFunc("POST /assigning-polls", control(func(a struct{ Polls int }) error {
		e.SetAssigningPolls(a.Polls)
		return nil
	}))
}

func clearing(forget func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		forget()
		w.WriteHeader(http.StatusNoContent)
	}
}

// control makes a handler that reads one JSON document strictly and answers 204.
func control[T any](apply func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var document T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminRequest))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&document)
		if err == nil {
			err = apply(document)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// fault checks a fault that came over HTTP. The body may be a JSON text, sent as its
// characters, or any other JSON value, sent as it is.
func (f adminFault) fault() (Fault, error) {
	out := Fault{
		Host: f.Host, Method: f.Method, Status: f.Status, Headers: f.Headers, Cut: f.Cut,
		Delay: time.Duration(f.DelayMS) * time.Millisecond, Times: f.Times, Skip: f.Skip,
	}
	if f.Cut != "" && f.Cut != CutBefore && f.Cut != CutAfter {
		return Fault{}, fmt.Errorf("cut must be %q or %q", CutBefore, CutAfter)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return Fault{}, errors.New("status must be 200 to 599")
	}
	if f.Path != "" {
		path, err := regexp.Compile(f.Path)
		if err != nil {
			return Fault{}, fmt.Errorf("path is not a regular expression: %w", err)
		}
		out.Path = path
	}
	if len(f.Body) > 0 && json.Unmarshal(f.Body, &out.Body) != nil {
		out.Body = string(f.Body)
	}
	return out, nil
}
