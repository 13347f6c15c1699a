// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package devicesim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxAnswer = 1 << 20

// answer is one HTTP answer, read completely.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exchange makes one HTTPS request. body nil sends none.
func (d *Device) exchange(ctx context.Context, method, url, authorization string, body any) (answer, error) {
	client, err := d.http()
	if err != nil {
		return answer{}, err
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{}, fmt.Errorf("encode the request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "azureiot-devicesim")
	if body != nil {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("read the answer to %s: %w", method, err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: text}, nil
}

// problem is an error body of DPS, or of an IoT hub, which writes Message with a capital and often no code.
type problem struct {
	ErrorCode json.Number `json:"errorCode"`
	Message   string      `json:"message"`
}

func (a answer) problem() (code int, message string) {
	var p problem
	if json.Unmarshal(a.body, &p) != nil {
		if len(bytes.TrimSpace(a.body)) == 0 {
			return 0, ""
		}
		return 0, "the answer is not JSON"
	}
	code, _ = strconv.Atoi(p.ErrorCode.String())
	return code, p.Message
}

// transient says that the answer is about the service's own state or about a race of two requests of the same
// device (recorded: 409, 412), and not about whether the device may come in.
func (a answer) transient() bool {
	switch a.status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests:
		return true
	default:
		return a.status >= http.StatusInternalServerError && a.status != http.StatusNotImplemented
	}
}

// retryAfter reads the pause that the service asks for, as seconds or as a date.
func (a answer) retryAfter(now time.Time) time.Duration {
	text := strings.TrimSpace(a.header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return defaultPause
}
