// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package aziothub

import (
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// The throttles of a hub, as they are with one unit of the smallest tiers ("IoT Hub quotas and throttling").

// registryBucket is that of all calls for identities, reads, writes and bulk calls together.
func registryBucket() azrest.Bucket {
	return azrest.Bucket{Name: "registry", Calls: 100, Per: time.Minute}
}

// twinReadsBucket refills so fast that a wait of ten seconds, as the hub's message wants it of any call, would leave
// it full for nine.
func twinReadsBucket() azrest.Bucket {
	return azrest.Bucket{Name: "twin reads", Calls: 100, Per: time.Second, Base: time.Second / 2}
}

func queriesBucket() azrest.Bucket {
	return azrest.Bucket{Name: "queries", Calls: 20, Per: time.Minute}
}
