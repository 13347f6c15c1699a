// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestOrphaned_isClosedOnceTheParentIsAnother(t *testing.T) {
	t.Parallel()
	// In a container the CLI may be the first process of all, which adopts orphans elsewhere.
	for _, first := range []int64{1, 7} {
		var parent atomic.Int64
		parent.Store(first)
		looks := make(chan time.Time)
		done := orphaned(func() int { return int(parent.Load()) }, looks)
		for range 3 { // The second is taken when all is done that comes of the first.
			looks <- time.Time{}
			select {
			case <-done:
				t.Fatalf("parent %d lives", first)
			default:
			}
		}
		parent.Store(3)
		looks <- time.Time{}
		<-done
	}
}
