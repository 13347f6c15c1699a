// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

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

	TenantID                       types.String `tfsdk:"tenant_id"`
	ClientID                       types.String `tfsdk:"client_id"`
	ClientSecret                   types.String `tfsdk:"client_secret"`
	ClientCertificate              types.String `tfsdk:"client_certificate"`
	ClientCertificatePath          types.String `tfsdk:"client_certificate_path"`
	ClientCertificatePassword      types.String `tfsdk:"client_certificate_password"`
	UseOIDC                        types.Bool   `tfsdk:"use_oidc"`
	OIDCToken                      types.String `tfsdk:"oidc_token"`
	OIDCTokenFilePath              types.String `tfsdk:"oidc_token_file_path"`
	OIDCRequestURL                 types.String `tfsdk:"oidc_request_url"`
	OIDCRequestToken               types.String `tfsdk:"oidc_request_token"`
	ADOPipelineServiceConnectionID types.String `tfsdk:"ado_pipeline_service_connection_id"`
	UseMSI                         types.Bool   `tfsdk:"use_msi"`
	UseAKSWorkloadIdentity         types.Bool   `tfsdk:"use_aks_workload_identity"`
	UseCLI                         types.Bool   `tfsdk:"use_cli"`
}

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
			MarkdownDescription: "Connection strings of shared access policies of IoT hubs, any number; each is used for " +
				"the hub that it names and is written to no state or plan. Environment: `" + envIoTHubConnection +
				"`, separated by commas or newlines.",
		},
		"allowed_iothub_hostnames": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "When set, the only IoT hubs that are read or written; a device in any other hub is " +
				"reported as unreachable. Default: every hub for which there is a credential.",
			Validators: []validator.Set{
				setvalidator.NoNullValues(), setvalidator.ValueStringsAre(iotvalidator.Hostname()),
			},
		},
		"environment": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The Azure cloud: " + environmentList() + ". Default: `public`. It decides the token " +
				"audiences and which hubs named by the service may be sent a token. Environment: `" + envEnvironment + "`.",
			Validators: []validator.String{stringvalidator.OneOf(environmentNames()...)},
		},
		"ca_certificate_file": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Path of a PEM file with CA certificates to trust besides the system's: for a proxy that " +
				"inspects TLS, or for the emulator. Environment: `" + envCACertificate + "`.",
		},
	}
}

// identityAttributes are azurerm's authentication arguments, by azurerm's names and with its environment variables.
func identityAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tenant_id": identityText("Tenant of the Microsoft Entra principal.", "ARM_TENANT_ID"),
		"client_id": identityText("Application (client) ID of the principal; for a managed identity, which one.",
			"ARM_CLIENT_ID"),
		"client_secret": identitySecret("Secret of the principal. A wrong one fails; nothing else is tried.",
			"ARM_CLIENT_SECRET"),
		"client_certificate": identitySecret("Client certificate with its key, PKCS#12 or PEM, base64.",
			"ARM_CLIENT_CERTIFICATE"),
		"client_certificate_path": identityText("Path of a file with the client certificate and its key, PKCS#12 or PEM.",
			"ARM_CLIENT_CERTIFICATE_PATH"),
		"client_certificate_password": identitySecret("Password of the client certificate's file.",
			"ARM_CLIENT_CERTIFICATE_PASSWORD"),
		"use_oidc": identityFlag("Authenticate with a token of the pipeline (GitHub, Azure DevOps, or a given one). "+
			"Default: `false`.", "ARM_USE_OIDC"),
		"oidc_token":           identitySecret("The pipeline's token itself.", "ARM_OIDC_TOKEN"),
		"oidc_token_file_path": identityText("Path of a file with the pipeline's token.", "ARM_OIDC_TOKEN_FILE_PATH"),
		"oidc_request_url": identityText("Where to request the pipeline's token; GitHub and Azure DevOps set their own "+
			"variables.",
			"ARM_OIDC_REQUEST_URL"),
		"oidc_request_token": identitySecret("What authorises the request for the pipeline's token.",
			"ARM_OIDC_REQUEST_TOKEN"),
		"ado_pipeline_service_connection_id": identityText("Azure DevOps service connection to authenticate through.",
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID"),
		"use_msi": identityFlag("Authenticate as a managed identity of the machine. Default: `false`.", "ARM_USE_MSI"),
		"use_aks_workload_identity": identityFlag("Authenticate with AKS workload identity. Default: `false`.",
			"ARM_USE_AKS_WORKLOAD_IDENTITY"),
		"use_cli": identityFlag("Authenticate with the login of the Azure CLI when nothing else is configured. Default: "+
			"`true`.",
			"ARM_USE_CLI"),
	}
}

func identityText(meaning, variable string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: meaning + " Environment: `" + variable + "`."}
}

func identitySecret(meaning, variable string) schema.StringAttribute {
	attribute := identityText(meaning+" Written to no state or plan.", variable)
	attribute.Sensitive = true
	return attribute
}

func identityFlag(meaning, variable string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, MarkdownDescription: meaning + " Environment: `" + variable + "`."}
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
