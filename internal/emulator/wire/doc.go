// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package wire is what the Device Provisioning Service and IoT Hub spell alike: JSON, identifiers, moments,
// preconditions, the taking apart of a path, the answer and the refusal. Each service adds the words that are its own.
//
// It may know neither service: nothing here asks which of the two is speaking.
package wire
