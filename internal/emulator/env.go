// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// EnvVar is one variable for clients of an emulator.
type EnvVar struct {
	Key, Value string
}

// Env is what clients need to find and trust the emulator. caFile is the path at which
// the caller keeps CACertificatePEM.
func (e *Emulator) Env(caFile string) []EnvVar {
	connections := make([]string, 0, len(e.hubs))
	for _, h := range e.hubs {
		connections = append(connections, h.ConnectionString())
	}
	return []EnvVar{
		{"AZUREIOT_DPS_HOSTNAME", e.DPSHostname()},
		{"AZUREIOT_DPS_CONNECTION_STRING", e.DPSConnectionString()},
		{"AZUREIOT_DPS_ID_SCOPE", e.IDScope()},
		{"AZUREIOT_DPS_DEVICE_HOSTNAME", e.DPSHostname()},
		{"AZUREIOT_IOTHUB_HOSTNAME", e.hubs[0].Hostname()},
		{"AZUREIOT_IOTHUB_CONNECTION_STRINGS", strings.Join(connections, ",")},
		{"AZUREIOT_CA_CERTIFICATE_FILE", caFile},
		{"AZURE_AUTHORITY_HOST", e.AuthorityURL()},
		{"AZUREIOT_EMULATOR_ADMIN", e.AdminAddress()},
	}
}

// WriteEnvFile writes the CA certificate to path + ".ca.pem", which it returns, and then the variables to path as lines
// KEY='VALUE' that a shell can source. Each file appears at once and
// complete, readable by its owner only, because the connection strings hold keys.
func (e *Emulator) WriteEnvFile(path string) (caFile string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the folder of the environment file: %w", err)
	}
	caFile = path + ".ca.pem"
	if err := writeAtOnce(caFile, e.ca.pem()); err != nil {
		return caFile, err
	}
	var b strings.Builder
	for _, v := range e.Env(caFile) {
		fmt.Fprintf(&b, "%s='%s'\n", v.Key, strings.ReplaceAll(v.Value, "'", `'\''`))
	}
	return caFile, writeAtOnce(path, []byte(b.String()))
}

func writeAtOnce(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}
