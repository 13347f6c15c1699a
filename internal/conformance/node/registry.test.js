// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

'use strict';

const assert = require('node:assert/strict');
const { after, describe, test } = require('node:test');

const { Registry } = require('azure-iothub');
const { certificate, credential, hub, hubConnectionStrings, hubHosts, pages, rejects, surfaceOf, withWrongKey } =
  require('./world.js');

const used = new Set();
const registry = hub(0, used);

/** What the emulator has no model of, and says so with 501: blobs are needed for jobs, devices for configurations. */
const notModelled = {
  importDevicesFromBlob: ['in', 'out'], importDevicesFromBlobByIdentity: ['in', 'out'],
  exportDevicesToBlob: ['out', false], exportDevicesToBlobByIdentity: ['out', false],
  listJobs: [], getJob: ['job'], cancelJob: ['job'],
  addConfiguration: [{ id: 'c', schemaVersion: '1.0', content: {}, targetCondition: '*', priority: 1 }],
  getConfiguration: ['c'], getConfigurations: [],
  updateConfiguration: [{ id: 'c', schemaVersion: '1.0', content: {}, etag: 'MQ==' }, true],
  removeConfiguration: ['c'], applyConfigurationContentOnDevice: ['d', { modulesContent: {} }],
};

after(() => assert.deepEqual(surfaceOf(Registry).filter((name) => !used.has(name)), [],
  'methods of the client that no test here calls'));

test('what is not modelled is refused as not implemented', async () => {
  for (const [method, args] of Object.entries(notModelled)) {
    await assert.rejects(registry[method](...args), (error) => {
      assert.equal(error.response.statusCode, 501, method);
      return true;
    });
  }
});

const body = async (promise) => (await promise).responseBody;
const create = (device) => body(registry.create(device));
const get = (id) => body(registry.get(id));

