// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

'use strict';

const assert = require('node:assert/strict');
const { after, describe, test } = require('node:test');

const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { credential, certificate, dps, dpsConnectionString, dpsHost, hubHosts, pages, rejects, surfaceOf, withWrongKey } =
  require('./world.js');

const used = new Set();
const client = dps(used);

after(() => assert.deepEqual(surfaceOf(ProvisioningServiceClient).filter((name) => !used.has(name)), [],
  'methods of the client that no test here calls'));

const symmetric = (registrationId, more) => ({ registrationId, attestation: { type: 'symmetricKey' }, ...more });
const symmetricGroup = (enrollmentGroupId, more) => ({ enrollmentGroupId, attestation: { type: 'symmetricKey' }, ...more });
const x509 = (slots) => ({ type: 'x509', x509: slots });

/** What individual enrollments and groups have in common, by the client's names for each. */
const kinds = {
  'individual enrollment': {
    make: symmetric, id: 'registrationId',
    put: (e) => client.createOrUpdateIndividualEnrollment(e), get: (id) => client.getIndividualEnrollment(id),
    remove: (...args) => client.deleteIndividualEnrollment(...args),
    mechanism: (id) => client.getIndividualEnrollmentAttestationMechanism(id),
    query: (...args) => client.createIndividualEnrollmentQuery(...args),
  },
  'enrollment group': {
    make: symmetricGroup, id: 'enrollmentGroupId',
    put: (e) => client.createOrUpdateEnrollmentGroup(e), get: (id) => client.getEnrollmentGroup(id),
    remove: (...args) => client.deleteEnrollmentGroup(...args),
    mechanism: (id) => client.getEnrollmentGroupAttestationMechanism(id),
    query: (...args) => client.createEnrollmentGroupQuery(...args),
  },
};

for (const [kind, api] of Object.entries(kinds)) {
  describe(kind, () => {
    test('is created with generated keys, which only the PUT and the attestation mechanism tell', async () => {
      const { responseBody: made } = await api.put(api.make('keys'));
      const { primaryKey, secondaryKey } = made.attestation.symmetricKey;
      assert.equal(Buffer.from(primaryKey, 'base64').length, 64);
      assert.notEqual(primaryKey, secondaryKey);
      assert.equal(made.createdDateTimeUtc, made.lastUpdatedDateTimeUtc);
      const { responseBody: read } = await api.get('keys');
      assert.deepEqual(read.attestation, { type: 'symmetricKey' });
      assert.equal(read.etag, made.etag);
      const { responseBody: mechanism } = await api.mechanism('keys');
      assert.deepEqual(mechanism.symmetricKey, { primaryKey, secondaryKey });
    });

    test('keeps every setting, and is changed by sending back what was read', async () => {
      const settings = {
        capabilities: { iotEdge: true }, provisioningStatus: 'disabled', allocationPolicy: 'static', iotHubs: [hubHosts[0]],
        initialTwin: { tags: { site: 'a', nested: { floor: 2 } }, properties: { desired: { list: [1, { a: true }] } } },
        reprovisionPolicy: { updateHubAssignment: false, migrateDeviceData: false },
      };
      await api.put(api.make('settings', settings));
      const { responseBody: read } = await api.get('settings');
      for (const [name, value] of Object.entries(settings)) {
        assert.deepEqual(read[name], value, name);
      }
      const { responseBody: changed } = await api.put({ ...read, provisioningStatus: 'enabled' });
      assert.equal(changed.provisioningStatus, 'enabled');
      assert.equal(changed.createdDateTimeUtc, read.createdDateTimeUtc);
      assert.notEqual(changed.etag, read.etag);
      await rejects(api.put({ ...read, provisioningStatus: 'disabled' }), 'InvalidEtagError', 412);
      await rejects(api.put(api.make('settings')), 'DeviceAlreadyExistsError', 409);
    });

    test('is deleted by ID, by ID and etag, and as an object', async () => {
      const { responseBody: made } = await api.put(api.make('deleted'));
      const { responseBody: changed } = await api.put(made);
      await rejects(api.remove('deleted', made.etag), 'InvalidEtagError', 412);
      await api.remove('deleted', changed.etag);
      await rejects(api.get('deleted'), 'Error', 404);
      await rejects(api.remove('deleted'), 'Error', 404);
      await rejects(api.mechanism('deleted'), 'Error', 404);
      await api.put(api.make('deleted'));
      await api.remove('deleted');
      const { responseBody: again } = await api.put(api.make('deleted'));
      await api.remove(again);
    });

    test('is found under IDs with every character that they may have', async () => {
      for (const id of ['a:b.c_d-e', 'query', 'A-1']) {
        await api.put(api.make(id));
        const { responseBody: read } = await api.get(id);
        assert.equal(read[api.id], id);
        await api.remove(id);
      }
      await rejects(api.put(api.make('no blank')), 'ArgumentError', 400);
    });

    test('is listed in pages, whatever the text of the query is', async () => {
      const ids = Array.from({ length: 7 }, (_, i) => `page-${i}`);
      await Promise.all(ids.map((id) => api.put(api.make(id))));
      for (const text of ['*', 'SELECT * FROM enrollments', '']) {
        const found = await pages(api.query({ query: text }, 3));
        assert.ok(found.slice(0, -1).every((page) => page.length === 3), `pages of ${found.map((p) => p.length)}`);
        const all = found.flat();
        assert.ok(ids.every((id) => all.some((e) => e[api.id] === id)));
        assert.ok(all.every((e) => !e.attestation.symmetricKey && !e.registrationState));
      }
      const first = api.query({ query: '*' }, 5);
      await first.next();
      const second = await api.query({ query: '*' }, 5).next(first.continuationToken);
      assert.ok(second.responseBody.length > 0);
      await rejects(api.query({ query: '*' }).next('not a continuation'), 'ArgumentError', 400);
    });
  });
}

