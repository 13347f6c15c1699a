// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"strings"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/acctest"
	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/devicesim"
	"github.com/azureiot/terraform-provider-azureiot/internal/emulator"
)

// proof is one way in which pump-1 can prove itself: the configuration, and the credentials that then work.
type proof struct {
	config      attributes
	credentials []devicesim.Credential
	// generated says that the hub makes the keys, which are then the credentials.
	generated bool
}

// newProvingPlant makes a world whose hubs know an authority, and every way in which pump-1 can prove itself there.
func newProvingPlant(t *testing.T) (plant, map[string]proof) {
	t.Helper()
	authority, err := devicesim.NewAuthority("Plant Hub CA")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := authority.Device(deviceID)
	if err != nil {
		t.Fatal(err)
	}
	own, err := devicesim.SelfSigned(deviceID)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlant(t, acctest.Emulate(func(o *emulator.Options) {
		o.CACertificates = map[string][]byte{"plant": []byte(authority.PEM())}
	}))
	return p, map[string]proof{
		"generated keys": {config: authentication("sas", nil), generated: true},
		"given keys": {
			config:      keys(key1, key2, 1),
			credentials: []devicesim.Credential{devicesim.SymmetricKey(key1), devicesim.SymmetricKey(key2)},
		},
		"SHA-1 thumbprint": {
			config:      authentication("selfSigned", attributes{"primary_thumbprint": own.ThumbprintSHA1()}),
			credentials: []devicesim.Credential{devicesim.X509(own)},
		},
		"SHA-256 thumbprint in the second slot": {
			config:      authentication("selfSigned", attributes{"secondary_thumbprint": own.ThumbprintSHA256()}),
			credentials: []devicesim.Credential{devicesim.X509(own)},
		},
		"authority": {
			config:      authentication("certificateAuthority", nil),
			credentials: []devicesim.Credential{devicesim.X509(signed)},
		},
	}
}

// Every change between two ways of proving is one write in place; the device is let in with the new credentials and
// with no old one. Where keys are destroyed, the plan warns.
func TestAuthentication_everyChangeIsMadeInPlace(t *testing.T) {
	t.Parallel()
	p, proofs := newProvingPlant(t)
	names := walk(proofs)
	p.MustApplyAndStay(p.config(attributes{"authentication": proofs[names[0]].config}))
	generation, good := p.identity().GenerationID, proofs[names[0]].credentials
	for i, name := range names[1:] {
		from, to, old := proofs[names[i]], proofs[name], good
		p.mustAccept(old...)
		p.Emulator.ClearJournal()
		config := p.config(attributes{"authentication": to.config})
		planned := p.Plan(config).MustSucceed(p.T)
		p.Apply(planned).MustSucceed(p.T)
		calls, sameKind := p.calls(), from.config["type"] == to.config["type"]
		unneeded := sameKind && (to.generated && calls == "" || to.config["type"] == "sas" && calls == "GET")
		if calls != "GET PUT" && !unneeded {
			t.Errorf("%s to %s takes %s", names[i], name, calls)
		}
		p.MustStay(config)
		destroyed := from.config["type"] == "sas" && !sameKind
		if destroyed != strings.Contains(planned.Warnings(), "keys are destroyed") {
			t.Errorf("%s to %s is planned with %q", names[i], name, planned.Warnings())
		}
		switch {
		case to.generated && sameKind: // Keys that are not given any more stay as they are.
		case to.generated:
			good = p.generatedKeys()
		default:
			good = to.credentials
		}
		p.mustAccept(good...)
		if !sameKind {
			p.mustRefuse(old...)
		}
		if t.Failed() {
			t.Fatalf("in the change of %s to %s", names[i], name)
		}
	}
	if p.identity().GenerationID != generation {
		t.Error("the identity was replaced")
	}
}

func (p plant) generatedKeys() []devicesim.Credential {
	p.T.Helper()
	primary, secondary := p.storedKeys()
	return []devicesim.Credential{primary, secondary}
}

func TestAuthentication_leftOutIsLeftAsFound(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"authentication": authentication("selfSigned",
		attributes{"primary_thumbprint": print1})}))
	p.MustApplyAndStay(p.config(nil))
	p.change(func(d *aziothub.Device) { d.Authentication.X509Thumbprint.PrimaryThumbprint = new(print2) })
	p.MustApplyAndStay(p.config(attributes{"status_reason": "inspected"}))
	if found := p.identity(); *found.Authentication.X509Thumbprint.PrimaryThumbprint != print2 {
		t.Errorf("the thumbprint is %s", *found.Authentication.X509Thumbprint.PrimaryThumbprint)
	}
}

func TestAuthentication_thatWasLeftOutIsTakenInHand(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(nil))
	planned := p.MustApplyAndStay(p.config(attributes{"authentication": authentication("selfSigned",
		attributes{"primary_thumbprint": print1})}))
	if found := p.identity().Authentication; found.Type != "selfSigned" {
		t.Errorf("it is %s", found.Type)
	}
	acctest.MustSay(t, planned.Warnings(), "Device authentication may change", "is not known to this plan")
}

