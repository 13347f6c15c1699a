// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Package mqtt lets devices reach the services over MQTT 3.1.1, on TLS connections and in WebSockets.
//
// # Goals
//
// It translates. A CONNECT and each PUBLISH become a request to the handlers that HTTP reaches, so that the same rules
// decide who gets in, and journal, faults and limits are the same. What a service answers, or tells a device unasked,
// becomes a PUBLISH.
//
// It may know the services' topics and their handlers, and nothing of what they decide.
//
// # Why no broker
//
// Packets are read and written by a broker's library (mochi-mqtt/server). Its broker is not used, because the services
// are none: no message goes from one client to another; all devices subscribe to the same topics and hear only what is
// theirs; who takes over a connection must not be told so with a DISCONNECT, which 3.1.1 does not have for servers; and
// the provisioning service lets two connections of one client ID be.
package mqtt
