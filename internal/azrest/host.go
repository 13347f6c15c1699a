// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package azrest

import "strings"

// FoldHost is the one spelling of a host name, by which names of one host are equal: in lower case, and without the
// port that https has anyway.
func FoldHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ":443") }

// SameHost tells whether two host names mean the same host.
func SameHost(a, b string) bool { return FoldHost(a) == FoldHost(b) }
