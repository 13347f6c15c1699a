// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

import (
	"fmt"
	"strings"
)

// Reasons say in sentences why the access is what it is: first what DPS does and why, then what each group could do,
// then each hub, then what is not known. The order depends on nothing but the evidence. governor is what decides for
// the device today.
func (e Evidence) Reasons(governor Governor) []string {
	reasons := []string{e.enrollmentReason(governor)}
	if e.Enrollment == Absent {
		if e.Record.CameBack {
			reasons = append(reasons, "The device was assigned to a hub after its individual enrollment had been deleted.")
		}
		reasons = append(reasons, e.groupReasons()...)
	}
	for _, id := range SortedIDs(e.Identities) {
		reasons = append(reasons, identityReason(id, e.Identities[id].Said()))
	}
	return append(reasons, e.whereaboutsReason())
}

// enrollmentReason says what DPS does with the device today.
func (e Evidence) enrollmentReason(governor Governor) string {
	switch {
	case e.Enrollment == Enabled:
		return "DPS lets the device in: its individual enrollment is enabled."
	case e.Enrollment == Disabled:
		return "DPS refuses the device: its individual enrollment is disabled, which counts before any group."
	case e.Enrollment != Absent:
		return "It is not known whether DPS refuses the device: its individual enrollment could not be read."
	case governor.Kind == GovernorGroup:
		return fmt.Sprintf("There is no individual enrollment, and the group %q decides, which is %s: %s%s.",
			governor.ID, governor.Status, matchReason(governor.Match), rivalReason(governor.Rivals))
	case governor.Kind == GovernorPossible:
		return fmt.Sprintf("There is no individual enrollment, and which group decides is not known: %s, or none.",
			strings.Join(governor.Rivals, ", "))
	}
	return "There is no individual enrollment, and no group is known to cover the device."
}

func rivalReason(rivals []string) string {
	if len(rivals) == 0 {
		return ""
	}
	return ", unless one of these comes first: " + strings.Join(rivals, ", ")
}

// groupReasons say which groups could let a device in that has no individual enrollment, or why none can.
func (e Evidence) groupReasons() []string {
	var reasons []string
	for _, path := range e.Paths {
		if path.EnrollmentGroupID == AnyGroup {
			reasons = append(reasons, "Any enabled group could let the device in that nothing known rules out.")
			continue
		}
		reasons = append(reasons, fmt.Sprintf("The enabled group %q could let the device in: %s.",
			path.EnrollmentGroupID, matchReason(path.Match)))
	}
	if len(e.Paths) > 0 {
		return reasons
	}
	return []string{proofReason(e.Proof)}
}

func matchReason(match Match) string {
	switch match {
	case MatchThumbprint:
		return "its certificate is in the device's chain"
	case MatchIssuer:
		return "its certificate bears the name of an issuer above the device, which another CA may bear too"
	default:
		return "nothing that is known rules it out"
	}
}

func proofReason(proof Proof) string {
	switch proof {
	case ProofTPM:
		return "No group can let the device in: it proves itself by its TPM."
	case ProofOwnKey:
		return "No group can let the device in: its symmetric key is its own, and no symmetric-key group is enabled."
	case ProofSelfSigned:
		return "No group can let the device in: its certificate was signed by its own key."
	case ProofNoGroup:
		return "No group can let the device in: none of its kind is enabled."
	default:
		return "No group is known that could let the device in, and nothing proves that none can."
	}
}

// identityReason says what one hub does with the device.
func identityReason(id IdentityID, said Status) string {
	switch said {
	case Disabled:
		return fmt.Sprintf("%s refuses the device: its identity %q is disabled.", id.Host, id.DeviceID)
	case Absent:
		return fmt.Sprintf("%s refuses the device: it has no identity %q.", id.Host, id.DeviceID)
	case Unverified:
		return fmt.Sprintf("%s has an identity %q, and nothing proves that it is this device.", id.Host, id.DeviceID)
	case Unreachable:
		return fmt.Sprintf("%s could not be read, and may let the device in as %q.", id.Host, id.DeviceID)
	default:
		return fmt.Sprintf("%s lets the device in: its identity %q is enabled.", id.Host, id.DeviceID)
	}
}

// whereaboutsReason says whether it is known where the device can have an identity, and how.
func (e Evidence) whereaboutsReason() string {
	switch {
	case !e.Placed():
		return fmt.Sprintf("Where the device can have an identity is not known: %s.", e.Unplaced())
	case e.Record.Hub != "":
		return fmt.Sprintf("Its registration record says that it was assigned to %s.", e.Record.Hub)
	case len(e.Identities) == 0:
		return fmt.Sprintf("No record tells of an assignment, and none of the %d hubs that were read has an identity of it.",
			e.Search.Hubs)
	}
	return "Where the device can have an identity is known."
}

// Unplaced says why it is not known where the device can have an identity, as the end of a sentence.
func (e Evidence) Unplaced() string {
	switch {
	case e.Record.astray():
		return "its registration record does not say any more where it was: a try that was refused has overwritten it, or " +
			"somebody has deleted it"
	case e.Search.Done && e.Search.Hubs == 0:
		return "no hub could be searched: neither the provider block nor an entry of DPS names one that can be read"
	case e.Search.Unread > 0:
		return "not every hub that the provider block or an entry of DPS names could be searched"
	}
	return "no hub that anything names has an identity of it"
}
