// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { on, once } = require('node:events');
const { describe, test } = require('node:test');

const { NoRetry } = require('azure-iot-common');
const { Client, Message, ModuleClient } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const provisioning = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');
const service = require('azure-iothub');
const { certificate, dps, dpsHost, hub, hubConnectionStrings, hubHosts, idScope, rejects, tell } = require('./world.js');

// In WebSockets the clients ask port 443, whatever the host name says: see resolve.js.
const transports = {
  MQTT: { transport: Mqtt, provisioning: provisioning.Mqtt, dpsHost, host: hubHosts[0] },
  'MQTT over WebSocket':
    { transport: MqttWs, provisioning: provisioning.MqttWs, dpsHost: '127.0.0.1', host: 'localhost' },
};

const registry = hub();
const enrollments = dps();
const methods = service.Client.fromConnectionString(hubConnectionStrings[0]);

/** A device of the first hub with keys of its own: { id, key }. */
const newDevice = async (more) => {
  const id = `device-${crypto.randomUUID()}`;
  const { responseBody } = await registry.create({ deviceId: id, ...more });
  return { id, key: responseBody.authentication.symmetricKey?.primaryKey };
};

/** A promise of what a callback gets. */
const called = (register) => new Promise((resolve, reject) => {
  register((error, result) => (error ? reject(error) : resolve(result)));
});

