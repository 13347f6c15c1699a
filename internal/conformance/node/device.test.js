// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const http = require('node:http');
const { describe, test } = require('node:test');

const { Http } = require('azure-iot-provisioning-device-http');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');
const { certificate, deriveKey, dps, dpsHost, hub, hubHosts, idScope, pages, rejects, tell } = require('./world.js');

const service = dps();
const hubOf = (state) => hub(hubHosts.indexOf(state.assignedHub));

/** Registers with the package's own client; payload is what a custom allocation gets. */
const register = (security, payload) => {
  const client = ProvisioningDeviceClient.create(dpsHost, idScope, new Http(), security);
  if (payload) {
    client.setProvisioningPayload(payload);
  }
  return client.register();
};
const withKey = (id, key) => new SymmetricKeySecurityClient(id, key);
const withCertificate = (id, { chain, key }) => new X509Security(id, { cert: chain, key });

const putEntry = async (entry) => (await service.createOrUpdateIndividualEnrollment(entry)).responseBody;
const putGroup = async (group) => (await service.createOrUpdateEnrollmentGroup(group)).responseBody;
const symmetric = (registrationId, more) => putEntry({ registrationId, attestation: { type: 'symmetricKey' }, ...more });
const leaves = (primary, secondary) => ({ type: 'x509', x509: { clientCertificates: {
  primary: { certificate: primary.pem }, ...(secondary && { secondary: { certificate: secondary.pem } }),
} } });

/** The device client fails with a plain error that says how the registration ended. */
const refused = (promise) => assert.rejects(promise, (error) => {
  assert.equal(error.name, 'UnauthorizedError');
  assert.equal(JSON.parse(error.responseBody).errorCode, 401002);
  return true;
});
const disabled = (promise) => assert.rejects(promise, { name: 'SyntaxError', message: 'status is disabled' });

describe('a device with a symmetric key', () => {
  test('is assigned with either key; the record and the identity agree with what it is told', async () => {
    const entry = await symmetric('keyed', { deviceId: 'keyed-device',
      initialTwin: { tags: { site: 'a' }, properties: { desired: { rate: 5 } } }, capabilities: { iotEdge: true } });
    const { primaryKey, secondaryKey } = entry.attestation.symmetricKey;
    const state = await register(withKey('keyed', primaryKey));
    assert.equal(`${state.status} ${state.substatus} ${state.deviceId}`, 'assigned initialAssignment keyed-device');
    assert.ok(hubHosts.includes(state.assignedHub));
    const { responseBody: record } = await service.getDeviceRegistrationState('keyed');
    for (const name of ['etag', 'createdDateTimeUtc', 'lastUpdatedDateTimeUtc', 'assignedHub', 'deviceId', 'status']) {
      assert.equal(record[name], state[name], name);
    }
    assert.equal((await service.getIndividualEnrollment('keyed')).responseBody.registrationState.etag, state.etag);
    const { responseBody: identity } = await hubOf(state).get('keyed-device');
    assert.equal(identity.authentication.type, 'sas');
    assert.deepEqual(identity.authentication.symmetricKey, { primaryKey, secondaryKey });
    assert.equal(identity.capabilities.iotEdge, true);
    const { responseBody: twin } = await hubOf(state).getTwin('keyed-device');
    assert.deepEqual([twin.tags, twin.properties.desired.rate], [{ site: 'a' }, 5]);
    assert.equal((await register(withKey('keyed', secondaryKey))).status, 'assigned');
  });

  test('of a group uses the key derived from the group\'s; the record is found under the group', async () => {
    const group = await putGroup({ enrollmentGroupId: 'batch', attestation: { type: 'symmetricKey' } });
    const { primaryKey, secondaryKey } = group.attestation.symmetricKey;
    const state = await register(withKey('batch-1', deriveKey(primaryKey, 'batch-1')));
    assert.equal(state.deviceId, 'batch-1');
    const { responseBody: identity } = await hubOf(state).get('batch-1');
    assert.equal(identity.authentication.symmetricKey.primaryKey, deriveKey(primaryKey, 'batch-1'));
    await register(withKey('batch-2', deriveKey(secondaryKey, 'batch-2')));
    await refused(register(withKey('batch-3', primaryKey)));
    const records = (await pages(service.createEnrollmentGroupDeviceRegistrationStateQuery({ query: '*' }, 'batch', 1))).flat();
    assert.deepEqual(records.map((r) => r.registrationId).sort(), ['batch-1', 'batch-2']);
  });

  test('is refused with a wrong key, an unknown ID and an unknown scope', async () => {
    await symmetric('wrong');
    const key = crypto.randomBytes(64).toString('base64');
    await refused(register(withKey('wrong', key)));
    await refused(register(withKey('nobody', key)));
    await refused(ProvisioningDeviceClient.create(dpsHost, '0neFFFFFFFF', new Http(), withKey('wrong', key)).register());
  });
});

