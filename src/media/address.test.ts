import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { test } from 'node:test';
import { chooseNodeIp, isOwnAddress } from './address.ts';

const nothing = { node_ip: undefined, public_url: undefined, host: '127.0.0.1' };

const table = [
  { says: 'the setting wins', wishes: { node_ip: '198.51.100.7' }, is: '198.51.100.7' },
  {
    says: 'the setting wins over everything',
    wishes: { node_ip: '127.0.0.1', public_url: 'https://198.51.100.8', host: '192.0.2.9' },
    is: '127.0.0.1',
  },
  {
    says: 'an address in PUBLIC_URL is where people are',
    wishes: { public_url: 'https://198.51.100.8:8443' },
    is: '198.51.100.8',
  },
  {
    says: 'also one of IPv6',
    wishes: { public_url: 'https://[2001:db8::1]' },
    is: '2001:db8::1',
  },
  { says: 'HOST, when it is one address', wishes: { host: '192.0.2.9' }, is: '192.0.2.9' },
];

for (const { says, wishes, is } of table)
  test(says, async () => {
    assert.equal(await chooseNodeIp({ ...nothing, ...wishes }), is);
  });

for (const wishes of [
  nothing,
  { ...nothing, host: '0.0.0.0' },
  { ...nothing, host: '::' },
  { ...nothing, host: '0.0.0.0', public_url: 'https://meet.example.org' },
  { ...nothing, public_url: 'http://127.0.0.1:8080' },
])
  test(`${JSON.stringify(wishes)}: an address this machine really has`, async () => {
    const address = await chooseNodeIp(wishes);
    assert.ok(isIPv4(address), address);
    assert.ok(isOwnAddress(address), address);
  });
