// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package wire

// Bucket names one sort of calls that a service limits separately; the empty one is not
// limited.
type Bucket string
