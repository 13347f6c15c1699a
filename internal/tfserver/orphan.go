// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package tfserver

import "time"

// lookForParent is how often a provider looks whether the CLI that has started it still lives.
const lookForParent = 500 * time.Millisecond

// orphaned is closed when this process has another parent than at first, which says that the one that has started it is
// dead: Unix gives an orphan to somebody else. Windows does not, so that it is never closed there. The channel lookAt
// says when to look.
func orphaned(parent func() int, lookAt <-chan time.Time) <-chan struct{} {
	first, done := parent(), make(chan struct{})
	go func() {
		for parent() == first {
			<-lookAt
		}
		close(done)
	}()
	return done
}
