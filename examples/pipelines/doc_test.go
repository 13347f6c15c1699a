// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package pipelines_test lints the pipelines and runs their scripts end to end
// against the emulator, with everything built as users have it, and with
// stand-ins for the command lines of GitHub and Azure DevOps.
package pipelines_test
