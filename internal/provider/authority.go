// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// authority is where tokens come from: an Azure cloud's own authority, or a custom one that stands in for it.
type authority struct {
	cloud  cloud.Cloud
	url    string
	custom bool
}

// authority finds out who gives tokens. metadata_host is asked; AZURE_AUTHORITY_HOST counts without it, as for all of
// Azure's SDKs.
func (d *decoder) authority(client *http.Client) authority {
	given := d.text("environment", envEnvironment)
	chosen, ok := cloud.Named(given.text)
	switch {
	case given.text == "":
		chosen = cloud.All()[0]
	case !ok:
		d.fail("environment", "Invalid environment"+given.source(),
			fmt.Sprintf("%q is none of %s.", given.text, strings.Join(cloud.Names(), ", ")))
		return authority{}
	}
	if host := d.text("metadata_host", envMetadataHost); host.text != "" {
		return d.described(host, client, given, chosen)
	}
	host := d.getenv(envAuthorityHost)
	if host == "" {
		return authority{cloud: chosen, url: chosen.Authority}
	}
	where, err := url.Parse(host)
	if err != nil || where.Scheme != "https" || where.Host == "" {
		d.fail("environment", "Invalid authority (from the environment variable "+envAuthorityHost+")",
			"It is not a URL that begins with https://, and secrets are sent nowhere else.")
		return authority{}
	}
	if other, known := cloudOf(where.Host); known && given.text != "" && other.Name != chosen.Name {
		d.fail("environment", "Two clouds are named", fmt.Sprintf("%s says %q, and the environment variable %s is %s, which "+
			"is the authority of %q. Leave one of them out.", given.name("environment"), chosen.Name, envAuthorityHost, host,
			other.Name))
	} else if known {
		chosen = other
	}
	return authority{cloud: chosen, url: host, custom: true}
}

// cloudOf is the cloud whose authority has a host.
func cloudOf(host string) (cloud.Cloud, bool) {
	for _, c := range cloud.All() {
		if known, err := url.Parse(c.Authority); err == nil && strings.EqualFold(known.Host, host) {
			return c, true
		}
	}
	return cloud.Cloud{}, false
}

// described is the authority that a metadata service names. It knows neither the suffixes nor the audiences of IoT
// services, which stay those of the cloud that it is, or that environment says it is like.
func (d *decoder) described(host value, client *http.Client, given value, chosen cloud.Cloud) authority {
	if problem := iotvalidator.HostnameProblem(host.text); problem != "" {
		d.fail("metadata_host", "Invalid host name"+host.source(), problem)
		return authority{}
	}
	if d.diags.HasError() || d.unknown {
		return authority{cloud: chosen}
	}
	metadata, err := signin.AskMetadata(d.ctx, client, host.text)
	if err != nil {
		d.fail("metadata_host", "Cannot ask the metadata service"+host.source(), iotdiag.Sentence(azrest.WithoutURL(err)))
		return authority{}
	}
	if where, err := url.Parse(metadata.Authority); err != nil || where.Scheme != "https" || where.Host == "" {
		d.fail("metadata_host", "Unusable authority"+host.source(), fmt.Sprintf(
			"%s names the authority %q, and secrets are sent over https only.", host.text, metadata.Authority))
		return authority{}
	}
	for _, c := range cloud.All() {
		switch {
		case !strings.EqualFold(c.MetadataName, metadata.Name):
		case given.text != "" && c.Name != chosen.Name:
			d.fail("environment", "Two clouds are named", fmt.Sprintf("%s says %q, and %s is the metadata service of %q. Leave "+
				"one of them out.", given.name("environment"), chosen.Name, host.text, c.Name))
		default:
			chosen = c
		}
	}
	return authority{cloud: chosen, url: metadata.Authority, custom: true}
}

// credential makes the block's Microsoft Entra credential; without one, why says so in the middle of a sentence.
func (d *decoder) credential(o signin.Options) (credential azcore.TokenCredential, name, why string) {
	given := map[string]signin.Given{}
	for _, a := range signin.Arguments() {
		if value, ok := d.given(a); ok {
			given[a.Name] = value
		}
	}
	if d.unknown {
		return nil, "", ""
	}
	settings, problems := signin.Read(given, d.getenv)
	choice, more := signin.Choose(settings)
	problems = append(problems, more...)
	if choice != nil && len(problems) == 0 && !d.diags.HasError() {
		credential, more = choice.Credential(o)
		name, problems = choice.Method.Name, append(problems, more...)
	}
	for _, p := range problems {
		d.fail(p.Argument, p.Summary, p.Detail)
	}
	return credential, name, " (use_cli is false, and nothing else is configured)"
}

// given is the value that the block gives to an argument of signing in.
func (d *decoder) given(a signin.Argument) (signin.Given, bool) {
	switch a.Kind {
	case signin.Flag:
		var flag types.Bool
		d.diags.Append(d.block.GetAttribute(d.ctx, path.Root(a.Name), &flag)...)
		d.unknown = d.unknown || flag.IsUnknown()
		return signin.Given{Text: fmt.Sprint(flag.ValueBool())}, !flag.IsNull()
	case signin.List:
		texts, given := d.list(a.Name)
		return signin.Given{List: texts}, given
	default:
		var text types.String
		d.diags.Append(d.block.GetAttribute(d.ctx, path.Root(a.Name), &text)...)
		d.unknown = d.unknown || text.IsUnknown()
		return signin.Given{Text: text.ValueString()}, !text.IsNull()
	}
}