describe('a device with a certificate', () => {
  test('of its own is assigned with either; the identity has the one that it showed', async () => {
    const primary = certificate('own-1'), secondary = certificate('own-2');
    await putEntry({ registrationId: 'own', attestation: leaves(primary, secondary) });
    for (const shown of [primary, secondary]) {
      const state = await register(withCertificate('own', shown));
      const { responseBody: identity } = await hubOf(state).get('own');
      assert.equal(identity.authentication.type, 'selfSigned');
      assert.equal(identity.authentication.x509Thumbprint.primaryThumbprint, shown.sha256);
    }
    await refused(register(withCertificate('own', certificate('other'))));
  });

  test('below a group\'s signing certificate is assigned when it shows the chain', async () => {
    await putGroup({ enrollmentGroupId: 'plant', attestation:
      { type: 'x509', x509: { signingCertificates: { primary: { certificate: certificate('factory').pem } } } } });
    const leaf = certificate('sensor');
    const state = await register(withCertificate('sensor', leaf));
    assert.equal(state.deviceId, 'sensor');
    const { responseBody: identity } = await hubOf(state).get('sensor');
    assert.equal(identity.authentication.x509Thumbprint.primaryThumbprint, leaf.sha256);
    await refused(register(withCertificate('self-signed', certificate('self-signed'))));
  });
});

/** A TPM as the device client sees one; see device_tpm.go of the emulator for what stands for the credential blob. */
const softwareTpm = (registrationId) => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const endorsementKey = publicKey.export({ type: 'spki', format: 'der' });
  let identityKey;
  return {
    endorsementKey,
    getRegistrationId: (done) => done(null, registrationId),
    getEndorsementKey: (done) => done(null, endorsementKey),
    getStorageRootKey: (done) => done(null, Buffer.from('a storage root key')),
    signWithIdentity: (data, done) => done(null, crypto.createHmac('sha256', identityKey).update(data).digest()),
    activateIdentityKey: (blob, done) => {
      identityKey = crypto.privateDecrypt({ key: privateKey, oaepHash: 'sha256' }, blob);
      done();
    },
  };
};

describe('a device with a TPM', () => {
  test('is assigned when it solves the challenge for its endorsement key', async () => {
    const tpm = softwareTpm('with-tpm'), other = softwareTpm('with-tpm');
    await putEntry({ registrationId: 'with-tpm',
      attestation: { type: 'tpm', tpm: { endorsementKey: tpm.endorsementKey.toString('base64') } } });
    const { registrationState: state } = await register(tpm);
    assert.equal(`${state.status} ${state.deviceId}`, 'assigned with-tpm');
    assert.equal((await hubOf(state).get('with-tpm')).responseBody.authentication.type, 'sas');
    await assert.rejects(register(other));
    await assert.rejects(register(softwareTpm('nobody-with-tpm')));
  });
});

