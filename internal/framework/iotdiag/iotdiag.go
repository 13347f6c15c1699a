// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// Right is what a caller needs for one kind of call.
type Right struct {
	// Role is a built-in Azure role that carries DataAction.
	Role, DataAction string
	// Permission is what a shared access policy needs.
	Permission string
}

// The rights of the calls that the provider makes (DPS: "Control access with Microsoft Entra ID" and "with shared
// access signatures"; IoT Hub: the same two pages).
func readEnrollment(kind string) Right {
	return Right{
		Role: "Device Provisioning Service Data Reader", Permission: "EnrollmentRead",
		DataAction: "Microsoft.Devices/provisioningServices/" + kind + "/read",
	}
}

func writeEnrollment(kind, verb string) Right {
	return Right{
		Role: "Device Provisioning Service Data Contributor", Permission: "EnrollmentWrite",
		DataAction: "Microsoft.Devices/provisioningServices/" + kind + "/" + verb,
	}
}

// ReadIndividualEnrollment is the right to read an individual enrollment.
func ReadIndividualEnrollment() Right { return readEnrollment("enrollments") }

// WriteIndividualEnrollment is the right to create or change an individual enrollment.
func WriteIndividualEnrollment() Right { return writeEnrollment("enrollments", "write") }

// DeleteIndividualEnrollment is the right to delete an individual enrollment.
func DeleteIndividualEnrollment() Right { return writeEnrollment("enrollments", "delete") }

// ReadEnrollmentGroup is the right to read and list enrollment groups.
func ReadEnrollmentGroup() Right { return readEnrollment("enrollmentGroups") }

// WriteEnrollmentGroup is the right to create or change an enrollment group.
func WriteEnrollmentGroup() Right { return writeEnrollment("enrollmentGroups", "write") }

// DeleteEnrollmentGroup is the right to delete an enrollment group.
func DeleteEnrollmentGroup() Right { return writeEnrollment("enrollmentGroups", "delete") }

// ReadKeys is the right to have an entry's symmetric keys shown.
func ReadKeys() Right {
	return Right{
		Role: "Device Provisioning Service Data Contributor", Permission: "EnrollmentWrite",
		DataAction: "Microsoft.Devices/provisioningServices/attestationmechanism/details/action",
	}
}

// ReadRegistration is the right to read registration records.
func ReadRegistration() Right {
	return Right{
		Role: "Device Provisioning Service Data Reader", Permission: "RegistrationStatusRead",
		DataAction: "Microsoft.Devices/provisioningServices/registrationStates/read",
	}
}

// DeleteRegistration is the right to delete registration records.
func DeleteRegistration() Right {
	return Right{
		Role: "Device Provisioning Service Data Contributor", Permission: "RegistrationStatusWrite",
		DataAction: "Microsoft.Devices/provisioningServices/registrationStates/delete",
	}
}

// ReadDeviceIdentity is the right to read device identities of a hub.
func ReadDeviceIdentity() Right {
	return Right{
		Role: "IoT Hub Data Reader", Permission: "RegistryRead",
		DataAction: "Microsoft.Devices/IotHubs/devices/read",
	}
}

// WriteDeviceIdentity is the right to create or change device identities of a hub.
func WriteDeviceIdentity() Right {
	return Right{
		Role: "IoT Hub Registry Contributor", Permission: "RegistryWrite",
		DataAction: "Microsoft.Devices/IotHubs/devices/write",
	}
}

// DeleteDeviceIdentity is the right to delete device identities of a hub.
func DeleteDeviceIdentity() Right {
	return Right{
		Role: "IoT Hub Registry Contributor", Permission: "RegistryWrite",
		DataAction: "Microsoft.Devices/IotHubs/devices/delete",
	}
}

// QueryTwins is the right to query a hub.
func QueryTwins() Right {
	return Right{
		Role: "IoT Hub Data Reader", Permission: "ServiceConnect",
		DataAction: "Microsoft.Devices/IotHubs/twins/read",
	}
}

// Attempt is one call that was tried: "disable individual enrollment" of "sensor-2" at a host.
type Attempt struct {
	// Verb and Noun name the call: "read", "individual enrollment".
	Verb, Noun string
	// ID is the object, Host the service it was asked for at.
	ID, Host string
	// Mode is how the provider authenticates at Host, for a refused call.
	Mode string
	// Needs is the right that the call takes.
	Needs Right
	// Afterwards is what is true now, when that is not plain: "The device stays blocked in DPS."
	Afterwards string
}

// Failed is the error of an attempt that ended in err.
func Failed(a Attempt, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(a.summary(), a.detail(err))
}

// FailedOn is Failed on the attribute that is at fault.
func FailedOn(at path.Path, a Attempt, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, a.summary(), a.detail(err))
}

// Warned is Failed as a warning: the operation goes on without the answer.
func Warned(a Attempt, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic(a.summary(), a.detail(err))
}

func (a Attempt) summary() string { return "Cannot " + a.Verb + " " + a.Noun }

func (a Attempt) detail(err error) string {
	paragraphs := []string{
		fmt.Sprintf("Tried to %s %s %q at %s.", a.Verb, a.Noun, a.ID, a.Host),
		Sentence(err),
	}
	if advice := a.advice(err); advice != "" {
		paragraphs = append(paragraphs, advice)
	}
	if a.Afterwards != "" {
		paragraphs = append(paragraphs, a.Afterwards)
	}
	return strings.Join(paragraphs, "\n\n")
}

// Sentence is the text of an error as a sentence of its own.
func Sentence(err error) string {
	text := err.Error()
	if text == "" {
		return text
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func (a Attempt) advice(err error) string {
	limit := limitAdvice(err)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "The operation was cancelled or ran out of time."
	case limit != "":
		return limit
	case azrest.IsUnauthorized(err), azrest.IsForbidden(err):
		return a.accessAdvice()
	case azrest.IsThrottled(err):
		return "The service is throttling. Plan again later, or lower Terraform's -parallelism."
	case azrest.IsPreconditionFailed(err):
		return "Somebody else changed the object at the same moment. Nothing of theirs was overwritten; plan again."
	case azrest.IsTransport(err):
		return "Check the host name, the network and ca_certificate_file of the provider block."
	}
	return ""
}

func (a Attempt) accessAdvice() string {
	var lines []string
	if a.Mode != "" {
		lines = append(lines, fmt.Sprintf("The provider authenticates here with %s.", a.Mode))
	}
	lines = append(lines, fmt.Sprintf(
		"The call needs the data action %s (in the role %q), or the permission %s of a shared access policy. "+
			"The roles Owner and Contributor carry no data actions.", a.Needs.DataAction, a.Needs.Role, a.Needs.Permission))
	return strings.Join(lines, " ")
}
