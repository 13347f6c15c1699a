// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package azure holds the configured clients of one provider block: one of a DPS instance, and one per IoT hub, made
// when the hub's name is first met. What it caches lives as long as one ConfigureProvider call: Terraform makes a new
// one for every walk, so that nothing outlives the plan or the apply that it was read for.
//
// It knows the clients and who may be sent a credential. It knows nothing of Terraform and makes no decision about
// devices.
package azure
