// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps_test

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
	"github.com/azureiot/terraform-provider-azureiot/internal/wiretest"
)

type exchange = wiretest.Exchange

// client returns a client whose requests are the given exchanges; all of them must have happened when the test ends.
func client(t *testing.T, exchanges ...exchange) *azdps.Client {
	t.Helper()
	o := wiretest.ClientOptions(wiretest.NewService(t, exchanges...))
	c, err := azdps.NewClientFromConnectionString(wiretest.ConnectionString(t, "MyDPS.azure-devices-provisioning.net"), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func onlyIf(etag azcore.ETag) *azdps.WriteOptions {
	return &azdps.WriteOptions{OnlyIfUnchanged: &etag}
}
