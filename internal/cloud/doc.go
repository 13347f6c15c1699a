// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package cloud knows the Azure clouds: who gives their tokens, what the tokens are for, how the hosts of both services
// are called there, and which mistakes can be seen in a host name alone.
//
// Words: a cloud is what azurerm calls an environment; an authority gives tokens, and an audience is what a token is
// good for.
//
// It asks nobody and knows neither Terraform nor the clients.
package cloud