for (const [name, { transport, provisioning: Provisioning, dpsHost: provisioningHost, host }] of Object.entries(transports)) {
  describe(name, () => {
    /** Connects, for the time of a test. */
    const connect = async (t, client) => {
      client.setRetryPolicy(new NoRetry());
      t.after(() => client.close().catch(() => {}));
      await client.open();
      return client;
    };
    const keyed = (id, key) => Client.fromConnectionString(`HostName=${host};DeviceId=${id};SharedAccessKey=${key}`, transport);
    const register = async (security) => {
      const protocol = new Provisioning();
      try {
        return await ProvisioningDeviceClient.create(provisioningHost, idScope, protocol, security).register();
      } finally {
        await called((done) => protocol.disconnect(done));
      }
    };

    test('a device registers with a key, is told that it is disabled, and is refused with another key', async () => {
      const registrationId = `keyed-${crypto.randomUUID()}`;
      const { responseBody: entry } =
        await enrollments.createOrUpdateIndividualEnrollment({ registrationId, attestation: { type: 'symmetricKey' } });
      const security = new SymmetricKeySecurityClient(registrationId, entry.attestation.symmetricKey.primaryKey);
      const state = await register(security);
      assert.equal(`${state.status} ${state.deviceId}`, `assigned ${registrationId}`);
      const wrong = new SymmetricKeySecurityClient(registrationId, crypto.randomBytes(64).toString('base64'));
      await assert.rejects(register(wrong), { name: 'UnauthorizedError' });
      await enrollments.createOrUpdateIndividualEnrollment({ ...entry, provisioningStatus: 'disabled' });
      await assert.rejects(register(security), { name: 'SyntaxError', message: 'status is disabled' });
    });

    test('a device registers with a certificate, and goes to its hub with it', async (t) => {
      const own = certificate('own-1');
      await enrollments.createOrUpdateIndividualEnrollment({ registrationId: 'own', iotHubs: [hubHosts[0]],
        allocationPolicy: 'static',
        attestation: { type: 'x509', x509: { clientCertificates: { primary: { certificate: own.pem } } } } });
      t.after(() => enrollments.deleteIndividualEnrollment('own'));
      const state = await register(new X509Security('own', { cert: own.chain, key: own.key }));
      assert.equal(state.assignedHub, hubHosts[0]);
      const client = Client.fromConnectionString(`HostName=${host};DeviceId=own;x509=true`, transport);
      await client.setOptions({ cert: own.chain, key: own.key });
      await connect(t, client);
      await client.sendEvent(new Message('hello'));
      const other = Client.fromConnectionString(`HostName=${host};DeviceId=own;x509=true`, transport);
      const shown = certificate('other');
      await other.setOptions({ cert: shown.chain, key: shown.key });
      await assert.rejects(connect(t, other));
    });

    test('a device sends messages, and its hub knows that it is connected', async (t) => {
      const { id, key } = await newDevice();
      const client = await connect(t, keyed(id, key));
      const message = new Message(JSON.stringify({ temperature: 21 }));
      message.contentType = 'application/json';
      message.properties.add('hall', '2 / north');
      await client.sendEvent(message);
      assert.equal((await registry.get(id)).responseBody.connectionState, 'Connected');
      await client.close();
      while ((await registry.get(id)).responseBody.connectionState !== 'Disconnected');
    });

    test('a device is refused with a wrong key, as nobody, and when its identity is disabled', async (t) => {
      const { id, key } = await newDevice(), off = await newDevice({ status: 'disabled' });
      for (const [who, secret] of [[id, crypto.randomBytes(32).toString('base64')], ['nobody', key], [off.id, off.key]]) {
        await assert.rejects(connect(t, keyed(who, secret)), (error) => {
          assert.match(`${error.name} ${error.message}`, /[Nn]ot authorized/);
          return true;
        });
      }
    });

    test('a device reads its twin, reports, and is told what is desired of it', async (t) => {
      const { id, key } = await newDevice();
      await registry.updateTwin(id, { properties: { desired: { rate: 5, nested: { a: 1 } } } }, '*');
      const client = await connect(t, keyed(id, key));
      const twin = await client.getTwin();
      assert.deepEqual(twin.properties.desired, { rate: 5, nested: { a: 1 }, $version: 2 });
      await called((done) => twin.properties.reported.update({ rate: 4, since: { boot: true } }, done));
      const { responseBody: seen } = await registry.getTwin(id);
      assert.equal(`${seen.properties.reported.rate} ${seen.properties.reported.since.boot}`, '4 true');
      await assert.rejects(called((done) => twin.properties.reported.update({ 'no.name': 1 }, done)), /invalid/);
      const told = new Promise((resolve) => {
        twin.on('properties.desired.nested', (change) => { if (change.b === 2) { resolve(change); } });
      });
      // Being told begins with an answer to a subscription that the client does not wait for.
      await client.getTwin();
      await registry.updateTwin(id, { properties: { desired: { nested: { b: 2 } } } }, '*');
      assert.deepEqual(await told, { b: 2 });
      assert.deepEqual(twin.properties.desired.nested, { a: 1, b: 2 });
    });

    test('a device answers direct methods, and is not online without', async (t) => {
      const { id, key } = await newDevice();
      const ask = { methodName: 'open', payload: { valve: 3 }, responseTimeoutInSeconds: 20, connectTimeoutInSeconds: 20 };
      await rejects(methods.invokeDeviceMethod(id, { ...ask, connectTimeoutInSeconds: 0 }), 'Error', 404);
      const client = await connect(t, keyed(id, key));
      client.onDeviceMethod('open', (request, response) => response.send(207, { opened: request.payload.valve }));
      const { result } = await methods.invokeDeviceMethod(id, ask);
      assert.deepEqual(result, { status: 207, payload: { opened: 3 } });
    });

    test('a device gets messages, those too that waited for it', async (t) => {
      const { id, key } = await newDevice();
      const send = (body) => tell('POST', '/messages',
        { hub: 'north', device_id: id, message_id: body, properties: { 'for': 'a & b' }, body });
      await send('first');
      const client = await connect(t, keyed(id, key));
      // One listener for all: the client unsubscribes without the last one, and does not wait for it.
      const messages = on(client, 'message');
      const next = async () => (await messages.next()).value[0];
      const first = await next();
      assert.equal(`${first.messageId} ${first.getData()} ${first.properties.getValue('for')}`, 'first first a & b');
      await client.complete(first);
      await send('second');
      assert.equal((await next()).messageId, 'second');
    });

    test('a module connects beside its device, and has a twin of its own', async (t) => {
      const { id, key } = await newDevice();
      const device = await connect(t, keyed(id, key));
      const { responseBody: module } = await registry.addModule({ deviceId: id, moduleId: 'pump' });
      const client = await connect(t, ModuleClient.fromConnectionString(
        `HostName=${host};DeviceId=${id};ModuleId=pump;SharedAccessKey=${module.authentication.symmetricKey.primaryKey}`,
        transport));
      await client.sendOutputEvent('out', new Message('hello'));
      const twin = await client.getTwin();
      await called((done) => twin.properties.reported.update({ of: 'the module' }, done));
      assert.equal((await registry.getModuleTwin(id, 'pump')).responseBody.properties.reported.of, 'the module');
      assert.equal((await device.getTwin()).properties.reported.of, undefined);
      client.onMethod('stop', (_request, response) => response.send(200, 'stopped'));
      const { result } = await methods.invokeDeviceMethod(id, 'pump', { methodName: 'stop', connectTimeoutInSeconds: 20 });
      assert.deepEqual(result, { status: 200, payload: 'stopped' });
    });

    test('a device goes on with a new token', async (t) => {
      const { id, key } = await newDevice();
      const { SharedAccessSignature } = require('azure-iot-device');
      const token = (seconds) =>
        SharedAccessSignature.create(host, id, key, Math.floor(Date.now() / 1000) + seconds).toString();
      const client = await connect(t, Client.fromSharedAccessSignature(token(600), transport));
      await client.getTwin();
      await called((done) => client.updateSharedAccessSignature(token(1200), done));
      await client.getTwin();
      await client.sendEvent(new Message('still here'));
    });

    test('a device loses its connection when its identity is disabled or deleted, and does not come back', async (t) => {
      for (const block of [
        async (id) => registry.update({ ...(await registry.get(id)).responseBody, status: 'disabled' }),
        (id) => registry.delete(id),
      ]) {
        const { id, key } = await newDevice();
        const client = await connect(t, keyed(id, key));
        const lost = once(client, 'disconnect');
        const at = Date.now();
        await block(id);
        await lost;
        assert.ok(Date.now() - at < 2000, 'it took two seconds');
        await assert.rejects(connect(t, keyed(id, key)), (error) => {
          assert.match(`${error.name} ${error.message}`, /[Nn]ot authorized/);
          return true;
        });
      }
    });
  });
}
