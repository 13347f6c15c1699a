// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision

// Status is what is known of one object: an enrollment, an enrollment group or a device identity.
type Status string

// The statuses. The first two are the service's own literals.
const (
	Enabled  Status = "enabled"
	Disabled Status = "disabled"
	// Absent is an object that does not exist.
	Absent Status = "absent"
	// Unverified is an object that exists, but of which it is not proven that it belongs to this device.
	Unverified Status = "unverified"
	// Unreachable is an object that could not be read.
	Unreachable Status = "unreachable"
	// Unread is an object of which something tells, and that nobody has asked for yet.
	Unread Status = "unread"
)

// Attestation is how a device proves itself towards DPS.
type Attestation string

// The attestations; the named ones are the service's own literals.
const (
	X509         Attestation = "x509"
	SymmetricKey Attestation = "symmetricKey"
	TPM          Attestation = "tpm"
	// Unknown is the attestation of a device of which no entry tells it, for instance when its entry was made only
	// to block it.
	Unknown Attestation = ""
)

// Certificate is what is known of an X.509 certificate: at least what names and a thumbprint tell.
type Certificate struct {
	// Subject and Issuer are distinguished names, in Azure's or in RFC 2253 wording; SameName compares them.
	Subject, Issuer string
	// ThumbprintSHA256 is the SHA-256 thumbprint in hexadecimal of either case; empty if it is not known.
	ThumbprintSHA256 string
	// SelfSigned says that the certificate's own key signed it, checked by whoever read the certificate itself. Equal
	// names do not say so: a CA can bear the name of the device. What is known only from the service is never
	// self-signed.
	SelfSigned bool
}

// Chain is a device's certificate and those above it: the leaf first, then its issuer, and so on as far as known. The
// caller vouches that each issued the one before it. It is one way upwards and need not be the only one: a CA may be
// certified by several others. Empty: nothing is known of the device's certificate.
type Chain []Certificate

// IndividualEnrollment is the DPS entry for one device.
type IndividualEnrollment struct {
	Status      Status
	Attestation Attestation
	// Certificates are the client certificates of an X.509 entry: primary, secondary, or both.
	Certificates []Certificate
}

// Group is an enrollment group.
type Group struct {
	ID string
	// Status is Enabled or Disabled. A group in any other status but Absent is taken as enabled, because it cannot be
	// ruled out that it lets devices in.
	Status      Status
	Attestation Attestation
	// Certificates are the signing certificates of an X.509 group.
	Certificates []Certificate
	// CAReferences are names under which CA certificates were uploaded; the certificates cannot be seen.
	CAReferences []string

	read *groupFacts // nil until it is Read
}

// Read is the group with its certificates read, for many devices that are compared with it: taking names apart costs
// more than comparing them.
func (g Group) Read() Group {
	facts := readGroup(g)
	g.read = &facts
	return g
}

func (g Group) admits() bool { return g.Status != Disabled && g.Status != Absent }

// Device is all that is known of one device towards DPS.
type Device struct {
	RegistrationID string
	Chain          Chain
	// OtherCertificates says that the device has shown a certificate that is not among those of its chain and its
	// entry, or may hold one: any CA may stand above that.
	OtherCertificates bool
	// Attestation is how the device proves itself. The caller says so; that of its entry is not taken for it, because
	// an entry that blocks a device may be of any attestation.
	Attestation Attestation
	// Individual is the individual enrollment with the device's registration ID; nil if there is none.
	Individual *IndividualEnrollment
	// Groups are all enrollment groups of the instance, in any order.
	Groups []Group
}

// Match says how it is known that a group covers a device.
type Match string

// The matches, the most certain first.
const (
	// MatchThumbprint is a group one of whose certificates is above the leaf in the device's chain.
	MatchThumbprint Match = "thumbprint"
	// MatchIssuer is a group one of whose certificates bears the name of an issuer above the device. Another CA may bear
	// it as well.
	MatchIssuer Match = "issuer"
	// MatchPossible is a group of which it cannot be ruled out that it covers the device.
	MatchPossible Match = "possible"
)

// rank orders matches by certainty; no match is 0.
func (m Match) rank() int {
	switch m {
	case MatchThumbprint:
		return 3
	case MatchIssuer:
		return 2
	case MatchPossible:
		return 1
	default:
		return 0
	}
}
