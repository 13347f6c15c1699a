// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package facts asks both services about one device and answers in the words of package deprovision: which entry it
// has, which groups there are, what its registration record says, and in which hubs it has an identity.
//
// It only reads. It knows the clients of package azure and nothing of Terraform; it decides nothing. Its words: a
// question names the device; an identity's evidence says why its hub was looked at.
package facts
