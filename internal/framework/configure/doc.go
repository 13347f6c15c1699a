// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package configure is what every Terraform object of the provider needs before it can do its work: the configured
// services of the provider block and the decoded model of a request. It is written once so that no object repeats it.
//
// It knows the plugin framework and nothing of Azure.
package configure
