// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package seedfile reads the world that an emulator shall start with from a file that a person wrote, in JSON or YAML.
//
// It is apart from the emulator, which knows the standard library only, for the sake of YAML.
package seedfile
