// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the provider block: it turns configuration and environment into the configured services of
// package azure, and lists every object that the provider offers. It decides nothing about devices.
package provider
