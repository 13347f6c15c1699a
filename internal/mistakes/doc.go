// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package mistakes has the mistakes that people make with the provider, with
// what each of them is told: the attribute, what is wrong with it, and what to
// do. Nothing that could be a secret is repeated.
//
// To add one, add a row to the table of its object, run "make messages", read what
// is said, and rate it in testdata/messages.txt: a rating is one of the message as
// it stands.
//
// It exists for tests only.
package mistakes