func TestAuthentication_letterCaseOfThumbprintsIsNoDifference(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	upper := p.config(attributes{"authentication": authentication("selfSigned", attributes{"primary_thumbprint": print1})})
	lower := p.config(attributes{"authentication": authentication("selfSigned",
		attributes{"primary_thumbprint": strings.ToLower(print1)})})
	p.MustApplyAndStay(upper)
	p.MustStay(lower)
	p.change(func(d *aziothub.Device) {
		d.Authentication.X509Thumbprint.PrimaryThumbprint = new(strings.ToLower(print1))
	})
	p.MustStay(upper)
	p.Import(deviceID).MustSucceed(p.T)
	p.MustStay(upper)
}

func TestAuthentication_driftOfTypeAndThumbprintIsRepaired(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	config := p.config(attributes{"authentication": authentication("selfSigned",
		attributes{"primary_thumbprint": print1, "secondary_thumbprint": print2})})
	p.MustApplyAndStay(config)
	p.change(func(d *aziothub.Device) { d.Authentication.X509Thumbprint.SecondaryThumbprint = nil })
	p.Refresh().MustSucceed(p.T)
	if got := acctest.At(t, p.State, "authentication.secondary_thumbprint"); got != "null" {
		t.Errorf("the state says %s", got)
	}
	p.MustApplyAndStay(config)
	if got := p.identity().Authentication.X509Thumbprint.SecondaryThumbprint; got == nil || *got != print2 {
		t.Errorf("the thumbprint is %v", got)
	}
}

func TestAuthentication_keysAreSentWhenTheirVersionMoves(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.MustApplyAndStay(p.config(attributes{"authentication": keys(key1, key2, 1)}))
	p.mustAccept(devicesim.SymmetricKey(key1), devicesim.SymmetricKey(key2))

	p.MustStay(p.config(attributes{"authentication": keys(key3, key2, 1)}))
	planned := p.MustApplyAndStay(p.config(attributes{"authentication": keys(key3, key2, 2)}))
	acctest.MustSay(t, planned.Warnings(), "Device keys are replaced", `"pump-1"`)
	p.mustAccept(devicesim.SymmetricKey(key3), devicesim.SymmetricKey(key2))
	p.mustRefuse(devicesim.SymmetricKey(key1))

	p.Emulator.ClearJournal()
	p.MustApplyAndStay(p.config(attributes{"authentication": authentication("sas", nil)}))
	p.MustNotHaveWritten()
	p.mustAccept(devicesim.SymmetricKey(key3), devicesim.SymmetricKey(key2))
	if state := p.State.String() + string(p.Private); strings.Contains(state, key3) || strings.Contains(state, key2) {
		t.Error("the state has keys")
	}
}

func TestAuthentication_whatDoesNotBelongTogetherIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	unknown := acctest.Unknown{}
	for name, test := range map[string]struct {
		kind  string
		given attributes
		want  string
	}{
		"one key":              {"sas", attributes{"primary_key_wo": key1, "keys_wo_version": "1"}, "One key without"},
		"keys without version": {"sas", attributes{"primary_key_wo": key1, "secondary_key_wo": key2}, "Missing version"},
		"version without keys": {"sas", attributes{"keys_wo_version": "1"}, "Version without keys"},
		"thumbprint and keys":  {"sas", attributes{"primary_thumbprint": print1}, "Not for this type"},
		"keys and thumbprint": {
			"selfSigned", attributes{"primary_thumbprint": print1, "primary_key_wo": key1}, "Not for this type"},
		"no thumbprint":         {"selfSigned", nil, "Missing thumbprint"},
		"authority, thumbprint": {"certificateAuthority", attributes{"secondary_thumbprint": print1}, "Not for this type"},
		"authority, key":        {"certificateAuthority", attributes{"secondary_key_wo": key1}, "Not for this type"},
		"another type":          {"none", nil, "none of the values"},
		"separators":            {"selfSigned", attributes{"primary_thumbprint": "AB:00"}, "has separators"},
		"another size":          {"selfSigned", attributes{"primary_thumbprint": "AB00"}, "4 digits"},
		"other letters":         {"selfSigned", attributes{"primary_thumbprint": strings.Repeat("xy", 20)}, "hexadecimal"},
		"empty thumbprint":      {"selfSigned", attributes{"primary_thumbprint": ""}, "leave the attribute out"},
		"short key": {
			"sas", attributes{"primary_key_wo": "c2hvcnQ=", "secondary_key_wo": key2, "keys_wo_version": "1"}, "5 bytes"},
		"no key at all": {
			"sas", attributes{"primary_key_wo": "?", "secondary_key_wo": key2, "keys_wo_version": "1"}, "not base64"},
		"empty version": {
			"sas", attributes{"primary_key_wo": key1, "secondary_key_wo": key2, "keys_wo_version": ""}, "It is empty"},
	} {
		step := p.Validate(p.config(attributes{"authentication": authentication(test.kind, test.given)}))
		if !strings.Contains(step.Errors(), test.want) || !step.FailsOn("authentication") {
			t.Errorf("%s: the errors are %q", name, step.Errors())
		}
		if strings.Contains(step.Errors(), key1) || strings.Contains(step.Errors(), key2) {
			t.Errorf("%s: the errors show a key", name)
		}
	}
	for name, given := range map[string]attributes{
		"unknown keys":       {"primary_key_wo": unknown, "secondary_key_wo": unknown, "keys_wo_version": "1"},
		"one key is unknown": {"primary_key_wo": key1, "secondary_key_wo": unknown, "keys_wo_version": "1"},
	} {
		if step := p.Validate(p.config(attributes{"authentication": authentication("sas", given)})); step.Failed() {
			t.Errorf("%s: %s", name, step.Errors())
		}
	}
}
