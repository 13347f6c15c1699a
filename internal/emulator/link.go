// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/dps"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator/hub"
)

// linked lets the provisioning service use a hub: neither service knows the other.
type linked struct{ *hub.Hub }

func (l linked) Copy(deviceID string, to dps.Hub) {
	next, isHub := to.(linked)
	if moved, found := l.Export(deviceID); found && isHub {
		next.Import(moved)
	}
}
