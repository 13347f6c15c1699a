// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// privateKey is one as a text shows it: quoted or not, whole or cut off; with the five dashes of PEM, or the four and a
// space of SSH2.
var privateKey = regexp.MustCompile(
	`(?is)-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY ?-{4,5}(.*?-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY ?-{4,5}|.*)`)

// discreet is inner, which shows no private key in what it says of a configuration: checks quote the value that they
// refuse, and somebody has given the wrong file. Where values are known only when it is planned, they are checked then.
type discreet struct{ fullServer }

func discreetly(p provider.Provider) tfprotov6.ProviderServer {
	inner := generating(p, providerserver.NewProtocol6(p)())
	if full, ok := inner.(fullServer); ok {
		return discreet{full}
	}
	return inner
}

// hush takes private keys out of diagnostics.
func hush(said []*tfprotov6.Diagnostic) {
	for _, d := range said {
		d.Detail = privateKey.ReplaceAllLiteralString(d.Detail, "(a private key, which is not shown)")
	}
}

// ValidateProviderConfig shows no private key.
func (s discreet) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	resp, err := s.fullServer.ValidateProviderConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ConfigureProvider shows no private key.
func (s discreet) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	resp, err := s.fullServer.ConfigureProvider(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ValidateResourceConfig shows no private key.
func (s discreet) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp, err := s.fullServer.ValidateResourceConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// PlanResourceChange shows no private key.
func (s discreet) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.fullServer.PlanResourceChange(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ValidateDataResourceConfig shows no private key.
func (s discreet) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	resp, err := s.fullServer.ValidateDataResourceConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ValidateEphemeralResourceConfig shows no private key.
func (s discreet) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	resp, err := s.fullServer.ValidateEphemeralResourceConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ValidateListResourceConfig shows no private key.
func (s discreet) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	resp, err := s.fullServer.ValidateListResourceConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}

// ValidateActionConfig shows no private key.
func (s discreet) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	resp, err := s.fullServer.ValidateActionConfig(ctx, req)
	if resp != nil {
		hush(resp.Diagnostics)
	}
	return resp, err
}
