// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package groupdisallow

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/azureiot/terraform-provider-azureiot/internal/azrest"
)

// mark is what the status reason of an identity ends in that was disabled because of a group. It tells the identity
// from those that somebody else has disabled, to whoever comes after an apply that was killed: it stands for the group
// and its instance.
type mark string

// markLength is how much of a status reason the mark takes, with the space before it.
const markLength = len(" [azureiot:00000000]")

func markOf(dpsHost, groupID string) mark {
	sum := sha256.Sum256([]byte(azrest.FoldHost(dpsHost) + "\n" + strings.ToLower(groupID)))
	return mark("[azureiot:" + hex.EncodeToString(sum[:4]) + "]")
}

// reason is the status reason that says why.
func (m mark) reason(why string) string { return strings.TrimSpace(why + " " + string(m)) }

// on tells whether a status reason carries the mark.
func (m mark) on(reason *string) bool { return reason != nil && strings.HasSuffix(*reason, string(m)) }
