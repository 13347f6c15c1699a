// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// tokenFor tells why no token can be sent to a host for which there is no connection string; argument is where that
// would stand.
func (s *Services) tokenFor(noun, host, argument string) error {
	what := fmt.Sprintf("No credential for the %s %s is configured", noun, host)
	other, known := cloud.Of(host)
	switch {
	case s.config.Credential == nil:
		return &MissingError{what, fmt.Sprintf("%sGive one for this host in %s of the provider block, or sign in with "+
			"Microsoft Entra ID%s.", s.otherHosts(), argument, s.config.NoCredential)}
	case known && other.Name != s.config.Cloud.Name:
		return &MissingError{what, fmt.Sprintf("By its name the host is in the cloud %q, and the provider signs in to %q: "+
			"set environment = %q in the provider block, or give a connection string in %s.",
			other.Name, s.config.Cloud.Name, other.Name, argument)}
	}
	return nil
}

// otherHosts says which hosts there are connection strings for; empty when there are none.
func (s *Services) otherHosts() string {
	var hosts []string
	for _, cs := range s.connections() {
		hosts = append(hosts, cs.HostName)
	}
	switch len(hosts) {
	case 0:
		return ""
	case 1:
		return "The only connection string is for " + hosts[0] + ". "
	}
	return "The connection strings are for " + strings.Join(hosts, ", ") + ". "
}

// connections are all connection strings, that of the DPS first.
func (s *Services) connections() []sas.ConnectionString {
	if cs := s.config.DPSConnectionString; cs != nil {
		return append([]sas.ConnectionString{*cs}, s.config.HubConnectionStrings...)
	}
	return s.config.HubConnectionStrings
}

// Mode is how the block authenticates at host, in words for a message.
func (s *Services) Mode(host string) string {
	for _, cs := range s.connections() {
		if azrest.SameHost(cs.HostName, host) {
			return fmt.Sprintf("the shared access policy %q", cs.SharedAccessKeyName)
		}
	}
	if s.config.Credential == nil {
		return ""
	}
	mode := "Microsoft Entra ID (" + s.config.CredentialName + ")"
	if len(s.connections()) > 0 {
		mode += ", because no connection string names this host"
	}
	return mode
}
