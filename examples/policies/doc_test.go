// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package policies_test holds the policies against recorded plans. That those are
// what Terraform says today is a test of the provider's module, internal/contract.
package policies_test
