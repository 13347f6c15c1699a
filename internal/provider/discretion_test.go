// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/provider"
)

// Whatever text attribute somebody gives a private key for: no resource shows it.
func TestErrors_neverShowAPrivateKey(t *testing.T) {
	t.Parallel()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(made)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	secret := strings.Split(key, "\n")[1]
	for _, object := range provider.Rights() {
		if object.Kind != resourceKind {
			continue
		}
		t.Run(object.Type, func(t *testing.T) {
			t.Parallel()
			o, refused := acctest.NewWorld(t).NewObject(object.Type), 0
			everything := o.Config(nil)
			for name, value := range acctest.Attributes(everything) {
				if !value.Type().Is(tftypes.String) {
					continue
				}
				config := o.Config(map[string]any{name: key})
				said := o.Validate(config)
				if planned := o.Plan(config); said.Failed() {
					said.Diagnostics = append(said.Diagnostics, planned.Diagnostics...)
				}
				if said.Failed() {
					refused++
				}
				acctest.MustNotSay(t, said.Errors()+said.Warnings(), secret)
			}
			if refused < 3 {
				t.Errorf("only %d attributes refuse a key: this proves little", refused)
			}
		})
	}
	said := acctest.NewWorld(t)
	said.SetProviderBlock(map[string]any{"dps_hostname": key})
	acctest.MustNotSay(t, said.ConfigureProvider().Errors(), secret)
}
