// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// The provider's own environment variables. Each stands in for the argument of the same name.
const (
	envDPSHostname      = "AZUREIOT_DPS_HOSTNAME"
	envDPSConnection    = "AZUREIOT_DPS_CONNECTION_STRING"
	envIoTHubHostname   = "AZUREIOT_IOTHUB_HOSTNAME"
	envIoTHubConnection = "AZUREIOT_IOTHUB_CONNECTION_STRINGS"
	envCACertificate    = "AZUREIOT_CA_CERTIFICATE_FILE"
	envEnvironment      = "ARM_ENVIRONMENT"
)

type model struct {
	DPSHostname             types.String `tfsdk:"dps_hostname"`
	DPSConnectionString     types.String `tfsdk:"dps_connection_string"`
	IoTHubHostname          types.String `tfsdk:"iothub_hostname"`
	IoTHubConnectionStrings types.Set    `tfsdk:"iothub_connection_strings"`
	AllowedIoTHubHostnames  types.Set    `tfsdk:"allowed_iothub_hostnames"`
	Environment             types.String `tfsdk:"environment"`
	CACertificateFile       types.String `tfsdk:"ca_certificate_file"`
}

// Schema describes the provider block.
func (p *azureIoT) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages who may enter an Azure IoT fleet: enrollments in the Azure IoT Hub Device Provisioning " +
			"Service (DPS), and the blocking of single devices in DPS and in their IoT hubs.",
		Attributes: map[string]schema.Attribute{
			"dps_hostname": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Host name of the DPS instance (its *service endpoint*) for resources that name none, such as " +
					"`example.azure-devices-provisioning.net`. Default: the host of `dps_connection_string`. Environment: `" +
					envDPSHostname + "`.",
				Validators: []validator.String{iotvalidator.Hostname()},
			},
			"dps_connection_string": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "Connection string of a shared access policy of the DPS instance: " +
					"`HostName=…;SharedAccessKeyName=…;SharedAccessKey=…`. It is used for the host that it names and is written to " +
					"no state or plan. Environment: `" + envDPSConnection + "`.",
			},
			"iothub_hostname": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Host name of the IoT hub for resources that name none, such as " +
					"`example.azure-devices.net`. Environment: `" + envIoTHubHostname + "`.",
				Validators: []validator.String{iotvalidator.Hostname()},
			},
			"iothub_connection_strings": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Sensitive: true,
				MarkdownDescription: "Connection strings of shared access policies of IoT hubs, any number; each is used for the hub " +
					"that it names and is written to no state or plan. Environment: `" + envIoTHubConnection +
					"`, separated by commas or newlines.",
			},
			"allowed_iothub_hostnames": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "When set, the only IoT hubs that are read or written; a device in any other hub is reported as " +
					"unreachable. Default: every hub for which there is a credential.",
				Validators: []validator.Set{setvalidator.ValueStringsAre(iotvalidator.Hostname())},
			},
			"environment": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The Azure cloud: " + environmentList() + ". Default: `public`. It decides the token audiences and " +
					"which hubs named by the service may be sent a token. Environment: `" + envEnvironment + "`.",
				Validators: []validator.String{stringvalidator.OneOf(environmentNames()...)},
			},
			"ca_certificate_file": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of a PEM file with CA certificates to trust besides the system's: for a proxy that inspects " +
					"TLS, or for the emulator. Environment: `" + envCACertificate + "`.",
			},
		},
	}
}

func environmentNames() []string {
	var names []string
	for _, environment := range azure.Environments() {
		names = append(names, environment.Name)
	}
	return names
}

func environmentList() string {
	list := ""
	for i, name := range environmentNames() {
		if i > 0 {
			list += ", "
		}
		list += "`" + name + "`"
	}
	return list
}