describe('a device that is kept out', () => {
  test('by its disabled entry is told so, and its record says so', async () => {
    const entry = await symmetric('blocked');
    const key = entry.attestation.symmetricKey.primaryKey;
    await register(withKey('blocked', key));
    const blocked = await putEntry({ ...entry, provisioningStatus: 'disabled' });
    await disabled(register(withKey('blocked', key)));
    const { responseBody: record } = await service.getDeviceRegistrationState('blocked');
    assert.equal(`${record.status} ${record.assignedHub}`, 'disabled undefined');
    assert.ok(record.etag && record.lastUpdatedDateTimeUtc);
    await putEntry({ ...blocked, provisioningStatus: 'enabled' });
    assert.equal((await register(withKey('blocked', key))).status, 'assigned');
  });

  test('by a disabled entry stays out though an enabled group would admit it, until the entry is gone', async () => {
    await putGroup({ enrollmentGroupId: 'site', attestation:
      { type: 'x509', x509: { signingCertificates: { primary: { certificate: certificate('site').pem } } } } });
    const leaf = certificate('gate');
    await register(withCertificate('gate', leaf));
    const entry = await putEntry({ registrationId: 'gate', attestation: leaves(leaf), provisioningStatus: 'disabled' });
    await disabled(register(withCertificate('gate', leaf)));
    await service.deleteIndividualEnrollment('gate', entry.etag);
    assert.equal((await register(withCertificate('gate', leaf))).status, 'assigned');
  });
});

describe('a registration', () => {
  test('is forgotten when its record is deleted; a new device ID makes a new identity and leaves the old one', async () => {
    const entry = await symmetric('moved', { deviceId: 'moved-1' });
    const security = withKey('moved', entry.attestation.symmetricKey.primaryKey);
    const before = await register(security);
    await putEntry({ ...entry, deviceId: 'moved-2' });
    await rejects(service.deleteDeviceRegistrationState('moved', entry.etag), 'InvalidEtagError', 412);
    await service.deleteDeviceRegistrationState('moved', before.etag);
    const after = await register(security);
    assert.equal(after.deviceId, 'moved-2');
    assert.equal((await hubOf(before).get('moved-1')).responseBody.deviceId, 'moved-1');
    await service.deleteDeviceRegistrationState(after);
    await rejects(service.getDeviceRegistrationState('moved'), 'Error', 404);
  });

  test('outlives throttling and a slow assignment', async () => {
    const entry = await symmetric('patient');
    await tell('POST', '/faults', { method: 'PUT', path: '/registrations/patient/register', status: 429, times: 1,
      headers: { 'Retry-After': '0' } });
    await tell('POST', '/assigning-polls', { polls: 3 });
    const security = withKey('patient', entry.attestation.symmetricKey.primaryKey);
    // The client takes a 429 for an error of the request; the device asks again.
    await assert.rejects(register(security), { name: 'ThrottlingError' });
    assert.equal((await register(security)).status, 'assigned');
    await tell('POST', '/assigning-polls', { polls: 0 });
  });

  test('with a custom allocation goes where the webhook says, with what it hands to the device', async (t) => {
    const asked = [];
    const webhook = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; }).on('end', () => {
        const question = JSON.parse(body);
        asked.push(question);
        const refusal = question.deviceRuntimeContext.payload?.fail;
        response.writeHead(refusal ?? 200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ iotHubHostName: hubHosts[1], payload: { welcome: true },
          initialTwin: { tags: { chosen: 'webhook' }, properties: { desired: {} } } }));
      });
    });
    await new Promise((resolve) => { webhook.listen(0, '127.0.0.1', resolve); });
    t.after(() => webhook.close());
    const entry = await symmetric('custom', { allocationPolicy: 'custom', iotHubs: hubHosts, customAllocationDefinition:
      { webhookUrl: `http://127.0.0.1:${webhook.address().port}/allocate?code=secret`, apiVersion: '2021-10-01' } });
    const security = withKey('custom', entry.attestation.symmetricKey.primaryKey);
    const state = await register(security, { model: 7 });
    assert.equal(state.assignedHub, hubHosts[1]);
    assert.deepEqual(state.payload, { welcome: true });
    assert.deepEqual((await hub(1).getTwin('custom')).responseBody.tags, { chosen: 'webhook' });
    const [question] = asked;
    assert.deepEqual(question.deviceRuntimeContext.payload, { model: 7 });
    assert.deepEqual(question.linkedHubs.toSorted(), hubHosts.toSorted());
    assert.deepEqual(question.individualEnrollment.attestation, { type: 'symmetricKey' });

    await assert.rejects(register(security, { fail: 500 }), (error) => {
      assert.equal(error.name, 'ProvisioningRegistrationFailedError');
      assert.equal(error.result.registrationState.errorCode, 400207);
      return true;
    });
  });
});
