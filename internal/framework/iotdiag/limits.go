// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

import "github.com/azureiot/terraform-provider-azureiot/internal/azrest"

// limitAdvice is what to do about a refusal that no role or permission would have changed; empty for others. A hub
// says 401 for missing rights and keeps 403 and 413 for quotas, tiers and sizes (IoT Hub, "Understand and resolve
// errors").
func limitAdvice(err error) string {
	refusal, ok := azrest.AsError(err)
	if !ok {
		return ""
	}
	switch refusal.Code {
	case "IotHubQuotaExceeded", "403002":
		return "The hub's quota is used up: it holds as many devices, or took as many messages today, as its tier and " +
			"units allow. Delete what is not needed, or give the hub more units or a higher tier."
	case "OperationNotAvailableInCurrentTier", "403010":
		return "The hub's tier does not have this operation. Basic tiers have no twins, modules or queries."
	case "IotHubSuspended", "403001":
		return "The hub is suspended. Look at its state in the Azure portal."
	}
	if azrest.IsTooLarge(err) {
		return "A limit of the service is exceeded: the request is too large, or there are too many objects of this kind. " +
			"Asking again does not help; make the request smaller, or remove objects."
	}
	return ""
}
