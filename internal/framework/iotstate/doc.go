// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotstate keeps what a resource remembers besides its attributes in Terraform's private state. Private state
// is readable in the state file: no secret goes in.
//
// One rule holds for everything that is kept: private state that is missing is the zero value of its type, and private
// state of another version or shape is what its Key says of it. Each type chooses that such that less is done for it:
// an object is read anew, an entry is left alone. What cannot be encoded is an error, and never forgotten in silence.
//
// It knows the plugin framework and nothing of Azure.
package iotstate
