// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// What the Go test that starts these tests has prepared: an emulator of their own, described by the variables that
// tools/iotemulator writes, and certificates.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { Registry } = require('azure-iothub');

const variable = (name) => {
  assert.ok(process.env[name], `${name} is not set: run these tests with go test ./internal/conformance`);
  return process.env[name];
};

const dpsConnectionString = variable('AZUREIOT_DPS_CONNECTION_STRING');
const hubConnectionStrings = variable('AZUREIOT_IOTHUB_CONNECTION_STRINGS').split(',');

/** The host that a connection string names. */
const hostOf = (connectionString) => /HostName=([^;]+)/.exec(connectionString)[1];

/** The same connection string with a key that the service does not know. */
const withWrongKey = (connectionString) =>
  connectionString.replace(/SharedAccessKey=.*/, `SharedAccessKey=${crypto.randomBytes(32).toString('base64')}`);

/** A certificate that the Go test made: { pem, chain, key, sha256 }. */
const certificate = (name) => {
  const read = (file) => fs.readFileSync(path.join(variable('CERTIFICATES_DIRECTORY'), file), 'utf8');
  const pem = read(`${name}.pem`);
  const sha256 = new crypto.X509Certificate(pem).fingerprint256.replaceAll(':', '');
  return { pem, chain: pem + read(`${name}.chain.pem`), key: read(`${name}.key`), sha256 };
};

/** The key of one device of a symmetric-key group. */
const deriveKey = (groupKey, registrationId) =>
  crypto.createHmac('sha256', Buffer.from(groupKey, 'base64')).update(registrationId).digest('base64');

/** Gives the emulator an instruction through its admin listener. */
const tell = async (method, route, document) => {
  const answer = await fetch(`http://${variable('AZUREIOT_EMULATOR_ADMIN')}${route}`, {
    method, body: document && JSON.stringify(document),
  });
  assert.ok(answer.ok, `${method} ${route}: ${answer.status} ${await answer.text()}`);
};

/** A credential in the shape of @azure/core-auth, served by the emulator's authority. */
const credential = async (...roles) => {
  const id = crypto.randomUUID(), secret = crypto.randomUUID();
  await tell('POST', '/applications', { client_id: id, client_secret: secret });
  for (const role of roles) {
    await tell('POST', '/roles', { principal: id, role });
  }
  return {
    getToken: async (scope) => {
      const answer = await fetch(`${variable('AZURE_AUTHORITY_HOST')}${crypto.randomUUID()}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret, scope }),
      });
      assert.equal(answer.status, 200);
      const { access_token: token, expires_in: seconds } = await answer.json();
      return { token, expiresOnTimestamp: Date.now() + seconds * 1000 };
    },
  };
};

/** The client, noting in used which of its methods are called. */
const watched = (client, used) =>
  new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') {
        return value;
      }
      used.add(name);
      return value.bind(target);
    },
  });

/** The public methods of a class, as its instances have them. */
const surfaceOf = (type) =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor' && !name.startsWith('_'));

/** Fails unless the promise is rejected with that error class of the package and that HTTP status. */
const rejects = async (promise, name, status) => {
  await assert.rejects(promise, (error) => {
    assert.equal(`${error.name} ${error.response?.statusCode}`, `${name} ${status}`, `${error.message} ${error.responseBody}`);
    return true;
  });
};

/** All pages of a query. Without an argument its next method would begin again, whatever the query itself remembers. */
const pages = async (query) => {
  const all = [];
  while (query.hasMoreResults) {
    const page = await query.next(query.continuationToken);
    all.push(page.responseBody ?? page.result);
  }
  return all;
};

const dps = (used = new Set()) => watched(ProvisioningServiceClient.fromConnectionString(dpsConnectionString), used);
const hub = (number = 0, used = new Set()) => watched(Registry.fromConnectionString(hubConnectionStrings[number]), used);

module.exports = {
  certificate, credential, deriveKey, dps, dpsConnectionString, hostOf, hub, hubConnectionStrings, pages, rejects, surfaceOf,
  tell, variable, withWrongKey,
  idScope: variable('AZUREIOT_DPS_ID_SCOPE'),
  dpsHost: hostOf(dpsConnectionString),
  hubHosts: hubConnectionStrings.map(hostOf),
};
