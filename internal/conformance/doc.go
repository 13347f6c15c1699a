// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package conformance holds the parts of this module against each other that share no line: the simulated
// devices, the service clients and the decisions on one side, the emulator on the other. It has tests only.
//
// A mistake in one of them shows here as a disagreement; one that was made twice does not, which is what the
// recorded documents of wiretest and the runs against real services are for.
package conformance
