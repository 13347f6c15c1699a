// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package azrest is one REST call on an azcore pipeline, and the error it ends in. Both service clients are made of
// it: building the path, sending, trying again, reading the answer, keeping the members nobody knew of.
//
// Words: a Service is what the two services do differently, a Pipeline is one service at one host, a Call is one
// request; a try is one time that the request is sent, and a Call has as many as the retry budget allows. An Error
// is an answer that says no; a TransportError is no answer at all, after which the call may or may not have been
// carried out; an UnsentError is a call that never left, because no credential could be had for it.
//
// It knows neither the services' objects nor Terraform. It never logs a body, and nothing it returns or logs holds a
// credential: messages of services are cleaned before they become part of an error.
package azrest