describe('a device identity', () => {
  test('is created with generated keys, and told with them when it is read', async () => {
    const made = await create({ deviceId: 'plain' });
    const { primaryKey, secondaryKey } = made.authentication.symmetricKey;
    assert.equal(`${made.status} ${made.authentication.type} ${primaryKey.length}`, 'enabled sas 44');
    assert.notEqual(primaryKey, secondaryKey);
    const read = await get('plain');
    assert.deepEqual(read.authentication.symmetricKey, { primaryKey, secondaryKey });
    assert.equal(`${read.etag} ${read.generationId}`, `${made.etag} ${made.generationId}`);
    await rejects(registry.create({ deviceId: 'plain' }), 'DeviceAlreadyExistsError', 409);
  });

  test('is disabled and enabled by sending back what was read', async () => {
    const made = await create({ deviceId: 'switched' });
    const off = await body(registry.update({ ...made, status: 'disabled', statusReason: 'stolen' }));
    assert.equal(`${off.status} ${off.statusReason}`, 'disabled stolen');
    assert.notEqual(off.etag, made.etag);
    assert.deepEqual(off.authentication, made.authentication);
    assert.match(off.statusUpdatedTime, /^20/);
    assert.equal((await body(registry.update({ ...off, status: 'enabled', statusReason: null }))).statusReason, null);
    await rejects(registry.update({ deviceId: 'nobody' }), 'DeviceNotFoundError', 404);
  });

  test('gets new keys when it is sent back with empty ones, and others with other authentication', async () => {
    const made = await create({ deviceId: 'rotated' });
    const rotated = await body(registry.update(
      { ...made, authentication: { type: 'sas', symmetricKey: { primaryKey: '', secondaryKey: '' } } }));
    assert.notEqual(rotated.authentication.symmetricKey.primaryKey, made.authentication.symmetricKey.primaryKey);
    const primaryThumbprint = certificate('own-1').sha256;
    const signed = await body(registry.update({ ...made, authentication: { x509Thumbprint: { primaryThumbprint } } }));
    assert.equal(`${signed.authentication.type} ${signed.authentication.symmetricKey.primaryKey}`, 'selfSigned null');
    assert.equal(signed.authentication.x509Thumbprint.primaryThumbprint, primaryThumbprint);
    const authority = await create({ deviceId: 'authority', authentication: { type: 'certificateAuthority' } });
    assert.equal(authority.authentication.type, 'certificateAuthority');
    await rejects(registry.create({ deviceId: 'short',
      authentication: { symmetricKey: { primaryKey: 'AAAA', secondaryKey: 'AAAA' } } }), 'ArgumentError', 400);
  });

  test('is deleted once; another of the same ID is of another generation', async () => {
    const first = await create({ deviceId: 'again' });
    await registry.delete('again');
    await rejects(registry.get('again'), 'DeviceNotFoundError', 404);
    await rejects(registry.delete('again'), 'DeviceNotFoundError', 404);
    assert.notEqual((await create({ deviceId: 'again' })).generationId, first.generationId);
  });

  test('may have an ID of every character that the service takes', async () => {
    for (const deviceId of ["-:.+%_#*?!(),=@;$'", '100%25', 'Case', 'case']) {
      await create({ deviceId });
      assert.equal((await get(deviceId)).deviceId, deviceId);
      assert.equal((await body(registry.getTwin(deviceId))).deviceId, deviceId);
      await registry.delete(deviceId);
    }
    await rejects(registry.create({ deviceId: 'no blank' }), 'ArgumentError', 400);
  });

  test('of an edge device has a scope, which makes it a parent', async () => {
    const gateway = await create({ deviceId: 'gateway', capabilities: { iotEdge: true } });
    assert.match(gateway.deviceScope, /^ms-azure-iot-edge:\/\/gateway-\d+$/);
    const leaf = await create({ deviceId: 'leaf', deviceScope: gateway.deviceScope });
    assert.deepEqual(leaf.parentScopes, [gateway.deviceScope]);
    const inner = await create({ deviceId: 'inner', capabilities: { iotEdge: true }, parentScopes: [gateway.deviceScope] });
    assert.notEqual(inner.deviceScope, gateway.deviceScope);
    const system = (await body(registry.getModulesOnDevice('gateway'))).map((m) => m.moduleId);
    assert.deepEqual(system.toSorted(), ['$edgeAgent', '$edgeHub']);
    await rejects(registry.create({ deviceId: 'orphan', deviceScope: 'ms-azure-iot-edge://nobody-1' }), 'ArgumentError', 400);
    const query = registry.createQuery(
      `SELECT deviceId FROM devices WHERE array_contains(parentScopes, '${gateway.deviceScope}')`);
    assert.deepEqual((await pages(query)).flat().map((d) => d.deviceId).toSorted(), ['inner', 'leaf']);
  });
});

test('the list has devices with their keys', async () => {
  await create({ deviceId: 'listed' });
  const listed = (await body(registry.list())).find((d) => d.deviceId === 'listed');
  assert.equal(listed.authentication.symmetricKey.primaryKey.length, 44);
});

describe('bulk', () => {
  const devices = Array.from({ length: 4 }, (_, i) => ({ deviceId: `bulk-${i}` }));
  const current = () => Promise.all(devices.map(({ deviceId }) => get(deviceId)));
  /** What a refused bulk operation tells of each device: HTTP 400 with a result for a body. */
  const failures = async (promise) => {
    const error = await promise.then(() => assert.fail('nothing failed'), (e) => e);
    assert.equal(error.response.statusCode, 400);
    return JSON.parse(error.responseBody).errors.map((e) => `${e.deviceId} ${e.errorCode}`);
  };

  test('adds, updates and removes, forced or by etag, and tells what failed', async () => {
    const added = await body(registry.addDevices(devices));
    assert.deepEqual([added.isSuccessful, added.errors], [true, []]);
    assert.deepEqual(await failures(registry.addDevices([devices[0], { deviceId: 'bulk-new' }])), ['bulk-0 409001']);
    assert.equal((await get('bulk-new')).deviceId, 'bulk-new');

    const read = await current();
    const off = read.map((d) => ({ ...d, status: 'disabled' }));
    assert.equal((await body(registry.updateDevices(off, true))).isSuccessful, true);
    assert.ok((await current()).every((d) => d.status === 'disabled'));
    assert.deepEqual(await failures(registry.updateDevices(read.slice(0, 1), false)), ['bulk-0 412001']);
    const on = (await current()).map((d) => ({ ...d, status: 'enabled' }));
    assert.equal((await body(registry.updateDevices(on, false))).isSuccessful, true);
    assert.deepEqual((await current()).map((d) => d.authentication), read.map((d) => d.authentication));

    assert.deepEqual(await failures(registry.removeDevices(read.slice(0, 1), false)), ['bulk-0 412001']);
    assert.equal((await body(registry.removeDevices((await current()).slice(0, 2), false))).isSuccessful, true);
    assert.equal((await body(registry.removeDevices(devices.slice(2), true))).isSuccessful, true);
    await rejects(registry.get('bulk-3'), 'DeviceNotFoundError', 404);
    assert.deepEqual(await failures(registry.removeDevices([devices[0]], true)), ['bulk-0 404001']);
  });
});

