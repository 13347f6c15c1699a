// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
	"github.com/azureiot/terraform-provider-azureiot/internal/tfserver"
)

// asProvider has this program be a provider of its own: some of what azidentity and Go's HTTP client do depends on the
// environment of the process, or is kept for the whole of it.
const asProvider = "AZUREIOT_TEST_AS_PROVIDER"

func TestMain(m *testing.M) {
	if os.Getenv(asProvider) != "" {
		if err := readOnce(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(acctest.RunTests(m))
}

// readOnce configures a provider from the environment alone, reads the enrollment groups and says what went wrong.
func readOnce(out io.Writer) error {
	return readWith(context.Background(), provider.New("test", provider.Options{}), out)
}

// readWith does the same with a given provider.
func readWith(ctx context.Context, made func() frameworkprovider.Provider, out io.Writer) error {
	server := tfserver.Factory(made)()
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	block, err1 := nothing(schemas.Provider)
	source, err2 := nothing(schemas.DataSourceSchemas[groups])
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: block})
	if err != nil {
		return err
	}
	said := configured.Diagnostics
	if len(said) == 0 {
		read, err := server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: groups, Config: source})
		if err != nil {
			return err
		}
		said = read.Diagnostics
	}
	for _, d := range said {
		_, _ = fmt.Fprintln(out, d.Severity, d.Attribute, d.Summary, d.Detail)
	}
	return nil
}

// nothing is a configuration in which every attribute is left out.
func nothing(schema *tfprotov6.Schema) (*tfprotov6.DynamicValue, error) {
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		return nil, errors.New("a schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	encoded, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
	return &encoded, err
}

// readInProcess is what a provider of its own says when it reads with the environment of a world; empty when it could.
func readInProcess(t *testing.T, w *acctest.World, env map[string]string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = []string{asProvider + "=1", "TF_LOG_SDK=OFF", "TF_LOG_PROVIDER_AZUREIOT=OFF", "PATH=/nowhere"}
	for _, name := range []string{
		"AZUREIOT_DPS_HOSTNAME", "AZUREIOT_CA_CERTIFICATE_FILE", "AZURE_AUTHORITY_HOST",
	} {
		command.Env = append(command.Env, name+"="+w.Getenv(name))
	}
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	said, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return string(said)
}
