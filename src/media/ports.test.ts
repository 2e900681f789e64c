import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePorts, relayRange } from './ports.ts';

test('configured ports are kept, others are found, all differ', async () => {
  const ports = await choosePorts({ udp: 0, tcp: 7881, turn: 0 });
  assert.equal(ports.tcp, 7881);
  const all = [ports.http, ports.udp, ports.turn];
  assert.ok(all.every((port) => port > 0 && port < 65_536));
  assert.notEqual(ports.udp, ports.turn);
});

test('the default relay range is the one the documentation names', () => {
  assert.deepEqual(relayRange(3478), { start: 30_000, end: 30_499 });
});

test('every relay range lies below the ports that systems hand out', () => {
  const starts = new Set<number>();
  for (let port = 1; port < 65_536; port += 1) {
    const { start, end } = relayRange(port);
    starts.add(start);
    assert.ok(start >= 20_000 && end < 32_768 && end - start === 499, `${port}`);
  }
  assert.equal(starts.size, 25);
});
