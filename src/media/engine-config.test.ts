import assert from 'node:assert/strict';
import { BlockList, isIPv4 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { engineConfig, everythingBut } from './engine-config.ts';

const settings = {
  keys: { key: 'ours', secret: 's'.repeat(32) },
  ports: { http: 1001, udp: 1002, tcp: 1003, turn: 1004 },
  webhook_url: 'http://127.0.0.1:1005/',
  log_level: 'info',
} as const;

function configFor(node_ip: string): Record<string, Record<string, unknown>> {
  return JSON.parse(engineConfig({ ...settings, node_ip })) as ReturnType<typeof configFor>;
}

describe('whatever the address', () => {
  for (const node_ip of ['127.0.0.1', '192.168.1.10', '203.0.113.7', '203.0.113.7,2001:db8::7'])
    test(`${node_ip}: it asks nobody, lists only itself, makes no rooms`, () => {
      const { rtc, turn, room, ...rest } = configFor(node_ip);
      assert.equal(rtc?.['use_external_ip'], false);
      assert.equal(rtc?.['node_ip'], node_ip);
      const hosts = node_ip
        .split(',')
        .map((address) => (isIPv4(address) ? `${address}:1004` : `[${address}]:1004`));
      assert.deepEqual(rtc?.['stun_servers'], hosts);
      assert.equal(turn?.['enabled'], true);
      assert.equal(room?.['auto_create'], false);
      assert.deepEqual(rest['bind_addresses'], ['127.0.0.1']);
      assert.equal(rest['development'], undefined);
    });
});

test('on loopback everything stays there', () => {
  const { rtc, turn } = configFor('127.0.0.1');
  assert.equal(rtc?.['enable_loopback_candidate'], true);
  assert.deepEqual(rtc?.['ips'], { includes: ['127.0.0.1/32'] });
  assert.deepEqual(turn?.['bind_addresses'], ['127.0.0.1']);
});

test('elsewhere no loopback candidate is sent, and TURN listens on every address', () => {
  const { rtc, turn } = configFor('203.0.113.7');
  assert.equal(rtc?.['enable_loopback_candidate'], false);
  assert.equal(rtc?.['ips'], undefined, 'the address is not of this machine: behind NAT');
  assert.equal(turn?.['bind_addresses'], undefined);
});

test('retransmission is on for every codec', () => {
  const codecs = configFor('127.0.0.1')['room']?.['enabled_codecs'];
  assert.ok(Array.isArray(codecs));
  assert.ok(codecs.some((codec: { mime: string }) => codec.mime === 'video/rtx'));
});

test('a first picture that was lost is asked for again before anybody notices', () => {
  const throttle = configFor('127.0.0.1')['rtc']?.['pli_throttle'] as Record<string, string>;
  assert.equal(throttle['low_quality'], '250ms');
});

describe('TURN relays to the engine and to nobody else', () => {
  /** As Go's net.IPNet does, a block of one family holds no address of the other. */
  const isDenied = (denied: readonly string[], address: string): boolean => {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const list = new BlockList();
    for (const block of denied) {
      const [base = '', bits = ''] = block.split('/');
      if (isIPv4(base) === isIPv4(address)) list.addSubnet(base, Number(bits), family);
    }
    return list.check(address, family);
  };

  test('in IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (own, other) => {
        const denied = everythingBut([own]);
        assert.equal(isDenied(denied, own), false);
        assert.equal(isDenied(denied, other), own !== other);
        assert.equal(isDenied(denied, '2001:db8::1'), true);
      }),
    );
  });

  test('in IPv6', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const address = groups.map((parts) => parts.map((part) => part.toString(16)).join(':'));
    fc.assert(
      fc.property(address, address, (own, other) => {
        const denied = everythingBut([own]);
        assert.equal(isDenied(denied, own), false);
        assert.equal(isDenied(denied, other), own !== other);
        assert.equal(isDenied(denied, '192.168.1.1'), true);
      }),
    );
  });

  test('next-door addresses are denied too', () => {
    const denied = everythingBut(['192.168.1.10', '2001:db8::7']);
    const next = ['192.168.1.11', '192.168.1.1', '127.0.0.1', '0.0.0.0', '255.255.255.255'];
    for (const address of [...next, '2001:db8::6', '::1'])
      assert.equal(isDenied(denied, address), true, address);
    for (const address of ['192.168.1.10', '2001:db8::7'])
      assert.equal(isDenied(denied, address), false, address);
  });
});
