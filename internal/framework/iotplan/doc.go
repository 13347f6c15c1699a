// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotplan is what plans of different objects have in common: plan modifiers, the host that an object is in,
// on_destroy, and what a plan notes for the Delete and the Create that carry it out.
//
// The notes are in private state, because another process may carry a plan out. What a Delete then finds, the Create of
// the same apply gets through azure.Handover instead: Terraform hands it no private state of what was deleted.
package iotplan
