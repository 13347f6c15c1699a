// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// onlyTLS refuses requests over plain http: they carry secrets, or tokens come back on them. A machine's own endpoint
// for managed identities is excepted, which speaks nothing else.
type onlyTLS struct{ machine bool }

// Do passes on what is safe to send.
func (p onlyTLS) Do(req *policy.Request) (*http.Response, error) {
	where := req.Raw().URL
	if where.Scheme == "https" || p.machine && onMachine(where.Hostname()) {
		return req.Next()
	}
	return nil, unsafeRequestError{where.Host}
}

// onMachine tells the names and addresses of a machine, its host and its own network: "localhost", loopback, link-local
// (where virtual machines find their metadata service) and private addresses (App Service, Container Apps).
func onMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && (address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsPrivate())
}

// unsafeRequestError ends a request that must not be sent. azcore's marker keeps retry policies from trying again.
type unsafeRequestError struct{ host string }

func (e unsafeRequestError) Error() string {
	return fmt.Sprintf("a request for a token to %s was not sent, because it would not be over https", e.host)
}

// NonRetriable marks the error for azcore.
func (unsafeRequestError) NonRetriable() {}