describe('a module identity', () => {
  test('is added, read, changed and removed', async () => {
    await create({ deviceId: 'host' });
    const added = await body(registry.addModule({ deviceId: 'host', moduleId: 'first', managedBy: 'test' }));
    assert.equal(`${added.moduleId} ${added.authentication.type}`, 'first sas');
    await rejects(registry.addModule({ deviceId: 'host', moduleId: 'first' }), 'DeviceAlreadyExistsError', 409);
    await registry.addModule({ deviceId: 'host', moduleId: 'second' });
    const all = await body(registry.getModulesOnDevice('host'));
    assert.deepEqual(all.map((m) => m.moduleId).toSorted(), ['first', 'second']);
    const changed = await body(registry.updateModule({ ...added, managedBy: 'other' }, true));
    assert.equal((await body(registry.getModule('host', 'first'))).managedBy, 'other');
    await rejects(registry.updateModule({ ...added, managedBy: 'stale' }, false), 'InvalidEtagError', 412);
    await registry.updateModule({ ...changed, managedBy: 'third' }, false);
    await registry.removeModule('host', 'first');
    // With a module object the method works with a callback only.
    const second = await body(registry.getModule('host', 'second'));
    await new Promise((resolve, reject) => { registry.removeModule(second, (e) => (e ? reject(e) : resolve())); });
    assert.deepEqual(await body(registry.getModulesOnDevice('host')), []);
    await rejects(registry.getModule('host', 'first'), 'Error', 404);
  });
});

describe('a twin', () => {
  test('is merged, cleared member by member, and guarded by its etag', async () => {
    await create({ deviceId: 'twinned' });
    const fresh = await body(registry.getTwin('twinned'));
    assert.equal(`${fresh.etag} ${fresh.version} ${fresh.properties.desired.$version}`, 'AAAAAAAAAAE= 2 1');
    const patch = { tags: { site: { name: 'a', floor: 2 } }, properties: { desired: { rate: 5, list: [1, { deep: true }] } } };
    const patched = await body(registry.updateTwin('twinned', patch, fresh.etag));
    assert.deepEqual(patched.tags, patch.tags);
    assert.equal(`${patched.version} ${patched.properties.desired.$version}`, '3 2');
    assert.equal(patched.properties.desired.$metadata.rate.$lastUpdatedVersion, 2);
    await rejects(registry.updateTwin('twinned', patch, fresh.etag), 'InvalidEtagError', 412);
    const cleared = await body(registry.updateTwin('twinned', { tags: { site: { floor: null } } }, '*'));
    assert.deepEqual(cleared.tags, { site: { name: 'a' } });
    await rejects(registry.getTwin('nobody'), 'Error', 404);
  });

  test('as the package\'s own object reads and writes itself', async () => {
    await create({ deviceId: 'object' });
    const { responseBody: twin } = await registry.getTwin('object');
    await twin.update({ tags: { by: 'itself' } });
    await twin.get();
    assert.deepEqual(twin.tags, { by: 'itself' });
  });

  test('of a module stands beside its device\'s', async () => {
    await create({ deviceId: 'twins' });
    await registry.addModule({ deviceId: 'twins', moduleId: 'm' });
    const twin = await body(registry.getModuleTwin('twins', 'm'));
    assert.equal(`${twin.deviceId} ${twin.moduleId}`, 'twins m');
    await registry.updateModuleTwin('twins', 'm', { properties: { desired: { on: true } } }, twin.etag);
    assert.equal((await body(registry.getModuleTwin('twins', 'm'))).properties.desired.on, true);
    assert.equal((await body(registry.getTwin('twins'))).properties.desired.on, undefined);
  });
});

