// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"reflect"
	"strings"

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

// Choose makes one choice by its name, without case: "NewKeysOnUpdate", or "Hub.CreateIs201" for one about hubs.
func (c *Choices) Choose(name string) error {
	about, short := reflect.ValueOf(&c.DPSChoices).Elem(), name
	if prefix, rest, found := strings.Cut(name, "."); found && strings.EqualFold(prefix, "Hub") {
		about, short = reflect.ValueOf(&c.Hub).Elem(), rest
	}
	choice := about.FieldByNameFunc(func(field string) bool { return strings.EqualFold(field, short) })
	if !choice.IsValid() || choice.Kind() != reflect.Bool {
		return fmt.Errorf("there is no choice %q", name)
	}
	choice.SetBool(true)
	return nil
}

type (
	// Hub is one emulated IoT Hub.
	Hub = hub.Hub
	// DPSChoices are the choices about the provisioning service.
	DPSChoices = dps.Choices
	// HubChoices are the choices about IoT Hub.
	HubChoices = hub.Choices
)
