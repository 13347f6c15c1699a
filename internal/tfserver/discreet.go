// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// privateKey is one as a text shows it: quoted or not, whole or cut off; with the five dashes of PEM, or the four and a
// space of SSH2.
var privateKey = regexp.MustCompile(
	`(?is)-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY ?-{4,5}(.*?-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY ?-{4,5}|.*)`)

// discreet is inner, which shows no private key in what it says of a configuration: checks quote the value that they
// refuse, and somebody has given the wrong file. Where values are known only when it is planned, they are checked then.
//
// It also names the attribute that is meant: of one in an object Terraform shows the line where the object begins.
type discreet struct{ fullServer }

func discreetly(p provider.Provider) tfprotov6.ProviderServer {
	inner := generating(p, providerserver.NewProtocol6(p)())
	if full, ok := inner.(fullServer); ok {
		return shortly(p, discreet{full})
	}
	return inner
}

// reword takes private keys out of diagnostics, and puts the path of the attribute in where it is not named.
func reword(said []*tfprotov6.Diagnostic) {
	for _, d := range said {
		d.Detail = privateKey.ReplaceAllLiteralString(d.Detail, "(a private key, which is not shown)")
		d.Attribute = untilValue(d.Attribute)
		if at := place(d.Attribute); !strings.Contains(d.Summary+d.Detail, at) {
			d.Detail = strings.TrimSpace(d.Detail) + "\n\nAttribute: " + at
		}
	}
}

// plainKey is a key of a map that may be shown: it is no secret that was put into the wrong place.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// untilValue is a path up to an element of a set, which has no address but its value: that would be logged, and may be
// a secret.
func untilValue(at *tftypes.AttributePath) *tftypes.AttributePath {
	if at == nil {
		return nil
	}
	steps := at.Steps()
	end := slices.IndexFunc(steps, func(step tftypes.AttributePathStep) bool {
		_, isValue := step.(tftypes.ElementKeyValue)
		return isValue
	})
	if end < 0 {
		return at
	}
	return tftypes.NewAttributePathWithSteps(steps[:end])
}

// place is a path as configuration writes it; empty for none.
func place(at *tftypes.AttributePath) string {
	if at == nil {
		return ""
	}
	var b strings.Builder
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		case tftypes.ElementKeyString:
			if !plainKey.MatchString(string(step)) {
				b.WriteString("[…]")
				continue
			}
			fmt.Fprintf(&b, "[%q]", string(step))
		}
	}
	return b.String()
}

// reworded is an answer whose diagnostics are reworded.
func reworded[Req, Resp any](
	ctx context.Context, req Req, rpc func(context.Context, Req) (*Resp, error),
	said func(*Resp) []*tfprotov6.Diagnostic,
) (*Resp, error) {
	resp, err := rpc(ctx, req)
	if resp != nil {
		reword(said(resp))
	}
	return resp, err
}

// ValidateProviderConfig shows no private key, and names the attribute.
func (s discreet) ValidateProviderConfig(
	ctx context.Context, req *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateProviderConfig,
		func(resp *tfprotov6.ValidateProviderConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ConfigureProvider shows no private key, and names the attribute.
func (s discreet) ConfigureProvider(
	ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return reworded(ctx, req, s.fullServer.ConfigureProvider,
		func(resp *tfprotov6.ConfigureProviderResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ValidateResourceConfig shows no private key, and names the attribute.
func (s discreet) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateResourceConfig,
		func(resp *tfprotov6.ValidateResourceConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// PlanResourceChange shows no private key, and names the attribute.
func (s discreet) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return reworded(ctx, req, s.fullServer.PlanResourceChange,
		func(resp *tfprotov6.PlanResourceChangeResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ApplyResourceChange shows no private key, and names the attribute.
func (s discreet) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return reworded(ctx, req, s.fullServer.ApplyResourceChange,
		func(resp *tfprotov6.ApplyResourceChangeResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ReadResource shows no private key, and names the attribute.
func (s discreet) ReadResource(
	ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return reworded(ctx, req, s.fullServer.ReadResource,
		func(resp *tfprotov6.ReadResourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ImportResourceState shows no private key, and names the attribute.
func (s discreet) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return reworded(ctx, req, s.fullServer.ImportResourceState,
		func(resp *tfprotov6.ImportResourceStateResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ValidateDataResourceConfig shows no private key, and names the attribute.
func (s discreet) ValidateDataResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateDataResourceConfig,
		func(resp *tfprotov6.ValidateDataResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

// ReadDataSource shows no private key, and names the attribute.
func (s discreet) ReadDataSource(
	ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return reworded(ctx, req, s.fullServer.ReadDataSource,
		func(resp *tfprotov6.ReadDataSourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ValidateEphemeralResourceConfig shows no private key, and names the attribute.
func (s discreet) ValidateEphemeralResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateEphemeralResourceConfig,
		func(resp *tfprotov6.ValidateEphemeralResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

// OpenEphemeralResource shows no private key, and names the attribute.
func (s discreet) OpenEphemeralResource(
	ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return reworded(ctx, req, s.fullServer.OpenEphemeralResource,
		func(resp *tfprotov6.OpenEphemeralResourceResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// ValidateListResourceConfig shows no private key, and names the attribute.
func (s discreet) ValidateListResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateListResourceConfig,
		func(resp *tfprotov6.ValidateListResourceConfigResponse) []*tfprotov6.Diagnostic {
			return resp.Diagnostics
		})
}

// ValidateActionConfig shows no private key, and names the attribute.
func (s discreet) ValidateActionConfig(
	ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	return reworded(ctx, req, s.fullServer.ValidateActionConfig,
		func(resp *tfprotov6.ValidateActionConfigResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// PlanAction shows no private key, and names the attribute.
func (s discreet) PlanAction(
	ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	return reworded(ctx, req, s.fullServer.PlanAction,
		func(resp *tfprotov6.PlanActionResponse) []*tfprotov6.Diagnostic { return resp.Diagnostics })
}

// InvokeAction shows no private key, and names the attribute.
func (s discreet) InvokeAction(
	ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := s.fullServer.InvokeAction(ctx, req)
	if stream != nil {
		stream.Events = each(stream.Events, func(event tfprotov6.InvokeActionEvent) {
			if completed, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
				reword(completed.Diagnostics)
			}
		})
	}
	return stream, err
}

// ListResource shows no private key, and names the attribute.
func (s discreet) ListResource(
	ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	stream, err := s.fullServer.ListResource(ctx, req)
	if stream != nil {
		stream.Results = each(stream.Results, func(result tfprotov6.ListResourceResult) { reword(result.Diagnostics) })
	}
	return stream, err
}

// each has something done with every event before it is passed on.
func each[Event any](events iter.Seq[Event], do func(Event)) iter.Seq[Event] {
	return func(pass func(Event) bool) {
		for event := range events {
			do(event)
			if !pass(event) {
				return
			}
		}
	}
}
