// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Loaded before each test file (node --require). This is the resolver that finds the emulator's ports, which are not those of
// the services. The packages themselves stay as they are published.
'use strict';

const https = require('node:https');

const portOf = (variable) => process.env[variable]?.split(':')[1];

// Over HTTPS the clients take the host of a connection string as it stands and leave the port to https, which then looks
// for a machine called "localhost:8443". In WebSockets they always ask port 443: of "127.0.0.1" for the provisioning service
// here, and of "localhost" for the first hub, whose certificates are good for both.
const found = (options) => {
  const [, host, port] = /^([^:]+):(\d+)$/.exec(options.host ?? '') ?? [];
  if (port) {
    return { host, port };
  }
  if (options.path?.startsWith('/$iothub/websocket')) {
    return { port: portOf(options.host === '127.0.0.1' ? 'AZUREIOT_DPS_HOSTNAME' : 'AZUREIOT_IOTHUB_HOSTNAME') };
  }
  return {};
};

for (const method of ['request', 'get']) {
  const original = https[method];
  https[method] = (options, ...rest) => original.call(https, { ...options, ...found(options) }, ...rest);
}