describe('a query', () => {
  const find = async (text, size) => pages(registry.createQuery(text, size));

  test('finds by tags, properties and the twin\'s own members, in pages', async () => {
    for (let i = 0; i < 5; i++) {
      await create({ deviceId: `q-${i}`, status: i === 4 ? 'disabled' : 'enabled' });
      const tags = { lot: 'q', place: { floor: i } };
      await registry.updateTwin(`q-${i}`, { tags, properties: { desired: { rate: i } } }, '*');
    }
    const ids = async (where, size) => (await find(`SELECT * FROM devices WHERE tags.lot = 'q'${where}`, size))
      .map((page) => page.map((d) => d.deviceId.slice(2)).toSorted().join('')).join(' ');
    assert.equal((await ids('', 2)).split(' ').map((page) => page.length).join(), '2,2,1');
    for (const [where, want] of Object.entries({
      ' AND tags.place.floor >= 3': '34', ' AND properties.desired.rate < 1': '0', " AND status = 'disabled'": '4',
      " AND (deviceId = 'q-1' OR deviceId IN ['q-2', 'q-3'])": '123', " AND NOT STARTSWITH(deviceId, 'q-0')": '1234',
      ' AND IS_DEFINED(tags.place) AND tags.place.floor != 2': '0134', " AND deviceId = 'none'": '',
    })) {
      assert.equal(await ids(where), want, where);
    }
    const counted = (await find("SELECT COUNT() AS n FROM devices WHERE tags.lot = 'q'")).flat();
    assert.deepEqual(counted, [{ n: 5 }]);
    const projected = (await find("SELECT deviceId, tags.place.floor AS floor FROM devices WHERE deviceId = 'q-3'")).flat();
    assert.deepEqual(projected, [{ deviceId: 'q-3', floor: 3 }]);
    await rejects(registry.createQuery('SELECT FROM WHERE').next(), 'ArgumentError', 400);
  });

  test('gives twins as the package\'s own objects', async () => {
    await create({ deviceId: 'as-twin' });
    const query = registry.createQuery("SELECT * FROM devices WHERE deviceId = 'as-twin'");
    const { result: [twin] } = await query.nextAsTwin();
    await twin.update({ tags: { found: true } });
    assert.deepEqual((await body(registry.getTwin('as-twin'))).tags, { found: true });
    await registry.addModule({ deviceId: 'as-twin', moduleId: 'm' });
    const modules = (await find("SELECT * FROM devices.modules WHERE deviceId = 'as-twin'")).flat();
    assert.deepEqual(modules.map((m) => m.moduleId), ['m']);
  });
});

test('statistics count', async () => {
  const before = await body(registry.getRegistryStatistics());
  await create({ deviceId: 'counted', status: 'disabled' });
  const now = await body(registry.getRegistryStatistics());
  assert.equal(now.totalDeviceCount, before.totalDeviceCount + 1);
  assert.equal(now.disabledDeviceCount, before.disabledDeviceCount + 1);
});

describe('the caller', () => {
  test('with a wrong key is unauthorized', async () => {
    const stranger = Registry.fromConnectionString(withWrongKey(hubConnectionStrings[0]));
    await rejects(stranger.get('any'), 'UnauthorizedError', 401);
  });

  test('with a token of Entra ID may do what its role allows', async () => {
    const as = async (...roles) => Registry.fromTokenCredential(hubHosts[0], await credential(...roles));
    await (await as('IoT Hub Registry Contributor')).create({ deviceId: 'by-token' });
    const reader = await as('IoT Hub Data Reader');
    assert.equal((await reader.get('by-token')).responseBody.deviceId, 'by-token');
    await rejects(reader.delete('by-token'), 'UnauthorizedError', 401);
    await rejects((await as('IoT Hub Twin Contributor')).get('by-token'), 'UnauthorizedError', 401);
  });
});
