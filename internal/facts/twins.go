// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"errors"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
	"github.com/azureiot/terraform-provider-azureiot/internal/azure"
	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

// A hub lets 60 times as many reads of twins through as reads of identities. A twin tells that there is an identity,
// its ETag and its status, and not its generation, its keys and who it is, so that it proves only that what is known
// still holds. Twins take a right of their own: a hub that refuses one is asked for identities from then on.

// identitiesAsSeen tells whether each of the identities of a settled block is proven to be as it was last seen:
// disabled and unchanged, or absent.
func (r *Reader) identitiesAsSeen(ctx context.Context, q Question, ids []deprovision.IdentityID) bool {
	for _, id := range ids {
		hub, err := r.services.Hub(id.Host, azure.HubOrigin(q.names(id.Host)))
		if err != nil {
			return false
		}
		if etag := q.Known[id].ETag; etag == "" {
			if !absentByTwin(ctx, hub, id.DeviceID) {
				return false
			}
		} else if twin, err := readTwin(ctx, hub, id.DeviceID); err != nil || twin.DeviceETag != etag ||
			!strings.EqualFold(twin.Status, aziothub.StatusDisabled) {
			return false
		}
	}
	return true
}

// absentByTwin tells whether a hub says of a twin that there is no such device. False says nothing.
func absentByTwin(ctx context.Context, hub *azure.Hub, deviceID string) bool {
	_, err := readTwin(ctx, hub, deviceID)
	return azrest.IsNotFound(err)
}

// errTwinsRefused is what a twin says of a hub that has refused one.
var errTwinsRefused = errors.New("the hub refuses twins")

func readTwin(ctx context.Context, hub *azure.Hub, deviceID string) (aziothub.Twin, error) {
	if !hub.TwinsReadable() {
		return aziothub.Twin{}, errTwinsRefused
	}
	twin, err := hub.GetTwin(ctx, deviceID)
	if azrest.IsUnauthorized(err) || azrest.IsForbidden(err) {
		hub.TwinsRefused()
	}
	return twin, err
}