describe('attestation', () => {
  test('by X.509 takes PEM and base64 of PEM, and answers with facts only', async () => {
    const { pem, sha256 } = certificate('self-signed');
    for (const text of [pem, Buffer.from(pem).toString('base64')]) {
      const { responseBody: made } = await client.createOrUpdateIndividualEnrollment({
        registrationId: 'self-signed', attestation: x509({ clientCertificates: { primary: { certificate: text } } }),
      });
      const { certificate: hidden, info } = made.attestation.x509.clientCertificates.primary;
      assert.equal(hidden, undefined);
      assert.equal(info.sha256Thumbprint, sha256);
      assert.equal(info.subjectName, 'CN=self-signed');
      assert.equal(info.version, 3);
      await client.deleteIndividualEnrollment(made);
    }
    await rejects(client.createOrUpdateIndividualEnrollment({
      registrationId: 'none', attestation: x509({ clientCertificates: { primary: { certificate: '' } } }),
    }), 'ArgumentError', 400);
  });

  test('by X.509 keeps a certificate that is sent back as its facts', async () => {
    const { pem, sha256 } = certificate('factory');
    const { responseBody: made } = await client.createOrUpdateEnrollmentGroup({
      enrollmentGroupId: 'factory', attestation: x509({ signingCertificates: { primary: { certificate: pem } } }),
    });
    const { responseBody: changed } = await client.createOrUpdateEnrollmentGroup({ ...made, provisioningStatus: 'disabled' });
    assert.equal(changed.attestation.x509.signingCertificates.primary.info.sha256Thumbprint, sha256);
    const { responseBody: mechanism } = await client.getEnrollmentGroupAttestationMechanism('factory');
    assert.deepEqual(mechanism, changed.attestation);
    await client.deleteEnrollmentGroup('factory');
  });

  test('by own symmetric keys is what was sent; keys that are none are refused', async () => {
    const own = { primaryKey: Buffer.alloc(32, 1).toString('base64'), secondaryKey: Buffer.alloc(16, 2).toString('base64') };
    const { responseBody: made } = await client.createOrUpdateIndividualEnrollment(
      { registrationId: 'own', attestation: { type: 'symmetricKey', symmetricKey: own } });
    assert.deepEqual(made.attestation.symmetricKey, own);
    const short = { primaryKey: Buffer.alloc(15).toString('base64'), secondaryKey: own.secondaryKey };
    await rejects(client.createOrUpdateIndividualEnrollment(
      { registrationId: 'short', attestation: { type: 'symmetricKey', symmetricKey: short } }), 'ArgumentError', 400);
  });

  test('by TPM tells the endorsement key', async () => {
    const tpm = { endorsementKey: Buffer.from('an endorsement key').toString('base64') };
    await client.createOrUpdateIndividualEnrollment({ registrationId: 'tpm', attestation: { type: 'tpm', tpm } });
    const { responseBody: mechanism } = await client.getIndividualEnrollmentAttestationMechanism('tpm');
    assert.deepEqual(mechanism, { type: 'tpm', tpm });
  });
});

