import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { checkDisk, checkHealth, judgeDisk } from './health.ts';

const mib = 1024 ** 2;

test('a disk with room is fine, a low one degrades, a full one fails, each with a number', () => {
  assert.deepEqual(judgeDisk('/data', 5000 * mib), { ok: true });
  const low = judgeDisk('/data', 500 * mib);
  assert.equal(low.level, 'degraded');
  assert.match(low.detail ?? '', /500 MB left on the disk of \/data/);
  const full = judgeDisk('/data', 10 * mib);
  assert.equal(full.ok, false);
  assert.equal(full.level, undefined);
  assert.match(full.detail ?? '', /disk is full: 10 MB left/);
});

test('the disk of a real folder is measured', async () => {
  const { detail, ok } = await checkDisk(tmpdir());
  assert.ok(ok || /MB left/.test(detail ?? ''));
  await assert.rejects(checkDisk('/no/such/folder'), /ENOENT/);
});

test('the worst part decides, and each says its own', async () => {
  const fine = async (): Promise<{ ok: boolean }> => ({ ok: true });
  const low = async () => ({ ok: false, level: 'degraded' as const, detail: 'low' });
  const broken = (): Promise<never> => Promise.reject(new Error('connection refused'));
  assert.equal((await checkHealth({ fine })).status, 'ok');
  assert.equal((await checkHealth({ fine, low })).status, 'degraded');
  const report = await checkHealth({ fine, low, broken });
  assert.equal(report.status, 'failing');
  assert.equal(report.checks['broken']?.detail, 'connection refused');
  assert.equal(report.checks['fine']?.level, 'ok');
});

test('a part that does not answer is failing, and does not hold up the report', async () => {
  const silent = (): Promise<never> => new Promise(() => undefined);
  const report = await checkHealth({ silent });
  assert.match(report.checks['silent']?.detail ?? '', /no answer within 2000 ms/);
});
