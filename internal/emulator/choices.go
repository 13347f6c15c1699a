// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// Choices switches behaviour that nobody outside the services has established. The zero
// value is the choice described where each service says what it chooses; each member
// selects the other plausible behaviour, so that a client can be tried against both.
type Choices struct {
	DPSChoices
	// Hub holds the choices about IoT Hub.
	Hub HubChoices
}

type (
	// Hub is one emulated IoT Hub.
	Hub = hub.Hub
	// DPSChoices are the choices about the provisioning service.
	DPSChoices = dps.Choices
	// HubChoices are the choices about IoT Hub.
	HubChoices = hub.Choices
)
