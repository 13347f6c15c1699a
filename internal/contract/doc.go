// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package contract holds real plans against what the provider promises to those
// who read them by machine: the page "The contract of a plan", the recorded plans
// in examples/policies/plans that policies and the summary are tested with, and
// the silence of a fleet that nobody has touched.
//
// Words: a scene is one world up to one plan; a recording is the plan of a scene
// as terraform show -json prints it, without what differs from run to run.
//
// It exists for tests only. Recordings are written anew by "make plans".
package contract
