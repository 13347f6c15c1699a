// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package unchanged is how a resource tells, from what Terraform has sent and before anything of it is decoded, that
// an answer is the question: that a read finds the state as it is, or that a plan which proposes the prior state plans
// just that. It also knows of which configurations nothing was said, so that nothing is to be said of one that differs
// only in its names. Of a fleet's nightly plan nearly every answer is one of these, and the framework
// (terraform-plugin-framework v1.19.0) goes through every attribute of the schema some dozen times to come to it.
//
// A resource that is not sure says so, and the framework is asked as usual: whatever is missing, not known, in another
// form or about to be said is a doubt. So an answer never leaves out a difference, a warning, an error or a change of
// private state; the tests of internal/provider compare both ways.
//
// It knows Terraform and nothing of Azure.
package unchanged
