// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package disallow is the Terraform face of blocking a device end to end: a disabled individual enrollment, so that DPS
// refuses the device even where an enabled group matches, and its identities disabled or deleted in every hub in which
// it is known to have one.
//
// # Words
//
//   - asked, told: the attributes that configuration sets, and those that are computed. In Go's types they are wanted,
//     and the block of package deprovision.
//   - memory: what private state keeps. A provider that was killed loses it, and so does a replacement; what is then
//     not known leaves more blocked.
//   - mark: what tells an entry that this resource made from one that it found. It keeps what the memory may lose.
//   - sight: the device as it was looked at (package facts), with what is remembered and wanted of it; its evidence is
//     that in the words in which it is decided (package deprovision).
//   - asker: who asks the services about the device, and words what comes of it.
//   - plan's answers: what the services said to the plan that Terraform makes right before an apply.
//   - run: one apply. Its scope says what it may do, its ledger what it has done.
//   - adopted: an entry that was there before; only its status is changed.
//   - held: an identity that was disabled here.
//
// # Order
//
// Look, decide, carry out. A plan looks and decides; an apply does so again, and carries out one effect after the
// other. What a new block was told by the plan that Terraform makes right before its apply counts as the apply's look,
// so that no hub, which may let a call through every 600 ms, is asked before DPS is shut. Blocking goes DPS first: the
// entry is written, born disabled, and read back; then the registration is looked at again, and waited for while it is
// in flight; then every identity is read again and the hubs are searched again; each is acted on, and read back where
// the hub's answer to the write may be an echo; the registration record goes last. A hub that refuses a device makes it
// register again, so that the other order would let it in anew. Restoring goes the other way round. Destroying changes
// nothing in Azure.
//
// Whatever breaks half-way, DPS keeps refusing a device that was blocked there, and the state says what is true.
//
// # Where the device is looked for
//
//	identity                                              read            acted on
//	named by the record, the mark, an earlier look        always          yes
//	named by the user: a hub, a device ID                 always          yes
//	found by a search, and its certificate is known       when searching  yes
//	found by a search, under one of the device's names    when searching  no, unverified
//
// The hubs are searched by every plan of a new block and by every apply that does anything, and by a refresh when the
// entry is not as it was last seen, when a hub has come to be known, when one could not be read, and whenever no
// identity of the device stands. A settled block costs its part of a page of the lists of entries and of groups, which
// may name a hub more, and a twin for each identity: an entry that is disabled and has kept its ETag has let nobody
// in, and an identity that has kept its own is the same. A refresh takes the twin's word also for an identity that
// does not exist. Where twins are refused, entries and identities are read.
//
// # Whose entry
//
// A created entry carries a mark. Restoring deletes only such an entry, and only while it says what it said when it was
// written. It enables only what was enabled before and was disabled here: an adopted entry that was made anew since,
// and an identity of another generation or with a reason of somebody else's, stay as they are.
//
// # What a plan may know
//
// A new block is planned from a look, and nothing may be planned that the device changes by trying again: what only its
// record names is lost by a try that is refused. An update is planned from prior state, configuration and memory alone;
// what is asked then only words warnings and refuses. An apply that finds anything else fails, keeps what it found, and
// the next plan shows it. Access is unknown wherever it is not known at plan where the device is.
//
// # Transitions
//
//	P1  a device of a group, assigned              TestAccDeviceDisallow_P01_deviceOfAGroupIsBlocked
//	P2  its identity is to be deleted              TestAccDeviceDisallow_P02_identityIsDeleted
//	P3  it has an enabled entry                    TestAccDeviceDisallow_P03_enabledEntryIsAdopted
//	P4  it is blocked already                      TestAccDeviceDisallow_P04_whatIsBlockedAlreadyIsOnlyRecorded
//	P5  it never registered                        TestAccDeviceDisallow_P05_deviceThatNeverRegistered
//	P6  disable becomes delete                     TestAccDeviceDisallow_P06_fromDisableToDelete
//	P7  delete becomes disable                     TestAccDeviceDisallow_P07_fromDeleteToDisable
//	P8  somebody enables entry or identity         TestAccDeviceDisallow_P08_driftAndItsRepairAreOneDifference
//	P9  somebody deletes the entry                 TestAccDeviceDisallow_P09_entryDeletedOutsideIsMadeAgainInPlace
//	P10 the device moves to another hub            TestAccDeviceDisallow_P10_deviceMovedToAnotherHub
//	P11 on_destroy changes                         TestAccDeviceDisallow_P11_changeOfOnDestroyCallsNobody
//	P12 the block is destroyed                     TestAccDeviceDisallow_P12_destroyChangesNothingAndSaysSo
//	P13 the device is restored                     TestAccDeviceDisallow_P13_restoringIsAReviewedUpdate
//	P14 prevent                                    TestAccDeviceDisallow_P14_preventIsAnErrorAtPlan
//	P15 the block is forgotten                     TestAccDeviceDisallow_P15_forgettingChangesNothing
//	P16 the entry is managed as well               TestAccDeviceDisallow_P16_entryOfAnotherResource
//	P17 the hub may not be read                    TestAccDeviceDisallow_P17_noPermissionAtTheHub
//
// A test holds this table against the tests.
package disallow
