// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

// Values of the attribute on_destroy of objects that can be disabled.
const (
	// DestroyDelete deletes the object in Azure.
	DestroyDelete = "delete"
	// DestroyDisable disables it and leaves it there.
	DestroyDisable = "disable"
	// DestroyKeep leaves it as it is; Terraform forgets it.
	DestroyKeep = "keep"
	// DestroyPrevent is an error at plan.
	DestroyPrevent = "prevent"
)

// DestroyValues are the values of on_destroy, the default first.
func DestroyValues() []string {
	return []string{DestroyDelete, DestroyDisable, DestroyKeep, DestroyPrevent}
}
