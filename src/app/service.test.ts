import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerError, LimitError, toWire } from './error.ts';
import { startAll, stopAll, type Service } from './service.ts';

function recorded(name: string, log: string[], fail?: 'start' | 'stop'): Service {
  return {
    name,
    async start() {
      log.push(`start ${name}`);
      if (fail === 'start') throw new Error(`${name} cannot start`);
    },
    async stop() {
      log.push(`stop ${name}`);
      if (fail === 'stop') throw new Error(`${name} cannot stop`);
    },
  };
}
const never = new AbortController().signal;

test('services stop in reverse order of their start', async () => {
  const log: string[] = [];
  const services = [recorded('a', log), recorded('b', log)];
  await startAll(services, never);
  await stopAll(services);
  assert.deepEqual(log, ['start a', 'start b', 'stop b', 'stop a']);
});

test('one that cannot start takes the others down with it, itself included', async () => {
  const log: string[] = [];
  const services = [recorded('a', log), recorded('b', log, 'start'), recorded('c', log)];
  await assert.rejects(startAll(services, never), /b cannot start/);
  assert.deepEqual(log, ['start a', 'start b', 'stop b', 'stop a']);
});

test('one that cannot stop does not keep the others running', async () => {
  const log: string[] = [];
  await assert.rejects(
    stopAll([recorded('a', log), recorded('b', log, 'stop')]),
    /did not stop cleanly/,
  );
  assert.deepEqual(log, ['stop b', 'stop a']);
});

test('an error leaves the process as its fault allows', () => {
  const caller = toWire(new CallerError('meet.no-meeting', 'There is none.', 404), 'id-1');
  assert.deepEqual(caller, {
    status: 404,
    error: { fault: 'caller', code: 'meet.no-meeting', message: 'There is none.' },
  });
  const limit = toWire(new LimitError('app.too-often', 'Slower.', 1234.5), 'id-2');
  assert.equal(limit.status, 429);
  assert.equal(limit.error.retry_after_ms, 1235);
  const ours = toWire(new Error('select * from secrets failed'), 'id-3');
  assert.equal(ours.status, 500);
  assert.equal(ours.error.id, 'id-3');
  assert.ok(!JSON.stringify(ours).includes('secrets'));
});
