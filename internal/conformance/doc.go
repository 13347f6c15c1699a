// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package conformance holds the parts of this module against each other that share no line: the simulated
// devices, the service clients and the decisions on one side, the emulator on the other. It has tests only.
//
// A mistake in one of them shows here as a disagreement; one that was made twice does not. Against those there are
// clients that were written elsewhere: Microsoft's own for Node, as they are published (node/), and the recorded calls
// and documents of others. What nobody has established is a list of unknowns: questions for "make live" to settle.
package conformance
