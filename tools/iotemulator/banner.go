// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/template"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// banner is what a person reads: what runs, and one block to copy for each tool.
const banner = `
Azure IoT emulator: an emulated Device Provisioning Service and IoT Hubs.
In memory{{if .Alone}}, on this machine only{{end}}. Not for production.

  provisioning service  https://{{.DPS}}  (service and device API)
  ID scope              {{.Scope}}
{{- range .Hubs}}
  IoT hub               https://{{.Hostname}}  ({{.Name}})
{{- end}}
{{- if .Admin}}
  admin                 http://{{.Admin}}  (a page for browsers)
{{- end}}
  CA certificate        {{.CAFile}}

# Terraform{{if .EnvFile}} (the same as: set -a; . {{.EnvFile}}; set +a){{end}}
{{- range .Env}}
export {{.Key}}='{{.Value}}'
{{- end}}

# Terraform with Microsoft Entra ID, in place of the connection strings
unset AZUREIOT_DPS_CONNECTION_STRING AZUREIOT_IOTHUB_CONNECTION_STRINGS
export AZURE_AUTHORITY_HOST='{{.Authority}}'
export ARM_TENANT_ID='emulator'
export ARM_CLIENT_ID='{{.ClientID}}'
export ARM_CLIENT_SECRET='{{.ClientSecret}}'
# or as a managed identity, without client and secret
export ARM_USE_MSI='true'
export ARM_MSI_ENDPOINT='{{.Machine}}/metadata/identity/oauth2/token'

# Policies with fewer permissions, to see what a missing one does
{{- range .Policies}}
{{.Variable}}='{{.Connection}}'  # {{.Permissions}}
{{- end}}

# Azure CLI with the azure-iot extension
export REQUESTS_CA_BUNDLE='{{.CAFile}}'
az iot dps enrollment list --login '{{.DPSConnection}}'
{{- range .Hubs}}
az iot hub device-identity list --login '{{.ConnectionString}}'
{{- end}}

# curl (the token is good for a day)
curl --cacert '{{.CAFile}}' -H 'Content-Type: application/json' -d '{"query":"*"}' \
  -H 'Authorization: {{.Token}}' \
  'https://{{.DPS}}/enrollments/query?api-version=2021-10-01'

# Node (over HTTPS its SDKs know no port: start with -dps 127.0.0.1:443 -hub {{(index .Hubs 0).Name}}=127.0.0.2:443)
export NODE_EXTRA_CA_CERTS='{{.CAFile}}'
export DPS_CONNECTION_STRING='{{withoutPort .DPSConnection}}'
export IOTHUB_CONNECTION_STRING='{{withoutPort (index .Hubs 0).ConnectionString}}'

Ready. Ctrl-C ends it.
`

// writeBanner says what to export.
func writeBanner(out io.Writer, e *emulator.Emulator, secret, caFile, envFile string, alone bool) error {
	// The Node HTTP SDKs take host:port for a host name.
	withoutPort := func(s string) string { return strings.Replace(s, ":443;", ";", 1) }
	t, err := template.New("banner").Funcs(template.FuncMap{"withoutPort": withoutPort}).
		Parse(strings.TrimPrefix(banner, "\n"))
	if err != nil {
		return fmt.Errorf("reading the banner: %w", err)
	}
	token, err := sign(e.DPSConnectionString(), time.Now().Add(24*time.Hour))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"DPS": e.DPSHostname(), "Scope": e.IDScope(), "Hubs": e.Hubs(), "Admin": e.AdminAddress(),
		"CAFile": caFile, "EnvFile": envFile, "Env": e.Env(caFile), "DPSConnection": e.DPSConnectionString(),
		"Alone": alone, "Token": token, "Authority": e.AuthorityURL(), "Machine": e.MachineURL(), "Policies": restricted(e),
		"ClientID": clientID, "ClientSecret": secret,
	})
	if err != nil {
		return fmt.Errorf("writing the banner: %w", err)
	}
	_, err = out.Write(b.Bytes())
	return err
}

// restrictedPolicy is a policy with fewer permissions than the owner's.
type restrictedPolicy struct{ Variable, Connection, Permissions string }

// restricted lists those of the provisioning service and of every hub.
func restricted(e *emulator.Emulator) []restrictedPolicy {
	var all []restrictedPolicy
	for _, p := range e.DPSPolicies()[1:] {
		connection, _ := e.DPSConnectionStringFor(p.Name)
		all = append(all, restrictedPolicy{
			"AZUREIOT_DPS_CONNECTION_STRING", connection, strings.Join(p.Permissions, ", "),
		})
	}
	for _, h := range e.Hubs() {
		for _, p := range h.Policies()[1:] {
			connection, _ := h.ConnectionStringFor(p.Name)
			all = append(all, restrictedPolicy{
				"AZUREIOT_IOTHUB_CONNECTION_STRINGS", connection, strings.Join(p.Permissions, ", "),
			})
		}
	}
	return all
}

// sign makes the shared access signature of a connection string's policy for its host.
func sign(connectionString string, expiry time.Time) (string, error) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(connectionString, ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	key, err := base64.StdEncoding.DecodeString(parts["SharedAccessKey"])
	if err != nil {
		return "", errors.New("the policy's key is not base64")
	}
	resource := url.QueryEscape(parts["HostName"])
	h := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(h, "%s\n%d", resource, expiry.Unix())
	signature := url.QueryEscape(base64.StdEncoding.EncodeToString(h.Sum(nil)))
	return fmt.Sprintf("SharedAccessSignature sr=%s&sig=%s&se=%d&skn=%s",
		resource, signature, expiry.Unix(), parts["SharedAccessKeyName"]), nil
}
