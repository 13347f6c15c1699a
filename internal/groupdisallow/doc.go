// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package groupdisallow is the Terraform face of blocking all devices of an enrollment group: the group disabled, and
// then every device that registered through it disabled or deleted in its own hub.
//
// # Words
//
//   - asked, told: the attributes that configuration sets, and those that are computed. wanted and reading are the same
//     in Go's types.
//   - roll: where each identity of each device stands, as far as it is known. Ten thousand of them fit into memory,
//     and, packed, into private state; the state has counts only.
//   - standing: the roll, with what DPS says of the group and of its devices.
//   - memory: what private state keeps of it. A provider that was killed loses it: then all is read anew from the
//     records, and more stays blocked.
//   - mark: how the status reason of an identity ends that was disabled here. It is written with the status, so that
//     nobody has to remember what was done: restoring enables what carries it, and nothing else.
//   - unplaced: a device that has been somewhere, and nothing tells where.
//   - run: one apply; its ledger says what it has done. job, hubWorker, pace: what is done in a hub, by whom, and how
//     fast.
//
// # Order
//
// The records are read, since each try that is refused afterwards overwrites one, and with it the name of the device's
// hub. The group is disabled and read back. The records are read again; assignments that began before are waited for.
// Then the hubs are worked through side by side: each identity is read, those that need it are written a hundred at a
// time. Records are deleted last, when nothing is pending. Restoring goes the other way round. Destroying changes
// nothing.
//
// # Slices
//
// A hub lets some hundred registry operations a minute through. When the time that timeouts gives is over, what was
// read is written, and the apply ends with an error that says what is pending. The next one reads only that. No write
// is repeated, because each is preceded by a read: what is found at its goal is left alone.
//
// # What a plan may know
//
// Of a new block only the group: a device that registers, and one whose refused try takes the hub out of its record,
// would change every count, and core would refuse the apply. A change is planned from memory, with exact counts.
//
// # What is counted as blocked
//
// Package deprovision decides for each device by the same rules as for a single one, and the group is blocked when all
// of them are. A hub's index lags: what it says is read before it is believed, and what it does not say is no news. A
// hub that names or knows of the group, and that cannot be asked, may let any of its devices in.
package groupdisallow
