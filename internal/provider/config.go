// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/configure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/sas"
)

// decode turns the provider block and the environment into the configuration of the services. Every problem is
// reported on the argument at fault, also when the value came from the environment.
func (p *azureIoT) decode(ctx context.Context, req provider.ConfigureRequest) (azure.Config, diag.Diagnostics) {
	m, diags := configure.Decode[model](ctx, req.Config)
	if diags.HasError() {
		return azure.Config{}, diags
	}
	d := decoder{getenv: p.options.Getenv, httpClient: p.options.HTTPClient}
	config := azure.Config{
		DPSHostname:         d.hostname("dps_hostname", m.DPSHostname, envDPSHostname),
		IoTHubHostname:      d.hostname("iothub_hostname", m.IoTHubHostname, envIoTHubHostname),
		DPSConnectionString: d.dpsConnectionString(m.DPSConnectionString),
		HubConnectionStrings: d.hubConnectionStrings(m.IoTHubConnectionStrings,
			d.set(ctx, "iothub_connection_strings", m.IoTHubConnectionStrings, envIoTHubConnection)),
		AllowedHubs:     d.set(ctx, "allowed_iothub_hostnames", m.AllowedIoTHubHostnames, ""),
		Environment:     d.environment(m.Environment),
		Transport:       d.transport(m.CACertificateFile),
		PerCallPolicies: []policy.Policy{logPolicy{}},
		Now:             p.options.Now,
		Sleep:           p.options.Sleep,
	}
	if m.DPSHostname.IsUnknown() {
		config.DPSConnectionString = nil // It may be for another instance than the one that the block will name.
	}
	config.Credential, config.CredentialName = d.credential(d.identity(m), azcore.ClientOptions{
		Cloud: d.cloudOf(config.Environment.Name), Transport: config.Transport,
	})
	config.Unknown = d.unknown
	diags.Append(d.diags...)
	return config, diags
}

// decoder collects what is unknown and what is wrong while the arguments are read one by one.
type decoder struct {
	getenv     func(string) string
	httpClient func(roots *x509.CertPool) *http.Client
	unknown    bool
	diags      diag.Diagnostics
}

func (d *decoder) fail(argument, summary, detail string) {
	d.diags.AddAttributeError(path.Root(argument), summary, detail)
}

// text is the argument's value, or the environment variable's when the argument is not set.
func (d *decoder) text(value types.String, variable string) (text, source string) {
	switch {
	case value.IsUnknown():
		d.unknown = true
		return "", ""
	case !value.IsNull():
		return value.ValueString(), ""
	case variable == "":
		return "", ""
	}
	return d.getenv(variable), fmt.Sprintf(" (from the environment variable %s)", variable)
}

func (d *decoder) hostname(argument string, value types.String, variable string) string {
	host, source := d.text(value, variable)
	if host == "" {
		return ""
	}
	if problem := iotvalidator.HostnameProblem(host); problem != "" {
		d.fail(argument, "Invalid host name"+source, problem)
	}
	return host
}

func (d *decoder) dpsConnectionString(value types.String) *sas.ConnectionString {
	text, source := d.text(value, envDPSConnection)
	if text == "" && value.IsNull() || value.IsUnknown() {
		return nil
	}
	parsed, err := sas.ParseConnectionString(text)
	if err != nil {
		d.fail("dps_connection_string", "Invalid connection string"+source, connectionStringAdvice(err))
		return nil
	}
	return &parsed
}

func (d *decoder) hubConnectionStrings(value types.Set, texts []string) []sas.ConnectionString {
	var parsed []sas.ConnectionString
	source := ""
	if value.IsNull() {
		source = fmt.Sprintf(" (from the environment variable %s)", envIoTHubConnection)
	}
	seen := map[string]bool{}
	for i, text := range texts {
		one, err := sas.ParseConnectionString(text)
		if err != nil {
			d.fail("iothub_connection_strings", "Invalid connection string"+source,
				fmt.Sprintf("Number %d of %d: %s", i+1, len(texts), connectionStringAdvice(err)))
			continue
		}
		if host := azrest.FoldHost(one.HostName); seen[host] {
			d.fail("iothub_connection_strings", "Two connection strings for one hub",
				fmt.Sprintf("More than one connection string names the hub %s; give one for each hub.", one.HostName))
		} else {
			seen[host] = true
		}
		parsed = append(parsed, one)
	}
	return parsed
}

func connectionStringAdvice(err error) string {
	return iotdiag.Sentence(err) + "\n\nA service connection string reads " +
		"HostName=…;SharedAccessKeyName=…;SharedAccessKey=…; " +
		"the Azure portal shows it under \"Shared access policies\"."
}

func (d *decoder) set(ctx context.Context, argument string, value types.Set, variable string) []string {
	if value.IsUnknown() {
		d.unknown = true
		return nil
	}
	if value.IsNull() {
		if variable == "" {
			return nil
		}
		return strings.FieldsFunc(d.getenv(variable), func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	}
	var items []types.String
	d.diags.Append(value.ElementsAs(ctx, &items, false)...)
	var texts []string
	for _, item := range items {
		switch {
		case item.IsUnknown():
			d.unknown = true
		case item.IsNull():
			d.fail(argument, "Missing value", "An element of the set is null.")
		default:
			texts = append(texts, item.ValueString())
		}
	}
	return texts
}

func (d *decoder) environment(value types.String) azure.Environment {
	name, source := d.text(value, envEnvironment)
	if name == "" {
		name = azure.Environments()[0].Name
	}
	environment, ok := azure.EnvironmentNamed(name)
	if !ok {
		d.fail("environment", "Invalid environment"+source,
			fmt.Sprintf("%q is none of %s.", name, strings.Join(environmentNames(), ", ")))
	}
	return environment
}

// transport trusts the system's certificate authorities and those of the file.
func (d *decoder) transport(value types.String) policy.Transporter {
	file, source := d.text(value, envCACertificate)
	if file == "" {
		return d.httpClient(nil)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pem, err := os.ReadFile(file)
	switch {
	case err != nil:
		d.fail("ca_certificate_file", "Cannot read the CA certificates"+source, iotdiag.Sentence(withoutPath(err)))
	case !pool.AppendCertsFromPEM(pem):
		d.fail("ca_certificate_file", "No CA certificate found"+source,
			"The file holds no certificate in PEM form.")
	}
	return d.httpClient(pool)
}
