// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iottype

import "strings"

// Thumbprint is compared without regard to letter case: a hub stores one in the case in which it was written.
func Thumbprint() Text { return Text{name: "Thumbprint", same: strings.EqualFold} }
