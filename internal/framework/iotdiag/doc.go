// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotdiag is the vocabulary of diagnostics: what was tried, what the service said (code, tracking ID), and
// what to do. The wording of every failed call is made here and nowhere else.
//
// It knows the error of package azrest, no client and no key.
package iotdiag
