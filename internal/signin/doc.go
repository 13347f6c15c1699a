// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package signin makes the one Microsoft Entra credential that a provider block describes, by azurerm's arguments and
// environment variables. azidentity does the work; what is here decides which of its credentials is meant.
//
// Words: an argument has a name in the provider block and variables that stand in for it; a platform's variable is set
// by what a pipeline runs on, and configures nothing by itself; a method is one way to sign in. The first method that
// is configured is used. Nothing is probed, and what the method would ignore is a problem.
//
// It knows neither Terraform nor the services.
package signin
