// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package signin_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/signin"
)

// choose reads a block and an environment, and chooses.
func choose(block, env values) (*signin.Choice, []signin.Problem) {
	given := map[string]signin.Given{}
	for name, text := range block {
		given[name] = signin.Given{Text: text}
	}
	settings, problems := signin.Read(given, func(name string) string { return env[name] })
	choice, more := signin.Choose(settings)
	return choice, append(problems, more...)
}

func with(blocks ...values) values {
	all := values{}
	for _, m := range blocks {
		maps.Copy(all, m)
	}
	return all
}

// file writes a file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// values are an environment, or the arguments of a block.
type values map[string]string

// secret must be in no problem.
const secret = "s3cret-of-the-principal"

func principal() values {
	return values{"tenant_id": "t", "client_id": "c"}
}

func TestChoose_usesTheFirstMethodThatIsConfigured(t *testing.T) {
	t.Parallel()
	token := file(t, "a.b.c")
	aks := values{"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": token}
	github := values{
		"ACTIONS_ID_TOKEN_REQUEST_URL": "https://x.example/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "r",
	}
	devops := values{"SYSTEM_OIDCREQUESTURI": "https://x.example/", "SYSTEM_ACCESSTOKEN": "r"}
	environment := values{"ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c", "ARM_SUBSCRIPTION_ID": "s"}
	for name, test := range map[string]struct {
		block, env values
		want       string
	}{
		"nothing":          {nil, nil, "the Azure CLI's login"},
		"CLI switched off": {values{"use_cli": "false"}, nil, ""},
		"platform alone":   {nil, with(aks, github, devops), "the Azure CLI's login"},
		"certificate":      {with(principal(), values{"client_certificate": "x"}), nil, "a client certificate"},
		"certificate in a file": {
			nil, with(environment, values{"ARM_CLIENT_CERTIFICATE_PATH": "x", "ARM_CLIENT_CERTIFICATE_PASSWORD": "p"}),
			"a client certificate",
		},
		"secret": {with(principal(), values{"client_secret": secret}), nil, "a client secret"},
		"secret in a file": {
			nil, with(environment, values{"ARM_CLIENT_SECRET_FILE_PATH": file(t, secret+"\n")}), "a client secret",
		},
		"client in a file": {
			nil, values{"ARM_TENANT_ID": "t", "ARM_CLIENT_ID_FILE_PATH": file(t, "c\n"), "ARM_CLIENT_SECRET": secret},
			"a client secret",
		},
		"AKS": {values{"use_aks_workload_identity": "true"}, aks, "AKS workload identity"},
		"AKS with use_oidc": {
			nil, with(aks, values{"ARM_USE_OIDC": "1", "ARM_USE_AKS_WORKLOAD_IDENTITY": "True"}),
			"AKS workload identity",
		},
		"OIDC, token": {
			with(principal(), values{"use_oidc": "true", "oidc_token": "a.b.c"}), github, "OIDC with a given token",
		},
		"OIDC, file": {
			with(principal(), values{"use_oidc": "true", "oidc_token_file_path": token}), nil,
			"OIDC with a given token",
		},
		"OIDC, GitHub": {nil, with(environment, github, values{"ARM_USE_OIDC": "true"}), "OIDC from GitHub"},
		"OIDC, Azure DevOps": {
			nil, with(environment, devops, values{"ARM_USE_OIDC": "true", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID": "x"}),
			"OIDC from Azure DevOps",
		},
		"managed identity": {nil, with(environment, values{"ARM_USE_MSI": "true"}), "a managed identity"},
		"false asks for nothing": {
			with(principal(), values{"client_secret": secret, "use_msi": "false", "use_oidc": "false"}), nil,
			"a client secret",
		},
		"CLI beside a secret": {
			with(principal(), values{"client_secret": secret, "use_cli": "true"}), nil, "a client secret",
		},
		"an empty argument beats a variable": {
			values{"client_secret": "", "use_msi": "true"}, with(environment, values{"ARM_CLIENT_SECRET": secret}),
			"a managed identity",
		},
		"a false argument beats a variable": {
			values{"use_oidc": "false", "client_id": ""}, with(environment, github, values{"ARM_USE_OIDC": "true"}),
			"the Azure CLI's login",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choice, problems := choose(test.block, test.env)
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			got := ""
			if choice != nil {
				got = choice.Method.Name
			}
			if got != test.want {
				t.Errorf("it signs in with %q, want %q", got, test.want)
			}
		})
	}
}

// Each problem is on the argument at fault, says where the value came from, and shows no secret.
func TestChoose_refusesWhatItWouldIgnoreOrMiss(t *testing.T) {
	t.Parallel()
	aks := values{"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": file(t, "a.b.c")}
	for name, test := range map[string]struct {
		block, env values
		at, says   string
	}{
		"secret beside a certificate": {
			with(principal(), values{"client_certificate_path": "x"}), values{"ARM_CLIENT_SECRET": secret},
			"client_secret", "ARM_CLIENT_SECRET",
		},
		"OIDC beside a secret": {
			with(principal(), values{"client_secret": secret, "use_oidc": "true"}), nil, "use_oidc", "a client secret",
		},
		"managed identity beside a secret": {
			with(principal(), values{"client_secret": secret, "use_msi": "true"}), nil, "use_msi", "a client secret",
		},
		"client without a way": {nil, values{"ARM_CLIENT_ID": "c"}, "client_id", "the Azure CLI's login"},
		"file without a way": {
			nil, values{"ARM_CLIENT_ID_FILE_PATH": file(t, "c")}, "client_id_file_path", "ARM_CLIENT_ID_FILE_PATH",
		},
		"token without use_oidc": {values{"oidc_token": secret}, nil, "oidc_token", "use_oidc with oidc_token"},
		"endpoint without use_msi": {
			values{"msi_endpoint": "http://localhost/", "use_cli": "false"}, nil, "msi_endpoint",
			"nothing is configured that signs in with it",
		},
		"password without a certificate": {
			with(principal(), values{"client_secret": secret, "client_certificate_password": secret}), nil,
			"client_certificate_password", "does nothing with it",
		},
		"service connection beside a token": {
			with(principal(), values{
				"use_oidc": "true", "oidc_token": secret, "ado_pipeline_service_connection_id": "x",
			}), nil, "ado_pipeline_service_connection_id", "OIDC with a given token",
		},
		"both certificates": {
			with(principal(), values{"client_certificate": "x", "client_certificate_path": "y"}), nil,
			"client_certificate_path", "client_certificate",
		},
		"no client": {values{"tenant_id": "t", "client_secret": secret}, nil, "client_id", "ARM_CLIENT_ID"},
		"no tenant": {values{"client_id": "c", "client_secret": secret}, nil, "tenant_id", "ARM_TENANT_ID"},
		"no request URL": {
			with(principal(), values{"use_oidc": "true"}), nil, "oidc_request_url", "oidc_token_file_path",
		},
		"no request token": {
			with(principal(), values{"use_oidc": "true"}), nil, "oidc_request_token",
			"ACTIONS_ID_TOKEN_REQUEST_TOKEN",
		},
		"no AKS file": {
			values{"use_aks_workload_identity": "true"}, nil, "oidc_token_file_path", "AZURE_FEDERATED_TOKEN_FILE",
		},
		"another client than that of AKS": {
			values{"use_aks_workload_identity": "true", "client_id": "other"}, aks, "client_id", `"c"`,
		},
		"bad tenant": {
			with(principal(), values{"tenant_id": "my tenant", "client_secret": secret}), nil, "tenant_id",
			"letters",
		},
		"bad flag": {nil, values{"ARM_USE_MSI": "perhaps"}, "use_msi", "neither true nor false"},
		"missing file": {
			values{"client_secret_file_path": "/no/such/" + secret}, nil, "client_secret_file_path", "no such file",
		},
		"empty file": {
			values{"client_secret_file_path": file(t, " \n")}, nil, "client_secret_file_path", "holds nothing",
		},
		"two clients": {
			values{"client_id": "a", "client_id_file_path": file(t, "b"), "client_secret": secret, "tenant_id": "t"},
			nil, "client_id", `"b"`,
		},
		"two secrets": {
			with(principal(), values{"client_secret": secret, "client_secret_file_path": file(t, "x"+secret)}), nil,
			"client_secret", "different things",
		},
		"too many tenants": {
			nil, values{"ARM_AUXILIARY_TENANT_IDS": "a;b;c;d"}, "auxiliary_tenant_ids", "at most 3",
		},
		"bad other tenant": {nil, values{"ARM_AUXILIARY_TENANT_IDS": "a;b c"}, "auxiliary_tenant_ids", "letters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choice, problems := choose(test.block, test.env)
			found := slices.ContainsFunc(problems, func(p signin.Problem) bool {
				return p.Argument == test.at && strings.Contains(p.Summary+" "+p.Detail, test.says)
			})
			if !found {
				t.Errorf("there should be a problem on %s that says %q: %v", test.at, test.says, problems)
			}
			for _, p := range problems {
				if strings.Contains(p.Summary+p.Detail, secret) {
					t.Errorf("a secret is shown: %v", p)
				}
			}
			if choice != nil && name != "too many tenants" && len(problems) == 0 {
				t.Errorf("it signs in all the same, with %s", choice.Method.Name)
			}
		})
	}
}

