// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package enrollment

import (
	"encoding/json"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/azureiot/terraform-provider-azureiot/internal/azdps"
)

// entry is an individual enrollment or an enrollment group on the wire. DeviceID, DeviceInformation and Registration
// are an individual enrollment's.
type entry struct {
	ID                string
	DeviceID          *string
	DeviceInformation json.RawMessage
	Registration      *azdps.Registration

	Attestation       azdps.Attestation
	Capabilities      *azdps.Capabilities
	IoTHubHostName    *string
	InitialTwin       *azdps.InitialTwin
	ETag              azcore.ETag
	Status            *string
	ReprovisionPolicy *azdps.ReprovisionPolicy
	AllocationPolicy  *string
	IoTHubs           []string
	CustomAllocation  *azdps.CustomAllocationDefinition
	Created, Updated  string
	Extra             map[string]json.RawMessage
}

func entryOfIndividual(e azdps.IndividualEnrollment) entry {
	return entry{
		ID: e.RegistrationID, DeviceID: e.DeviceID, DeviceInformation: e.OptionalDeviceInformation,
		Registration: e.RegistrationState, Attestation: e.Attestation, Capabilities: e.Capabilities,
		IoTHubHostName: e.IoTHubHostName, InitialTwin: e.InitialTwin, ETag: e.ETag, Status: e.ProvisioningStatus,
		ReprovisionPolicy: e.ReprovisionPolicy, AllocationPolicy: e.AllocationPolicy, IoTHubs: e.IoTHubs,
		CustomAllocation: e.CustomAllocationDefinition, Created: e.CreatedDateTimeUTC,
		Updated: e.LastUpdatedDateTimeUTC, Extra: e.Extra,
	}
}

// individual is the entry as it is written; what only the service writes is left out by the client.
func (e entry) individual() azdps.IndividualEnrollment {
	return azdps.IndividualEnrollment{
		RegistrationID: e.ID, DeviceID: e.DeviceID, OptionalDeviceInformation: e.DeviceInformation,
		Attestation: e.Attestation, Capabilities: e.Capabilities, IoTHubHostName: e.IoTHubHostName,
		InitialTwin: e.InitialTwin, ProvisioningStatus: e.Status, ReprovisionPolicy: e.ReprovisionPolicy,
		AllocationPolicy: e.AllocationPolicy, IoTHubs: e.IoTHubs, CustomAllocationDefinition: e.CustomAllocation,
		Extra: e.Extra,
	}
}

func entryOfGroup(g azdps.EnrollmentGroup) entry {
	return entry{
		ID: g.EnrollmentGroupID, Attestation: g.Attestation, Capabilities: g.Capabilities,
		IoTHubHostName: g.IoTHubHostName, InitialTwin: g.InitialTwin, ETag: g.ETag, Status: g.ProvisioningStatus,
		ReprovisionPolicy: g.ReprovisionPolicy, AllocationPolicy: g.AllocationPolicy, IoTHubs: g.IoTHubs,
		CustomAllocation: g.CustomAllocationDefinition, Created: g.CreatedDateTimeUTC,
		Updated: g.LastUpdatedDateTimeUTC, Extra: g.Extra,
	}
}

// group is the entry as it is written.
func (e entry) group() azdps.EnrollmentGroup {
	return azdps.EnrollmentGroup{
		EnrollmentGroupID: e.ID, Attestation: e.Attestation, Capabilities: e.Capabilities,
		IoTHubHostName: e.IoTHubHostName, InitialTwin: e.InitialTwin, ProvisioningStatus: e.Status,
		ReprovisionPolicy: e.ReprovisionPolicy, AllocationPolicy: e.AllocationPolicy, IoTHubs: e.IoTHubs,
		CustomAllocationDefinition: e.CustomAllocation, Extra: e.Extra,
	}
}

// disabled tells whether the entry refuses its devices; the service takes a status that is null or missing for enabled.
func (e entry) disabled() bool {
	return azdps.EnrollmentGroup{ProvisioningStatus: e.Status}.Disabled()
}
