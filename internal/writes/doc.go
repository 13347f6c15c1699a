// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package writes carries out one conditional write and says what became of it: done, overtaken, refused or unknown.
//
// Every face asks this question, and there is one answer to it. A write whose answer was lost, or cannot be read, may
// have been carried out; so may one that meets another ETag, or a conflict, when an earlier try of it got no answer.
// Then the object is read, and what it says decides.
//
// It knows the errors of package azrest and nothing of Terraform, of DPS or of a hub: what is sent and read, and how
// one's own write is recognised, are functions of the caller.
package writes
