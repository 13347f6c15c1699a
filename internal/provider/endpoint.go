// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// dps is the DPS instance that the block means, and the connection string, which may be for another one. An argument
// beats a variable, also the other argument's; two of one rank that name different instances are an error.
func (d *decoder) dps() (host string, connection *sas.ConnectionString) {
	given := d.text("dps_connection_string", envDPSConnection)
	connection = d.parse("dps_connection_string", given, given.text, cloud.DPSMistake)
	named := d.hostname("dps_hostname", envDPSHostname, cloud.DPSMistake)
	switch {
	case named.unknown:
		return "", nil // The string may be for another instance than the one that the block will name.
	case connection == nil:
		return named.text, nil
	case named.text == "" || azrest.SameHost(named.text, connection.HostName):
		return connection.HostName, connection
	case (named.variable == "") != (given.variable == ""):
		if given.variable == "" {
			return connection.HostName, connection
		}
		return named.text, connection
	}
	d.fail("dps_hostname", "Two DPS instances are named", fmt.Sprintf("%s names %s, and the connection string in %s is "+
		"for %s. Leave one of them out; for two instances, use two provider blocks with an alias.",
		named.name("dps_hostname"), named.text, given.name("dps_connection_string"), connection.HostName))
	return named.text, connection
}

// hubs are a hub that is named without a connection string, the hub of resources that name none, and the connection
// strings. An argument beats a variable here too, and one connection string alone names the default hub.
func (d *decoder) hubs() (named, standard string, connections []sas.ConnectionString) {
	host := d.hostname("iothub_hostname", envIoTHubHostname, cloud.HubMistake)
	texts, given := d.set("iothub_connection_strings")
	variable := ""
	if !given {
		variable = envIoTHubConnection
		texts = strings.FieldsFunc(d.getenv(variable), func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	}
	connections = d.parseAll(texts, variable)
	own := func(cs sas.ConnectionString) bool { return azrest.SameHost(cs.HostName, host.text) }
	overruled := given && host.variable != "" && len(connections) > 0 && !slices.ContainsFunc(connections, own)
	switch {
	case host.text != "" && !overruled:
		return host.text, host.text, connections
	case len(connections) == 1:
		return "", connections[0].HostName, connections
	}
	return "", "", connections
}

// hostname reads a host name and refuses what cannot be one of the service's.
func (d *decoder) hostname(argument, variable string, mistake func(string) string) value {
	host := d.text(argument, variable)
	host.text = strings.TrimSpace(host.text)
	if host.text == "" {
		return host
	}
	problem := iotvalidator.HostnameProblem(host.text)
	if problem == "" {
		problem = mistake(host.text)
	}
	if problem != "" {
		d.fail(argument, "Invalid host name"+host.source(), problem)
	}
	return host
}

// parse reads a connection string; nil when there is none, or none that can be used.
func (d *decoder) parse(argument string, given value, text string, mistake func(string) string) *sas.ConnectionString {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	parsed, err := sas.ParseConnectionString(text)
	if err != nil {
		d.fail(argument, "Invalid connection string"+given.source(), connectionStringAdvice(err))
		return nil
	}
	if problem := mistake(parsed.HostName); problem != "" {
		d.fail(argument, "Connection string of another service"+given.source(),
			fmt.Sprintf("It is for the host %s. %s", parsed.HostName, problem))
		return nil
	}
	return &parsed
}

func (d *decoder) parseAll(texts []string, variable string) []sas.ConnectionString {
	const argument = "iothub_connection_strings"
	var parsed []sas.ConnectionString
	seen := map[string]bool{}
	for _, text := range texts {
		one := d.parse(argument, value{variable: variable}, text, cloud.HubMistake)
		if one == nil {
			continue
		}
		if host := azrest.FoldHost(one.HostName); seen[host] {
			d.fail(argument, "Two connection strings for one hub",
				fmt.Sprintf("More than one connection string names the hub %s; give one for each hub.", one.HostName))
		} else {
			seen[host] = true
		}
		parsed = append(parsed, *one)
	}
	return parsed
}

func connectionStringAdvice(err error) string {
	return iotdiag.Sentence(err) + "\n\nA service connection string reads " +
		"HostName=…;SharedAccessKeyName=…;SharedAccessKey=…; " +
		"the Azure portal shows it under \"Shared access policies\"."
}
