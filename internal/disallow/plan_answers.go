// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package disallow

import (
	"reflect"

	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/facts"
)

// planAnswers is what a plan leaves for the apply of the same settings. Terraform plans each change once more right
// before it applies it, with the provider configured as for the apply, and nothing in that call tells the two apart.
type planAnswers struct {
	want    wanted
	answers facts.Answers
}

// tellApply leaves what the services said to a plan.
func (r *deviceResource) tellApply(want wanted, answers facts.Answers) {
	azure.Leave(&r.Services.Handover, r.entryObject(want), planAnswers{want, answers})
}

// saidToPlan is what the services said to the plan of the same settings a moment ago, once; nil when nothing is left of
// it.
func (r *deviceResource) saidToPlan(want wanted) *facts.Answers {
	left, found := azure.Take[planAnswers](&r.Services.Handover, r.entryObject(want))
	if !found || !reflect.DeepEqual(left.want, want) || !left.answers.Fresh(r.Services.Now()) {
		return nil
	}
	return &left.answers
}

func (r *deviceResource) entryObject(want wanted) azure.Object {
	return azure.EnrollmentObject(r.Services.DPSHost(want.dpsHostname), want.RegistrationID)
}