// What the constructors find out is on the argument at fault as well.
func TestCredential_refusesWhatCannotSignIn(t *testing.T) {
	t.Parallel()
	oidc := with(principal(), values{"use_oidc": "true"})
	for name, test := range map[string]struct {
		block, env values
		at, says   string
	}{
		"certificate that is none": {
			with(principal(), values{"client_certificate_path": file(t, "hello")}), nil, "client_certificate_path", "password",
		},
		"certificate that is no base64": {
			with(principal(), values{"client_certificate": secret + "!"}), nil, "client_certificate", "base64",
		},
		"missing certificate": {
			with(principal(), values{"client_certificate_path": "/no/such/" + secret}), nil, "client_certificate_path",
			"no such file",
		},
		"missing token file": {
			with(oidc, values{"oidc_token_file_path": "/no/such/" + secret}), nil, "oidc_token_file_path",
			"no such file",
		},
		"two tokens": {
			with(oidc, values{"oidc_token": secret, "oidc_token_file_path": file(t, "x")}), nil, "oidc_token",
			"different things",
		},
		"request over http": {
			with(oidc, values{"oidc_request_url": "http://x.example/", "oidc_request_token": secret}), nil,
			"oidc_request_url", "https only",
		},
		"request to nowhere": {
			with(oidc, values{"oidc_request_url": secret, "oidc_request_token": secret}), nil, "oidc_request_url", "URL",
		},
		"Azure DevOps without a connection": {
			oidc, values{"SYSTEM_OIDCREQUESTURI": "https://x.example/", "SYSTEM_ACCESSTOKEN": secret},
			"ado_pipeline_service_connection_id", "SYSTEM_OIDCREQUESTURI",
		},
		"managed identity over http elsewhere": {
			values{"use_msi": "true", "msi_endpoint": "http://evil.example/token"}, nil, "msi_endpoint", "elsewhere",
		},
		"managed identity nowhere": {
			values{"use_msi": "true", "msi_endpoint": "token"}, nil, "msi_endpoint", "URL",
		},
		"two managed identity endpoints": {
			values{"use_msi": "true", "msi_endpoint": "http://localhost/a"},
			values{"IDENTITY_ENDPOINT": "http://localhost/b"}, "msi_endpoint", "http://localhost/b",
		},
		"subscription of no shell": {
			values{"subscription_id": "a;b"}, nil, "subscription_id", "characters that the Azure CLI does not take",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			choice, problems := choose(test.block, test.env)
			if len(problems) > 0 {
				t.Fatalf("problems before: %v", problems)
			}
			_, problems = choice.Credential(signin.Options{Authority: "https://login.microsoftonline.com/"})
			if len(problems) != 1 || problems[0].Argument != test.at ||
				!strings.Contains(problems[0].Summary+" "+problems[0].Detail, test.says) {
				t.Errorf("there should be one problem, on %s, that says %q: %v", test.at, test.says, problems)
			}
			for _, p := range problems {
				if strings.Contains(p.Summary+p.Detail, secret) {
					t.Errorf("a secret is shown: %v", p)
				}
			}
		})
	}
}
