// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/certificate"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// decode turns the provider block and the environment into the configuration of the services. Every problem is
// reported on the argument at fault, also when the value came from the environment.
func (p *azureIoT) decode(ctx context.Context, req provider.ConfigureRequest) (azure.Config, diag.Diagnostics) {
	d := decoder{ctx: ctx, block: req.Config, getenv: p.options.Getenv}
	client := p.options.HTTPClient(d.authorities())
	config := azure.Config{
		Transport:       client,
		PerCallPolicies: []policy.Policy{namePolicy{p.version}, logPolicy{}},
		OnWait:          logWait,
		Now:             p.options.Now,
		Sleep:           p.options.Sleep,
	}
	config.AllowedHubs, _ = d.set("allowed_iothub_hostnames")
	config.DPSHostname, config.DPSConnectionString = d.dps()
	config.IoTHubHostname, config.DefaultHub, config.HubConnectionStrings = d.hubs()
	authority := d.authority(client)
	config.Cloud = authority.cloud
	config.Credential, config.CredentialName, config.NoCredential = d.credential(signin.Options{
		Authority: authority.url, Custom: authority.custom, Client: client, Local: azrest.WithoutProxy(client),
	})
	config.Unknown = d.unknown
	return config, d.diags
}

// decoder collects what is unknown and what is wrong while the arguments are read one by one.
type decoder struct {
	ctx     context.Context
	block   tfsdk.Config
	getenv  func(string) string
	unknown bool
	diags   diag.Diagnostics
}

func (d *decoder) fail(argument, summary, detail string) {
	d.diags.AddAttributeError(path.Root(argument), summary, detail)
}

// value is the value of an argument and the environment variable that it came from.
type value struct {
	text, variable string
	unknown        bool
}

// source says where a value came from, for the end of a summary.
func (v value) source() string {
	if v.variable == "" {
		return ""
	}
	return " (from the environment variable " + v.variable + ")"
}

// name is how a message calls what gave the value.
func (v value) name(argument string) string {
	if v.variable != "" {
		return "the environment variable " + v.variable
	}
	return argument
}

// text is the argument's value, or the variable's when the argument is not set.
func (d *decoder) text(argument, variable string) value {
	var given types.String
	d.diags.Append(d.block.GetAttribute(d.ctx, path.Root(argument), &given)...)
	switch {
	case given.IsUnknown():
		d.unknown = true
		return value{unknown: true}
	case !given.IsNull():
		return value{text: given.ValueString()}
	}
	if text := d.getenv(variable); text != "" {
		return value{text: text, variable: variable}
	}
	return value{}
}

// set is what a set has; given is false for one that is left out.
func (d *decoder) set(argument string) (texts []string, given bool) {
	var value types.Set
	d.diags.Append(d.block.GetAttribute(d.ctx, path.Root(argument), &value)...)
	return d.texts(argument, value.Elements(), value.IsUnknown()), !value.IsNull()
}

// list is set for a list.
func (d *decoder) list(argument string) (texts []string, given bool) {
	var value types.List
	d.diags.Append(d.block.GetAttribute(d.ctx, path.Root(argument), &value)...)
	return d.texts(argument, value.Elements(), value.IsUnknown()), !value.IsNull()
}

func (d *decoder) texts(argument string, elements []attr.Value, unknown bool) []string {
	d.unknown = d.unknown || unknown
	var texts []string
	for _, element := range elements {
		text, ok := element.(types.String)
		switch {
		case !ok || text.IsNull():
			d.fail(argument, "Missing value", "An element is null.")
		case text.IsUnknown():
			d.unknown = true
		default:
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

// authorities are the system's certificate authorities and those of the file; nil for the system's alone.
func (d *decoder) authorities() *x509.CertPool {
	file := d.text("ca_certificate_file", envCACertificate)
	if file.text == "" {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pem, err := os.ReadFile(file.text)
	switch {
	case strings.Contains(file.text, "-----BEGIN"):
		d.fail("ca_certificate_file", "Cannot read the CA certificates"+file.source(),
			"It is a text in PEM form: give the path of a file that holds it.")
		return pool
	case err != nil:
		d.fail("ca_certificate_file", "Cannot read the CA certificates"+file.source(),
			iotdiag.Sentence(signin.WithoutPath(err)))
		return pool
	}
	return d.trust(pool, string(pem), file.source())
}

// trust adds the certificates of a text to those that are trusted already.
func (d *decoder) trust(pool *x509.CertPool, pem, source string) *x509.CertPool {
	all, err := certificate.ParseChain(pem)
	if err != nil {
		d.fail("ca_certificate_file", "These are no CA certificates"+source, iotdiag.Sentence(err))
	}
	for i, ca := range all {
		if !pool.AppendCertsFromPEM([]byte(ca.PEM())) { // One that is passed over is missed when a call fails.
			d.fail("ca_certificate_file", "A CA certificate cannot be used"+source,
				fmt.Sprintf("Certificate %d of the file (%s) is not spelled as RFC 5280 asks.", i+1, ca.Subject))
		}
	}
	return pool
}
