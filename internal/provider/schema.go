// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/cloud"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// The provider's own environment variables. Each stands in for the argument of the same name.
const (
	envDPSHostname      = "AZUREIOT_DPS_HOSTNAME"
	envDPSConnection    = "AZUREIOT_DPS_CONNECTION_STRING"
	envIoTHubHostname   = "AZUREIOT_IOTHUB_HOSTNAME"
	envIoTHubConnection = "AZUREIOT_IOTHUB_CONNECTION_STRINGS"
	envCACertificate    = "AZUREIOT_CA_CERTIFICATE_FILE"
	envEnvironment      = "ARM_ENVIRONMENT"
	envMetadataHost     = "ARM_METADATA_HOSTNAME"
	envAuthorityHost    = "AZURE_AUTHORITY_HOST"
)

// Schema describes the provider block.
func (p *azureIoT) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := identityAttributes()
	maps.Copy(attributes, serviceAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages who may enter an Azure IoT fleet: enrollments in the Azure IoT Hub Device " +
			"Provisioning Service (DPS), and the blocking of single devices in DPS and in their IoT hubs.",
		Attributes: attributes,
	}
}

// serviceAttributes say which services the block is for, and how to reach them.
func serviceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"dps_hostname": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Host name of the DPS instance (its *service endpoint*) for resources that name none, " +
				"such as `example.azure-devices-provisioning.net`. Default: the host of `dps_connection_string`. Environment: `" +
				envDPSHostname + "`.",
			Validators: []validator.String{iotvalidator.DPSHostname()},
		},
		"dps_connection_string": schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: "Connection string of a shared access policy of the DPS instance: " +
				"`HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`. It is used for the host that it names and is written " +
				"to no state or plan. Environment: `" + envDPSConnection + "`.",
		},
		"iothub_hostname": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Host name of the IoT hub for resources that name none, such as " +
				"`example.azure-devices.net`. Default: the host of `iothub_connection_strings` when that is one. Environment: `" +
				envIoTHubHostname + "`.",
			Validators: []validator.String{iotvalidator.HubHostname()},
		},
		"iothub_connection_strings": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Sensitive: true,
			MarkdownDescription: "Connection strings of shared access policies of IoT hubs, any number; each is used for " +
				"the hub that it names and is written to no state or plan. Environment: `" + envIoTHubConnection +
				"`, separated by commas or newlines.",
		},
		"allowed_iothub_hostnames": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "When set, the only IoT hubs that are read or written; a device in any other hub is " +
				"reported as unreachable. Default: every hub for which there is a credential.",
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.HubHostname()),
			},
		},
		"environment": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The Azure cloud: " + environmentList() + ". Default: `public`. It decides who gives " +
				"tokens, what they are for, and which hubs named by the service may be sent one. Environment: `" +
				envEnvironment + "`.",
			Validators: []validator.String{iotvalidator.OneOfAnyCase(cloud.Names()...)},
		},
		"metadata_host": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Host name of a metadata service, such as `management.azure.com`, which is asked who gives " +
				"tokens in a cloud of its own. Environment: `" + envMetadataHost + "`.",
			Validators: []validator.String{iotvalidator.Hostname()},
		},
		"ca_certificate_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Path of a PEM file with CA certificates to trust besides the system's: for a proxy that " +
				"inspects TLS, or for the emulator. Environment: `" + envCACertificate + "`.",
		},
	}
}

// identityAttributes are azurerm's arguments for signing in, by azurerm's names and with its environment variables.
func identityAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, a := range signin.Arguments() {
		meaning := a.Meaning + " Environment: `" + strings.Join(a.Variables, "` or `") + "`."
		switch a.Kind {
		case signin.Flag:
			attributes[a.Name] = schema.BoolAttribute{Optional: true, MarkdownDescription: meaning}
		case signin.List:
			attributes[a.Name] = schema.ListAttribute{
				ElementType: types.StringType, Optional: true, MarkdownDescription: meaning,
			}
		case signin.Secret:
			attributes[a.Name] = schema.StringAttribute{
				Optional: true, Sensitive: true, MarkdownDescription: meaning + " Written to no state or plan.",
			}
		case signin.Text:
			attributes[a.Name] = schema.StringAttribute{Optional: true, MarkdownDescription: meaning}
		}
	}
	return attributes
}

func environmentList() string { return "`" + strings.Join(cloud.Names(), "`, `") + "`" }
