// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
	"github.com/azureiot/terraform-provider-azureiot/internal/framework/iottype"
)

// Attributes of authentication.
const (
	typeName         = "type"
	primaryPrint     = "primary_thumbprint"
	secondaryPrint   = "secondary_thumbprint"
	primaryKeyName   = "primary_key_wo"
	secondaryKeyName = "secondary_key_wo"
	keysVersionName  = "keys_wo_version"
)

// Slots of keys and thumbprints.
const (
	primary = iota
	secondary
	slots
)

func thumbprintNames() [slots]string { return [slots]string{primaryPrint, secondaryPrint} }

// authenticationTypes are the ways in which a device can prove itself to a hub.
func authenticationTypes() []string {
	return []string{
		aziothub.AuthenticationSAS, aziothub.AuthenticationSelfSigned, aziothub.AuthenticationCertificateAuthority,
	}
}

// authentication is how a device proves itself, as far as that may be shown: keys are no part of it.
type authentication struct {
	kind string
	// thumbprints are a self-signed device's, empty where there is none.
	thumbprints [slots]string
}

// canBeAskedFor tells whether configuration can say this. The hub has other types: "none", and whatever it will learn.
func (a *authentication) canBeAskedFor() bool {
	return a != nil && slices.Contains(authenticationTypes(), a.kind)
}

func authenticationOf(a aziothub.Authentication) *authentication {
	found := &authentication{kind: a.Type}
	if x := a.X509Thumbprint; x != nil && a.Type == aziothub.AuthenticationSelfSigned {
		found.thumbprints = [slots]string{text(x.PrimaryThumbprint), text(x.SecondaryThumbprint)}
	}
	return found
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// expandAuthentication is how the device is to prove itself; nil for a null attribute, which leaves it as it is found.
func expandAuthentication(value types.Object) *authentication {
	if !iottype.IsSet(value) {
		return nil
	}
	a := &authentication{kind: member(value, typeName)}
	for slot, name := range thumbprintNames() {
		a.thumbprints[slot] = member(value, name)
	}
	return a
}

// flattenAuthentication says how a device proves itself. Thumbprints keep prior's spelling, and the version of the keys
// is prior's, because a hub knows none.
func flattenAuthentication(a *authentication, prior types.Object) types.Object {
	if a == nil {
		return types.ObjectNull(authenticationType().AttrTypes)
	}
	values := map[string]attr.Value{
		typeName:         types.StringValue(a.kind),
		primaryKeyName:   types.StringNull(),
		secondaryKeyName: types.StringNull(),
		keysVersionName:  keysVersion(prior),
	}
	for slot, name := range thumbprintNames() {
		values[name] = flattenThumbprint(a.thumbprints[slot], member(prior, name))
	}
	return types.ObjectValueMust(authenticationType().AttrTypes, values)
}

func flattenThumbprint(found, prior string) iottype.TextValue {
	switch {
	case found == "":
		return iottype.Thumbprint().Null()
	case iottype.Thumbprint().Same(found, prior):
		return iottype.Thumbprint().Value(prior)
	}
	return iottype.Thumbprint().Value(found)
}

func authenticationType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		typeName: types.StringType, primaryPrint: iottype.Thumbprint(), secondaryPrint: iottype.Thumbprint(),
		primaryKeyName: types.StringType, secondaryKeyName: types.StringType, keysVersionName: types.StringType,
	}}
}

// member is a text of an object; empty when it is null or unknown.
func member(value types.Object, name string) string {
	switch v := value.Attributes()[name].(type) {
	case types.String:
		return v.ValueString()
	case iottype.TextValue:
		return v.ValueString()
	}
	return ""
}

// keysVersion is what says which keys were sent. It is a text: a number in state makes Terraform 1.11 report that a
// refresh-only plan has changes when it has none (the numbers that it compares differ in precision).
func keysVersion(value types.Object) types.String {
	if version, ok := value.Attributes()[keysVersionName].(types.String); ok {
		return version
	}
	return types.StringNull()
}

// configuredKeys are the keys that configuration gives; nil when it gives none.
func configuredKeys(config types.Object) *aziothub.SymmetricKey {
	keys := [slots]string{member(config, primaryKeyName), member(config, secondaryKeyName)}
	if keys[primary] == "" || keys[secondary] == "" {
		return nil
	}
	return &aziothub.SymmetricKey{PrimaryKey: &keys[primary], SecondaryKey: &keys[secondary]}
}

// keyBytes is the size of the keys that a hub makes.
const keyBytes = 32

// newKeys makes keys as the hub does. Making them here is what lets a create whose answer was lost be told from
// somebody else's identity: nobody else knows them.
func newKeys() *aziothub.SymmetricKey {
	return &aziothub.SymmetricKey{PrimaryKey: new(newKey()), SecondaryKey: new(newKey())}
}

