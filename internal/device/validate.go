// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package device

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azureiot/terraform-provider-azureiot/internal/aziothub"
)

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
					"never connect.", aziothub.AuthenticationSelfSigned))
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
				fmt.Sprintf("%s is given, and a device of the type %q has none.", name, kind))
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
