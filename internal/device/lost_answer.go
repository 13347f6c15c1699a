// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"strconv"
	"time"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// exists tells whether a create failed because the identity is there already; a device that is locked is a conflict
// too.
func exists(err error) bool {
	said, ok := azrest.AsError(err)
	return ok && azrest.IsConflict(err) && said.Code != "DeviceLocked" && said.Code != "409102"
}

// isOwn tells whether an identity is what a create wrote whose answer was lost. Keys prove it: nobody else knows them.
// Without keys everything must be as it was sent, and the identity must not be older than the create.
func isOwn(found, sent aziothub.Device, began time.Time) bool {
	if len(differences(managedOf(sent), managedOf(found))) > 0 {
		return false
	}
	if sent.Authentication.SymmetricKey != nil {
		return found.Authentication != nil &&
			sameKeys(found.Authentication.SymmetricKey, sent.Authentication.SymmetricKey)
	}
	return !bornBefore(found.GenerationID, began.Add(-clockSkew))
}

// clockSkew is by how much a hub's clock may differ from the one here.
const clockSkew = 10 * time.Minute

// bornBefore tells whether a generation ID says that its identity was made before t. It counts units of 100 ns since
// the year 1 (recorded traffic); one that cannot be read says nothing.
func bornBefore(generationID string, t time.Time) bool {
	const unixEpoch, perSecond = 621355968000000000, 10_000_000
	ticks, err := strconv.ParseInt(generationID, 10, 64)
	if err != nil || ticks < unixEpoch {
		return false
	}
	return time.Unix((ticks-unixEpoch)/perSecond, 0).Before(t)
}
