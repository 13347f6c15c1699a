// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxMetadata is the most that is read of a metadata service's answer.
const maxMetadata = 1 << 20

// Metadata is what a cloud's metadata service says of signing in.
type Metadata struct {
	// Name is the cloud's name, Authority the URL of its Microsoft Entra authority.
	Name, Authority string
}

// AskMetadata asks the metadata service at host, in the version that azurerm asks in.
func AskMetadata(ctx context.Context, client *http.Client, host string) (Metadata, error) {
	where := url.URL{
		Scheme: "https", Host: host, Path: "/metadata/endpoints", RawQuery: "api-version=2022-09-01",
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where.String(), nil)
	if err != nil {
		return Metadata{}, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return Metadata{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxMetadata))
	if err != nil {
		return Metadata{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return Metadata{}, fmt.Errorf("%s answered %s", host, resp.Status)
	}
	var answer struct {
		Name           string `json:"name"`
		Authentication struct {
			LoginEndpoint string `json:"loginEndpoint"`
		} `json:"authentication"`
	}
	// The public service begins with a byte order mark.
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer); err != nil {
		return Metadata{}, fmt.Errorf("the answer of %s is not what a metadata service says: %w", host, err)
	}
	if answer.Authentication.LoginEndpoint == "" {
		return Metadata{}, fmt.Errorf("the answer of %s names no authentication.loginEndpoint", host)
	}
	return Metadata{Name: answer.Name, Authority: answer.Authentication.LoginEndpoint}, nil
}
