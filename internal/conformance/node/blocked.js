// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

// Two devices, each over its own transport, are at work when Terraform blocks them. Run by a test in Go, in a folder with a
// configuration that disallows both.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { once } = require('node:events');

const { NoRetry } = require('azure-iot-common');
const { Client, Message } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const provisioning = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { deriveKey, dps, dpsHost, hub, hubHosts, idScope } = require('./world.js');

const devices = {
  'thief-1': { transport: Mqtt, provisioning: provisioning.Mqtt, dpsHost, host: hubHosts[0] },
  'thief-2': { transport: MqttWs, provisioning: provisioning.MqttWs, dpsHost: '127.0.0.1', host: 'localhost' },
};

const register = async (device) => {
  const protocol = new device.provisioning();
  try {
    return await ProvisioningDeviceClient.create(device.dpsHost, idScope, protocol, device.security).register();
  } finally {
    await new Promise((resolve) => { protocol.disconnect(resolve); });
  }
};

const connect = async (device) => {
  const client = Client.fromConnectionString(
    `HostName=${device.host};DeviceId=${device.id};SharedAccessKey=${device.key}`, device.transport);
  client.setRetryPolicy(new NoRetry());
  await client.open();
  return client;
};

const main = async () => {
  const { responseBody: group } = await dps().createOrUpdateEnrollmentGroup(
    { enrollmentGroupId: 'plant', attestation: { type: 'symmetricKey' } });
  for (const [id, device] of Object.entries(devices)) {
    device.id = id;
    device.key = deriveKey(group.attestation.symmetricKey.primaryKey, id);
    device.security = new SymmetricKeySecurityClient(id, device.key);
    assert.equal((await register(device)).status, 'assigned');
    device.client = await connect(device);
    await device.client.sendEvent(new Message('at work'));
    device.lost = once(device.client, 'disconnect');
  }
  execFileSync('terraform', ['apply', '-auto-approve', '-no-color', '-input=false'], { stdio: 'inherit' });
  for (const device of Object.values(devices)) {
    await device.lost;
    await assert.rejects(connect(device), /[Nn]ot authorized/);
    await assert.rejects(register(device), { name: 'UnauthorizedError' });
    while ((await hub().get(device.id)).responseBody.connectionState !== 'Disconnected');
    assert.equal((await hub().get(device.id)).responseBody.status, 'disabled');
    console.log(`${device.id} is out`);
  }
};

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
