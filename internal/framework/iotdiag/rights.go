// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package iotdiag

// Right is what a caller needs for one kind of call.
type Right struct {
	// Role is a built-in Azure role that carries DataAction.
	Role, DataAction string
	// Permission is what a shared access policy needs.
	Permission string
}

// Built-in roles, each of which carries the data actions that it stands with below.
const (
	dpsReader      = "Device Provisioning Service Data Reader"
	dpsContributor = "Device Provisioning Service Data Contributor"
	hubReader      = "IoT Hub Data Reader"
	hubContributor = "IoT Hub Registry Contributor"
)

// onDPS and onHub make the rights of the calls that the provider makes (DPS: "Control access with Microsoft Entra ID"
// and "with shared access signatures"; IoT Hub: the same two pages).
func onDPS(action, role, permission string) Right {
	return Right{Role: role, Permission: permission, DataAction: "Microsoft.Devices/provisioningServices/" + action}
}

func onHub(action, role, permission string) Right {
	return Right{Role: role, Permission: permission, DataAction: "Microsoft.Devices/IotHubs/" + action}
}

// ReadIndividualEnrollment is the right to read an individual enrollment.
func ReadIndividualEnrollment() Right { return onDPS("enrollments/read", dpsReader, "EnrollmentRead") }

// WriteIndividualEnrollment is the right to create or change an individual enrollment.
func WriteIndividualEnrollment() Right {
	return onDPS("enrollments/write", dpsContributor, "EnrollmentWrite")
}

// DeleteIndividualEnrollment is the right to delete an individual enrollment.
func DeleteIndividualEnrollment() Right {
	return onDPS("enrollments/delete", dpsContributor, "EnrollmentWrite")
}

// ReadEnrollmentGroup is the right to read and list enrollment groups.
func ReadEnrollmentGroup() Right { return onDPS("enrollmentGroups/read", dpsReader, "EnrollmentRead") }

// WriteEnrollmentGroup is the right to create or change an enrollment group.
func WriteEnrollmentGroup() Right {
	return onDPS("enrollmentGroups/write", dpsContributor, "EnrollmentWrite")
}

// DeleteEnrollmentGroup is the right to delete an enrollment group.
func DeleteEnrollmentGroup() Right {
	return onDPS("enrollmentGroups/delete", dpsContributor, "EnrollmentWrite")
}

// ReadKeys is the right to have an entry's symmetric keys shown.
func ReadKeys() Right {
	return onDPS("attestationmechanism/details/action", dpsContributor, "EnrollmentWrite")
}

// ReadRegistration is the right to read registration records.
func ReadRegistration() Right {
	return onDPS("registrationStates/read", dpsReader, "RegistrationStatusRead")
}

// DeleteRegistration is the right to delete registration records.
func DeleteRegistration() Right {
	return onDPS("registrationStates/delete", dpsContributor, "RegistrationStatusWrite")
}

// ReadDeviceIdentity is the right to read device identities of a hub.
func ReadDeviceIdentity() Right { return onHub("devices/read", hubReader, "RegistryRead") }

// WriteDeviceIdentity is the right to create or change device identities of a hub.
func WriteDeviceIdentity() Right { return onHub("devices/write", hubContributor, "RegistryWrite") }

// DeleteDeviceIdentity is the right to delete device identities of a hub.
func DeleteDeviceIdentity() Right { return onHub("devices/delete", hubContributor, "RegistryWrite") }

// WriteInBulk is the right to write device identities of a hub in bulk, whatever is done to them ("Control access with
// Microsoft Entra ID" has both data actions for that call).
func WriteInBulk() Right {
	return onHub("devices/write and Microsoft.Devices/IotHubs/devices/delete", hubContributor, "RegistryWrite")
}

// QueryTwins is the right to query a hub.
func QueryTwins() Right { return onHub("twins/read", hubReader, "ServiceConnect") }
