// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Loaded before each test file (node --require). The clients of these packages take the host of a connection string as it
// stands and leave the port to https, which then looks for a machine called "localhost:8443". This is the resolver that finds
// it. The packages themselves stay as they are published.
'use strict';

const https = require('node:https');

const request = https.request;

https.request = (options, ...rest) => {
  const [, hostname, port] = /^([^:]+):(\d+)$/.exec(options.host ?? '') ?? [];
  return request.call(https, port ? { ...options, host: hostname, port } : options, ...rest);
};
