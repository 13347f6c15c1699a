// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package configure is what every Terraform object of the provider needs before it can do its work: the configured
// services of the provider block, the decoded model of a request, and what is the same for all attributes of a model.
// It is written once so that no object repeats it, nor a list of its attributes.
//
// It knows the plugin framework and nothing of Azure.
package configure
