// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azdps

import (
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// operations is the throttle of all calls of the service API together ("Quotas and limits in the Azure IoT Hub Device
// Provisioning Service").
func operations() azrest.Bucket {
	return azrest.Bucket{Name: "operations", Calls: 1000, Per: time.Minute}
}