func newKey() string {
	raw := make([]byte, keyBytes)
	_, _ = rand.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

// sameKeys tells whether two identities have the same two keys.
func sameKeys(a, b *aziothub.SymmetricKey) bool {
	return a != nil && b != nil && text(a.PrimaryKey) != "" &&
		text(a.PrimaryKey) == text(b.PrimaryKey) && text(a.SecondaryKey) == text(b.SecondaryKey)
}

// keysShown tells whether the hub showed the keys that it has: a write without them would have it make new ones.
func keysShown(d aziothub.Device) bool {
	a := d.Authentication
	if a == nil {
		return false
	}
	return a.Type != aziothub.AuthenticationSAS ||
		a.SymmetricKey != nil && text(a.SymmetricKey.PrimaryKey) != "" && text(a.SymmetricKey.SecondaryKey) != ""
}

// authenticate puts into body how the device is to prove itself. What is so already stays byte for byte as it was read.
func authenticate(body *aziothub.Device, want *authentication, keys *aziothub.SymmetricKey) {
	if want == nil {
		return
	}
	a := aziothub.Authentication{Type: want.kind}
	if body.Authentication != nil {
		a.Extra = body.Authentication.Extra
		if body.Authentication.Type == want.kind {
			a = *body.Authentication
		}
	}
	switch want.kind {
	case aziothub.AuthenticationSAS:
		switch {
		case keys != nil:
			a.SymmetricKey = withKeys(a.SymmetricKey, keys)
		case a.SymmetricKey == nil:
			// Empty keys have the hub make two; the Node SDK sends this (recorded).
			a.SymmetricKey = &aziothub.SymmetricKey{PrimaryKey: new(""), SecondaryKey: new("")}
		}
	case aziothub.AuthenticationSelfSigned:
		a.X509Thumbprint = withThumbprints(a.X509Thumbprint, want.thumbprints)
	}
	body.Authentication = &a
}

func withKeys(read, keys *aziothub.SymmetricKey) *aziothub.SymmetricKey {
	given := *keys
	if read != nil {
		given.Extra = read.Extra
	}
	return &given
}

func withThumbprints(read *aziothub.X509Thumbprint, want [slots]string) *aziothub.X509Thumbprint {
	var x aziothub.X509Thumbprint
	if read != nil {
		x = *read
	}
	for slot, p := range []**string{&x.PrimaryThumbprint, &x.SecondaryThumbprint} {
		switch {
		case want[slot] == "":
			*p = nil
		case !iottype.Thumbprint().Same(text(*p), want[slot]):
			*p = &want[slot]
		}
	}
	return &x
}

// withoutKeysVersion forgets which keys were sent: the identity that had them is gone.
func withoutKeysVersion(value types.Object) types.Object {
	if value.IsNull() {
		return value
	}
	values := value.Attributes()
	values[keysVersionName] = types.StringNull()
	return types.ObjectValueMust(authenticationType().AttrTypes, values)
}

// validateAuthentication checks that what is given belongs to the type. What is not known yet may be anything.
func validateAuthentication(value types.Object) diag.Diagnostics {
	kind, isText := value.Attributes()[typeName].(types.String)
	if !isText || kind.IsUnknown() {
		return nil
	}
	c := authenticationCheck{value: value}
	switch kind.ValueString() {
	case aziothub.AuthenticationSAS:
		c.refuse(kind.ValueString(), primaryPrint, secondaryPrint)
		c.checkKeys()
	case aziothub.AuthenticationSelfSigned:
		c.refuse(kind.ValueString(), primaryKeyName, secondaryKeyName, keysVersionName)
		if !c.given(primaryPrint) && !c.given(secondaryPrint) {
			c.diags.AddAttributeError(path.Root(authenticationName).AtName(primaryPrint), "Missing thumbprint", fmt.Sprintf(
				"A device of the type %q proves itself with a certificate whose thumbprint the hub knows; without one it can "+
					"never connect. Give primary_thumbprint.", aziothub.AuthenticationSelfSigned))
		}
	case aziothub.AuthenticationCertificateAuthority:
		c.refuse(kind.ValueString(), primaryPrint, secondaryPrint, primaryKeyName, secondaryKeyName, keysVersionName)
	}
	return c.diags
}

type authenticationCheck struct {
	value types.Object
	diags diag.Diagnostics
}

// given tells whether an attribute is set, or will turn out to be.
func (c *authenticationCheck) given(name string) bool {
	value := c.value.Attributes()[name]
	return value != nil && !value.IsNull()
}

func (c *authenticationCheck) refuse(kind string, names ...string) {
	for _, name := range names {
		if c.given(name) {
			c.diags.AddAttributeError(path.Root(authenticationName).AtName(name), "Not for this type of authentication",
				fmt.Sprintf("%s is given, and a device of the type %q has none. Leave it out, or give another type.",
					name, kind))
		}
	}
}

// checkKeys: a hub takes both keys or neither, and a version is what tells Terraform that they have changed.
func (c *authenticationCheck) checkKeys() {
	keys := 0
	for _, name := range []string{primaryKeyName, secondaryKeyName} {
		if c.given(name) {
			keys++
		}
	}
	switch {
	case keys == 1:
		c.diags.AddAttributeError(path.Root(authenticationName), "One key without the other", fmt.Sprintf(
			"A hub takes both keys or makes both: give %s and %s, or neither.", primaryKeyName, secondaryKeyName))
	case keys == 2 && !c.given(keysVersionName):
		version := path.Root(authenticationName).AtName(keysVersionName)
		c.diags.AddAttributeError(version, "Missing version of the keys", fmt.Sprintf(
			"Terraform does not keep the keys, and cannot see that they changed: give %s, and change it with every change of "+
				"the keys.",
			keysVersionName))
	case keys == 0 && c.given(keysVersionName):
		c.diags.AddAttributeError(path.Root(authenticationName).AtName(keysVersionName), "Version without keys", fmt.Sprintf(
			"%s is given without keys; give %s and %s too, or leave it out to have keys generated.",
			keysVersionName, primaryKeyName, secondaryKeyName))
	}
}
