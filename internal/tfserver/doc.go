// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package tfserver serves a framework provider to the Terraform CLI over
// protocol 6 and mends three costs of the stock server:
//
//   - The framework's server (terraform-plugin-framework v1.19.0) keeps a cancel
//     function for every RPC until the provider is stopped, and each of them
//     pins the whole context of its RPC: loggers, gRPC stream, about 18 KB. A
//     plan of 10,000 resources grew to 1.3 GB; behind [Wrap] it stays at 43 MB.
//   - Without any TF_LOG variable the plugin loggers still write everything, as
//     JSON, to a standard error that the CLI parses and throws away. [Quiet]
//     switches them off in exactly that case.
//   - For every answer the framework goes through all attributes of the schema
//     again and again, also where nothing has changed, which is nearly always.
//     Where a resource is certain of that, see package unchanged, the answer is
//     what was asked; a plan without changes costs half as much.
//
// It also leaves out of generated configuration what a provider asks for, for
// which the framework has no way yet ([GeneratesWithout]), and takes private
// keys out of what is said of a configuration. And it ends at once when it is
// stopped, where the CLI and the stock server would wait: what begins after that,
// and at Ctrl-C also the plan of an apply, of which the CLI (1.11) tells nobody.
//
// It may not know anything of this provider: no object, no client, no setting.
//
// Words: an RPC is one call of the CLI; a walk is all that the CLI does with one
// configuration of the provider; the scope of an RPC is the context that
// the framework gets to see, which ends, and lets go of everything, with the RPC.
package tfserver
