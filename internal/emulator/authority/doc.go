// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package authority stands in for Microsoft Entra ID and for those who vouch for programs towards it: it decides who
// may have a token. Applications prove themselves with a secret, with a certificate's signature, or with a token of a
// pipeline or a cluster; machines ask the endpoint of their managed identity.
//
// Words: an application has credentials, each with an end; an assertion is a signed claim to be an application; a
// federation says whose tokens count as an application's; an identity is a managed one.
//
// What a token allows is decided where it is used (package caller). It knows neither
// service, and shares no line with the clients.
package authority
