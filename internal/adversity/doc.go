// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package adversity holds what the provider promises when things go wrong, for all faces alike: whatever fails, nothing
// opens and nothing is lost.
//
// Words: a face is a resource, data source or ephemeral resource, with an object of its kind; a verb is what Terraform
// does to it; a case is one verb in a world of its own, in which one call meets one fault. A new face needs a row in
// the tables of faces, or a test fails; its calls are found by watching a run without faults. A history is what
// happens to one plant, drawn at random, with a piece of the configuration for each kind of resource.
//
// It has tests only.
package adversity