describe('bulk operation', () => {
  // The promise that this method returns without a callback never settles.
  const run = (mode, enrollments) => new Promise((resolve, reject) => {
    client.runBulkEnrollmentOperation({ mode, enrollments }, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const ten = Array.from({ length: 10 }, (_, i) => symmetric(`bulk-${i}`));
  const read = async ({ registrationId }) => (await client.getIndividualEnrollment(registrationId)).responseBody;

  test('creates, updates by etag and deletes ten, and tells what failed for each', async () => {
    assert.deepEqual(await run('create', ten), { errors: [], isSuccessful: true });
    const again = await run('create', [symmetric('bulk-new'), ten[3]]);
    assert.equal(again.isSuccessful, false);
    assert.deepEqual(again.errors.map((e) => [e.registrationId, e.errorCode]), [['bulk-3', 409201]]);
    assert.equal((await read({ registrationId: 'bulk-new' })).registrationId, 'bulk-new');

    // Recorded: an update without an etag is taken for a create.
    assert.deepEqual((await run('update', [ten[0]])).errors.map((e) => e.errorCode), [409201]);
    const current = await Promise.all(ten.map(read));
    const changed = current.map((e) => ({ ...e, provisioningStatus: 'disabled' }));
    assert.equal((await run('updateIfMatchETag', changed)).isSuccessful, true);
    assert.equal((await read(ten[9])).provisioningStatus, 'disabled');
    const stale = await run('updateIfMatchETag', changed.slice(0, 1));
    assert.deepEqual(stale.errors.map((e) => Math.trunc(e.errorCode / 1000)), [412]);

    assert.equal((await run('delete', ten)).isSuccessful, true);
    await rejects(read(ten[0]), 'Error', 404);
  });

  test('refuses eleven', async () => {
    await rejects(run('create', [...ten, symmetric('bulk-11')]), 'ArgumentError', 400);
  });
});

describe('the caller', () => {
  test('may use callbacks as well', async () => {
    await new Promise((resolve, reject) => {
      client.createOrUpdateIndividualEnrollment(symmetric('callback'), (error, made, response) => {
        assert.ifError(error);
        assert.equal(response.statusCode, 200);
        client.deleteIndividualEnrollment(made.registrationId, made.etag, (failure) => (failure ? reject(failure) : resolve()));
      });
    });
  });

  test('with a wrong key is unauthorized', async () => {
    const stranger = ProvisioningServiceClient.fromConnectionString(withWrongKey(dpsConnectionString));
    await rejects(stranger.getIndividualEnrollment('any'), 'UnauthorizedError', 401);
  });

  test('with a token of Entra ID may do what its role allows', async () => {
    const as = async (...roles) => ProvisioningServiceClient.fromTokenCredential(dpsHost, await credential(...roles));
    const writer = await as('Device Provisioning Service Data Contributor');
    await writer.createOrUpdateIndividualEnrollment(symmetric('by-token'));
    const reader = await as('Device Provisioning Service Data Reader');
    assert.equal((await reader.getIndividualEnrollment('by-token')).responseBody.registrationId, 'by-token');
    await rejects(reader.deleteIndividualEnrollment('by-token'), 'UnauthorizedError', 401);
    await rejects((await as()).getIndividualEnrollment('by-token'), 'UnauthorizedError', 401);
  });
});

describe('registration state', () => {
  test('is unknown before the device has registered, and its group has none', async () => {
    await client.createOrUpdateIndividualEnrollment(symmetric('unborn'));
    const { responseBody: read } = await client.getIndividualEnrollment('unborn');
    assert.deepEqual(read.registrationState, { registrationId: 'unborn', status: 'unassigned' });
    await rejects(client.getDeviceRegistrationState('unborn'), 'Error', 404);
    await rejects(client.deleteDeviceRegistrationState('unborn'), 'Error', 404);
    await client.createOrUpdateEnrollmentGroup(symmetricGroup('childless'));
    const query = client.createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, 'childless', 10);
    assert.deepEqual(await pages(query), [[]]);
  });
});
