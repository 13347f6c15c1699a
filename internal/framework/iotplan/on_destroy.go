// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotplan

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotdiag"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iotvalidator"
)

// Values of the attribute on_destroy.
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

// Policy is a value of on_destroy with what it does: "deletes it".
type Policy struct{ Value, Does string }

// Disables is the policy of an object that can be disabled.
func Disables() Policy { return Policy{DestroyDisable, "disables it and leaves it there"} }

// Keeps is the policy of an object that Terraform only forgets.
func Keeps() Policy { return Policy{DestroyKeep, "leaves it as it is, and Terraform forgets it"} }

// Prevents is the policy of what is not to be lost.
func Prevents() Policy {
	return Policy{DestroyPrevent, "makes a plan that would destroy or rename it an error, and an apply that would " +
		"replace it for another reason (`-replace`, a taint)"}
}

// OnDestroy is the attribute on_destroy with the policies that a resource knows, the default first. more ends its
// description.
func OnDestroy(more string, policies ...Policy) schema.StringAttribute {
	var values, texts []string
	for _, policy := range policies {
		values, texts = append(values, policy.Value), append(texts, fmt.Sprintf("`%s` %s", policy.Value, policy.Does))
	}
	texts[0] = strings.Replace(texts[0], "` ", "` (default) ", 1)
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(values[0]),
		MarkdownDescription: strings.TrimSpace("What destroying does in Azure: " + strings.Join(texts, "; ") +
			". The value that counts is the one last applied. " + more),
		Validators: []validator.String{iotvalidator.OneOf(values...)},
	}
}

// Prevented is the error of an object that on_destroy keeps from being lost; verb is what is not done to it: "destroy".
func Prevented(noun, id, host, verb string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(iotdiag.Titled(noun)+" is held by on_destroy", fmt.Sprintf(
		"The %s %q at %s has on_destroy = %q, so that Terraform does not %s it. To do it all the same, first apply another "+
			"value; to have Terraform forget it, use a removed block. One that was marked tainted is freed with terraform "+
			"untaint.", noun, id, host, DestroyPrevent, verb))
}
