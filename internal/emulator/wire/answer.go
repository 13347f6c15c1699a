// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// Headers of paged answers.
const (
	HeaderContinuation = "X-Ms-Continuation"
	HeaderMaxItemCount = "X-Ms-Max-Item-Count"
	HeaderItemType     = "X-Ms-Item-Type"
)

// Continuation is a token for the next page, base64 of a JSON text, in which only the
// service itself can read where the last one ended.
func Continuation(at any) string { return base64.StdEncoding.EncodeToString(JSON(at)) }

// ReadContinuation opens a token.
func ReadContinuation(token string, at any) error {
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, at)
}

// Reply is an answer that is no refusal.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answer is a reply with a document, which it writes at once: what the document shows may
// change as soon as the service goes on.
func Answer(status int, document any) *Reply {
	return &Reply{Status: status, Header: http.Header{}, Body: JSON(document)}
}

// OK is an answer with status 200.
func OK(document any) *Reply { return Answer(http.StatusOK, document) }

// NoContent is the answer to what leaves nothing to show.
func NoContent() *Reply { return &Reply{Status: http.StatusNoContent} }

// Write sends the reply under a request ID.
func (r *Reply) Write(w http.ResponseWriter, requestID string) {
	header := w.Header()
	header.Set("X-Ms-Request-Id", requestID)
	maps.Copy(header, r.Header)
	header.Set("Content-Length", strconv.Itoa(len(r.Body)))
	if len(r.Body) > 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", jsonType)
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body)
}

// JSON leaves <, > and & as they are: the services' encoder does not escape them. What
// the emulator writes can always be encoded: raw JSON in it has been read as JSON.
func JSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// WriteJSON answers with a document.
func WriteJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_, _ = w.Write(JSON(document))
}

const jsonType = "application/json; charset=utf-8"
