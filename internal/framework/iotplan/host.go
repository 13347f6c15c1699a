// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import "github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"

// Host plans the host name of the instance that an object is in: the configured one or, when none is, the provider
// block's. It belongs into every plan and state. A host name that stands in neither changes unseen when the block is
// pointed elsewhere, and the object at the first instance looks as if somebody had deleted it.
//
// A name that means what prior says keeps prior's spelling; prior is null for a new object. block is empty when the
// provider block names no instance, or when which one it names is not known yet; known tells these apart. The result is
// unknown when it cannot be known yet, and null when nothing names an instance.
func Host(configured, prior iottype.TextValue, block string, known bool) iottype.TextValue {
	planned := iottype.Hostname().Null()
	switch {
	case configured.IsUnknown():
		return configured
	case !configured.IsNull():
		planned = configured
	case block != "":
		planned = iottype.Hostname().Value(block)
	case !known && prior.IsNull():
		return iottype.Hostname().Unknown()
	case !known:
		return prior
	}
	if SameHost(planned, prior) {
		return prior
	}
	return planned
}

// SameHost tells whether two host names mean the same instance. One that is null or not known yet means none.
func SameHost(a, b iottype.TextValue) bool {
	for _, host := range []iottype.TextValue{a, b} {
		if host.IsNull() || host.IsUnknown() {
			return false
		}
	}
	return iottype.Hostname().Same(a.ValueString(), b.ValueString())
}
