// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
)

// A refusal for a quota, a tier or a size is told from one for missing rights: no role would help.
func TestFailed_tellsLimitsFromMissingRights(t *testing.T) {
	t.Parallel()
	attempt := iotdiag.Attempt{
		Verb: "create", Noun: "device identity", ID: "pump-1", Host: "h.example", Mode: "Microsoft Entra ID (Azure CLI)",
		Needs: iotdiag.WriteDeviceIdentity(),
	}
	const rights = "Owner and Contributor carry no data actions"
	for name, test := range map[string]struct {
		status int
		code   string
		want   string
		rights bool
	}{
		"unauthorized":     {401, "IotHubUnauthorized", rights, true},
		"forbidden":        {403, "GenericForbidden", rights, true},
		"quota":            {403, "IotHubQuotaExceeded", "quota is used up", false},
		"quota by number":  {403, "403002", "quota is used up", false},
		"tier":             {403, "OperationNotAvailableInCurrentTier", "tier does not have", false},
		"tier by number":   {403, "403010", "tier does not have", false},
		"suspended":        {403, "IotHubSuspended", "suspended", false},
		"too many devices": {413, "TooManyDevices", "A limit of the service is exceeded", false},
		"throttled":        {429, "ThrottlingException", "throttling", false},
		"stale":            {412, "PreconditionFailed", "Nothing of theirs was overwritten", false},
	} {
		err := fmt.Errorf("wrapped: %w", &azrest.Error{Service: "IoT Hub", Status: test.status, Code: test.code})
		detail := iotdiag.Failed(attempt, err).Detail()
		if !strings.Contains(detail, test.want) || strings.Contains(detail, rights) != test.rights {
			t.Errorf("%s: %s", name, detail)
		}
	}
}
