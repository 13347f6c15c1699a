// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotplan has the plan modifiers that the objects share.
package iotplan
