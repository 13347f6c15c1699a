// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package deprovision_test

import (
	"slices"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/deprovision"
)

const (
	enabled  = deprovision.Enabled
	disabled = deprovision.Disabled
)

// Certificates of the example that the tests share: root > plant > line > device.
func hierarchy() (device, line, plant, root deprovision.Certificate) {
	return issued("device", "line"), issued("line", "plant"), issued("plant", "root"), issued("root", "")
}

// pathsTest is a device and the paths that are expected, as "group match".
type pathsTest struct {
	device deprovision.Device
	want   []string
}

func runPaths(t *testing.T, tests map[string]pathsTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := []string{}
			for _, path := range deprovision.ReenrollPaths(test.device) {
				got = append(got, path.EnrollmentGroupID+" "+string(path.Match))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// presenting is an X.509 device with a chain.
func presenting(chain deprovision.Chain, groups ...deprovision.Group) deprovision.Device {
	return deprovision.Device{RegistrationID: "device", Attestation: deprovision.X509, Chain: chain, Groups: groups}
}

func TestReenrollPaths_ofAKnownChain(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	other, otherRoot := issued("other", "other root"), issued("other root", "")
	full := deprovision.Chain{device, line, plant, root}
	runPaths(t, map[string]pathsTest{
		"no group": {presenting(full), []string{}},
		"every certificate of the chain by thumbprint": {
			presenting(full, x509Group("r", enabled, root), x509Group("l", enabled, line), x509Group("p", enabled, plant)),
			[]string{"l thumbprint", "p thumbprint", "r thumbprint"},
		},
		// Whether the service takes a device's own certificate for that of its issuer is not known.
		"the leaf itself": {presenting(full, x509Group("own", enabled, device)), []string{"own possible"}},
		"disabled groups are no path": {
			presenting(full, x509Group("l", disabled, line), x509Group("r", enabled, root)), []string{"r thumbprint"},
		},
		// Any CA of the chain may be certified by another as well, and the device presents what it likes.
		"another hierarchy is not ruled out by the one that was shown": {
			presenting(full, x509Group("o", enabled, other), x509Group("r", enabled, otherRoot)),
			[]string{"o possible", "r possible"},
		},
		"a secondary certificate counts": {
			presenting(full, x509Group("g", enabled, otherRoot, plant)), []string{"g thumbprint"},
		},
		"a renewed CA is found by name": {presenting(full, x509Group("p", enabled, renewed(plant))), []string{"p issuer"}},
		"the issuer of a leaf alone": {
			presenting(full[:1], x509Group("l", enabled, line), x509Group("o", enabled, otherRoot)),
			[]string{"l issuer", "o possible"},
		},
		"the way is followed through a disabled group": {
			presenting(full[:1], x509Group("l", disabled, line), x509Group("p", enabled, plant), x509Group("r", enabled, root),
				x509Group("o", enabled, otherRoot)),
			[]string{"o possible", "p issuer", "r issuer"},
		},
		"the way is followed from the end of the chain": {
			presenting(full[:2], x509Group("p", enabled, plant), x509Group("r", enabled, root), x509Group("o", enabled, other)),
			[]string{"o possible", "p issuer", "r issuer"},
		},
		"what nothing connects with the leaf is possible": {
			presenting(full[:2], x509Group("r", enabled, root), x509Group("o", enabled, other)),
			[]string{"o possible", "r possible"},
		},
	})
}

func TestReenrollPaths_ofGroupsThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	full := deprovision.Chain{device, line, plant, root}
	runPaths(t, map[string]pathsTest{
		"only a reference":             {presenting(full, referringGroup("ref", enabled)), []string{"ref possible"}},
		"a reference that is disabled": {presenting(full, referringGroup("ref", disabled)), []string{}},
		"a certificate without facts": {
			presenting(full, x509Group("g", enabled, deprovision.Certificate{})), []string{"g possible"},
		},
		"a group without certificates": {presenting(full, x509Group("g", enabled)), []string{"g possible"}},
		"a group of unknown attestation": {
			presenting(full, deprovision.Group{ID: "g", Status: enabled}), []string{"g possible"},
		},
		"a group of unknown status may admit": {
			presenting(full, x509Group("g", deprovision.Unverified, root)), []string{"g thumbprint"},
		},
		"no symmetric-key group": {presenting(full, keyGroup("k", enabled)), []string{}},
		"thumbprints of any spelling": {
			presenting(deprovision.Chain{device, {ThumbprintSHA256: "aabb"}},
				x509Group("g", enabled, deprovision.Certificate{Subject: "CN=x", ThumbprintSHA256: "AA:BB"})),
			[]string{"g thumbprint"},
		},
		"the most certain of a group's certificates": {
			presenting(full, x509Group("g", enabled, renewed(line), root), x509Group("h", enabled, root, renewed(line))),
			[]string{"g thumbprint", "h thumbprint"},
		},
		"the chain is taken at its word where names do not fit": {
			presenting(deprovision.Chain{device, plant}, x509Group("p", enabled, renewed(plant))), []string{"p issuer"},
		},
		"a CA of the device's own name": {
			presenting(deprovision.Chain{issued("device", "device"), issued("device", "root")},
				referringGroup("ref", enabled), x509Group("r", enabled, root)),
			[]string{"r issuer", "ref possible"},
		},
		"a CA of the device's own name, of which the leaf tells only the name": {
			presenting(deprovision.Chain{issued("device", "device")}, referringGroup("ref", enabled),
				x509Group("ca", enabled, issued("device", "root")), x509Group("r", enabled, root)),
			[]string{"ca issuer", "r issuer", "ref possible"},
		},
		"one group that is listed twice": {
			presenting(full, x509Group("g", enabled, renewed(line)), x509Group("g", enabled, line)), []string{"g thumbprint"},
		},
	})
}

func TestReenrollPaths_ofASelfSignedLeaf(t *testing.T) {
	t.Parallel()
	alone := issued("device", "")
	_, line, _, root := hierarchy()
	groups := []deprovision.Group{
		referringGroup("ref", enabled), x509Group("bare", enabled), x509Group("l", enabled, line),
		x509Group("r", enabled, root), keyGroup("k", enabled),
	}
	with := func(attestation deprovision.Attestation, own ...deprovision.Group) deprovision.Device {
		return deprovision.Device{
			Attestation: attestation, Chain: deprovision.Chain{alone}, Groups: slices.Concat(groups, own),
		}
	}
	every := []string{"bare possible", "l possible", "r possible", "ref possible"}
	others := with(deprovision.X509)
	others.OtherCertificates = true
	namesOnly := with(deprovision.X509)
	namesOnly.Chain = deprovision.Chain{unchecked(alone)}
	foundByOne := deprovision.Device{Attestation: deprovision.X509, Groups: groups, Chain: namesOnly.Chain}
	foundByOne.Individual = x509Entry(disabled, alone)
	signedAbove := with(deprovision.X509)
	signedAbove.Chain = deprovision.Chain{alone, issued("device", "root")}
	byReference := with(deprovision.X509)
	byReference.Individual = x509Entry(disabled)
	runPaths(t, map[string]pathsTest{
		"none":                {with(deprovision.X509), []string{}},
		"unknown attestation": {with(deprovision.Unknown), []string{"k possible"}},
		// It may have the device's key, like a later certificate of the device.
		"a group of the leaf itself": {with(deprovision.X509, x509Group("own", enabled, alone)), []string{"own possible"}},
		"a group of the leaf's name": {
			with(deprovision.X509, x509Group("own", enabled, renewed(alone))), []string{"own possible"},
		},
		"self-signed by name only":        {namesOnly, every},
		"checked by one of two readers":   {foundByOne, []string{}},
		"beside one that nobody has seen": {others, every},
		"with a CA above it": {
			signedAbove, []string{"bare possible", "l possible", "r issuer", "ref possible"},
		},
		"beside an entry that shows nothing": {byReference, every},
		"from the entry": {
			deprovision.Device{
				Attestation: deprovision.X509, Groups: groups, Individual: x509Entry(disabled, alone, renewed(alone)),
			},
			[]string{},
		},
		"beside another certificate of the entry": {
			deprovision.Device{
				Attestation: deprovision.X509, Groups: groups, Individual: x509Entry(disabled, alone, issued("device", "root")),
			},
			[]string{"bare possible", "l possible", "r issuer", "ref possible"},
		},
	})
}

func TestReenrollPaths_ofTheEntrysCertificates(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	other := issued("other", "")
	moved := issued("device", "other")
	groups := []deprovision.Group{
		x509Group("l", enabled, line), x509Group("p", disabled, plant), x509Group("r", enabled, root),
		x509Group("o", enabled, other), x509Group("x", enabled, issued("x", "")),
	}
	with := func(chain deprovision.Chain, leaves ...deprovision.Certificate) deprovision.Device {
		return deprovision.Device{
			Attestation: deprovision.X509, Chain: chain, Groups: groups, Individual: x509Entry(disabled, leaves...),
		}
	}
	runPaths(t, map[string]pathsTest{
		"stand in for the chain": {
			with(nil, device), []string{"l issuer", "o possible", "r issuer", "x possible"},
		},
		"both slots count": {with(nil, device, moved), []string{"l issuer", "o issuer", "r issuer", "x possible"}},
		"the chain is more certain": {
			with(deprovision.Chain{device, line, plant, root}, device),
			[]string{"l thumbprint", "o possible", "r thumbprint", "x possible"},
		},
		"beside the chain": {
			with(deprovision.Chain{device, line, plant, root}, device, moved),
			[]string{"l thumbprint", "o issuer", "r thumbprint", "x possible"},
		},
		"beside a chain without thumbprints": {
			with(deprovision.Chain{bare(device), bare(line), plant}, bare(moved)),
			[]string{"l issuer", "o issuer", "r issuer", "x possible"},
		},
		"nothing known": {with(nil), []string{"l possible", "o possible", "r possible", "x possible"}},
	})
}

func TestReenrollPaths_ofDevicesWithoutACertificate(t *testing.T) {
	t.Parallel()
	_, line, _, root := hierarchy()
	groups := []deprovision.Group{
		x509Group("x", enabled, line), x509Group("x-off", disabled, root), referringGroup("ref", enabled),
		keyGroup("k", enabled), keyGroup("k-off", disabled), {ID: "u", Status: enabled},
	}
	with := func(attestation deprovision.Attestation) deprovision.Device {
		return deprovision.Device{Attestation: attestation, Groups: groups}
	}
	runPaths(t, map[string]pathsTest{
		"X.509":         {with(deprovision.X509), []string{"ref possible", "u possible", "x possible"}},
		"symmetric key": {with(deprovision.SymmetricKey), []string{"k possible", "u possible"}},
		"TPM":           {with(deprovision.TPM), []string{}},
		"unknown": {
			with(deprovision.Unknown), []string{"k possible", "ref possible", "u possible", "x possible"},
		},
		"an attestation that nobody knows here": {
			with("quantum"), []string{"k possible", "ref possible", "u possible", "x possible"},
		},
	})
}

func TestReenrollPaths_ofADeviceThatShowedAnUnseenCertificate(t *testing.T) {
	t.Parallel()
	_, line, plant, root := hierarchy()
	groups := []deprovision.Group{
		x509Group("p", enabled, plant), x509Group("off", disabled, root), referringGroup("ref", enabled),
		keyGroup("k", enabled),
	}
	with := func(attestation deprovision.Attestation, chain ...deprovision.Certificate) deprovision.Device {
		return deprovision.Device{Attestation: attestation, Chain: chain, OtherCertificates: true, Groups: groups}
	}
	runPaths(t, map[string]pathsTest{
		"X.509":          {with(deprovision.X509), []string{"p possible", "ref possible"}},
		"symmetric key":  {with(deprovision.SymmetricKey), []string{"k possible", "p possible", "ref possible"}},
		"TPM":            {with(deprovision.TPM), []string{"p possible", "ref possible"}},
		"beside a chain": {with(deprovision.X509, issued("device", "line"), line), []string{"p issuer", "ref possible"}},
		"unknown":        {with(deprovision.Unknown), []string{"k possible", "p possible", "ref possible"}},
	})
}

func TestReenrollPaths_aKnownCertificateCountsWhateverTheAttestation(t *testing.T) {
	t.Parallel()
	device, line, plant, root := hierarchy()
	groups := []deprovision.Group{x509Group("p", enabled, plant), keyGroup("k", enabled)}
	with := func(attestation deprovision.Attestation) deprovision.Device {
		return deprovision.Device{
			Attestation: attestation, Chain: deprovision.Chain{device, line, plant, root}, Groups: groups,
		}
	}
	runPaths(t, map[string]pathsTest{
		"X.509":         {with(deprovision.X509), []string{"p thumbprint"}},
		"symmetric key": {with(deprovision.SymmetricKey), []string{"k possible", "p thumbprint"}},
		"TPM":           {with(deprovision.TPM), []string{"p thumbprint"}},
		"unknown":       {with(deprovision.Unknown), []string{"k possible", "p thumbprint"}},
	})
}

// A name that two certificates bear hides the hierarchy of the one that is not known: it stays possible, until the
// chain brings it to light.
func TestReenrollPaths_ofACrossSignedIssuer(t *testing.T) {
	t.Parallel()
	device, issuer, crossed, other := issued("device", "ca"), issued("ca", ""), issued("ca", "other"), issued("other", "")
	groups := []deprovision.Group{x509Group("ca", enabled, issuer), x509Group("other", enabled, other)}
	runPaths(t, map[string]pathsTest{
		"leaf alone": {
			deprovision.Device{Attestation: deprovision.X509, Chain: deprovision.Chain{device}, Groups: groups},
			[]string{"ca issuer", "other possible"},
		},
		"with the chain": {
			deprovision.Device{Attestation: deprovision.X509, Chain: deprovision.Chain{device, crossed}, Groups: groups},
			[]string{"ca issuer", "other issuer"},
		},
	})
}

func TestReenrollPaths_missingFactsRelateNothing(t *testing.T) {
	t.Parallel()
	blank := deprovision.Certificate{ThumbprintSHA256: "00"}
	_, _, _, root := hierarchy()
	runPaths(t, map[string]pathsTest{
		"a leaf without names": {
			deprovision.Device{
				Attestation: deprovision.X509, Chain: deprovision.Chain{blank}, Groups: []deprovision.Group{
					x509Group("r", enabled, root), x509Group("b", enabled, deprovision.Certificate{ThumbprintSHA256: "01"}),
				},
			},
			[]string{"b possible", "r possible"},
		},
		"missing thumbprints are not equal": {
			deprovision.Device{
				Attestation: deprovision.X509, Chain: deprovision.Chain{bare(issued("device", "ca")), bare(issued("ca", ""))},
				Groups: []deprovision.Group{x509Group("ca", enabled, bare(issued("ca", ""))), x509Group("r", enabled, bare(root))},
			},
			[]string{"ca issuer", "r possible"},
		},
		"a CA without issuer": {
			deprovision.Device{
				Attestation: deprovision.X509, Chain: deprovision.Chain{issued("device", "ca")}, Groups: []deprovision.Group{
					x509Group("ca", enabled, deprovision.Certificate{Subject: "O=Contoso, CN=ca"}), x509Group("r", enabled, root),
				},
			},
			[]string{"ca issuer", "r possible"},
		},
	})
}

// A group that goes leaves its devices to those that hold its certificates, or stand above them in the chain; nothing
// rules out that others cover them.
func TestPathsPastGroup(t *testing.T) {
	t.Parallel()
	_, line, plant, root := hierarchy()
	other := issued("other", "other root")
	groups := []deprovision.Group{
		x509Group("Own", enabled, plant), x509Group("same", enabled, plant), x509Group("above", enabled, root),
		x509Group("shut", disabled, root), x509Group("below", enabled, line), x509Group("elsewhere", enabled, other),
		{ID: "keys", Status: enabled, Attestation: deprovision.SymmetricKey},
	}
	var got []string
	for _, path := range deprovision.PathsPastGroup(groups, "own") {
		got = append(got, path.EnrollmentGroupID+" "+string(path.Match))
	}
	want := []string{"same thumbprint", "above issuer", "below possible", "elsewhere possible"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if paths := deprovision.PathsPastGroup(groups, "keys"); len(paths) > 0 {
		t.Errorf("keys prove a device to no other group, but: %v", paths)
	}
}
