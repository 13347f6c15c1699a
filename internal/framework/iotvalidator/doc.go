// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package iotvalidator has the checks of single attributes, named for the place where they are called:
// Validators: []validator.String{iotvalidator.RegistrationID()}.
//
// Each says what the rule is, whose rule it is and what was found. A value that is not known yet is left alone.
package iotvalidator
