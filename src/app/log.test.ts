import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, redactText } from './log.ts';

function capture(): { lines: string[]; stream: { write(line: string): void } } {
  const lines: string[] = [];
  return { lines, stream: { write: (line) => void lines.push(line) } };
}

const link_secret = 'VGhpcyBpcyB0aGUgc2VjcmV0IG9mIGEgbWVldGluZyE';
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

test('secret values are struck out by key, at depth', () => {
  const { lines, stream } = capture();
  const log = createLog('info', stream);
  log.info({ door: 'D00R', input: { seat: 'S3AT', deep: { token: 'T0KEN' } }, room: 'kept' }, 'x');
  const text = lines.join('');
  for (const secret of ['D00R', 'S3AT', 'T0KEN']) assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes('kept'));
});

const texts: readonly [string, string, string][] = [
  ['a link', `see https://x.org/m/abc#1.${link_secret}.FfFfFfFf for it`, link_secret],
  ['a host link', `#12.${link_secret}.FfFfFf.h${link_secret}`, link_secret],
  ['a token', `invalid token: ${token}, error`, 'c2lnbmF0dXJl'],
  ['a query', `GET /rtc/v1?access_token=opaque-value&sdk=js`, 'opaque-value'],
  ['a join request', `join_request=AAAA1234%3D&x=1`, 'AAAA1234'],
];
for (const [name, text, secret] of texts) {
  test(`free text loses its secrets: ${name}`, () => {
    assert.ok(text.includes(secret));
    assert.ok(!redactText(text).includes(secret), redactText(text));
  });
}

test('an error is logged with its cause, redacted', () => {
  const { lines, stream } = capture();
  const cause = new Error(`bad ${token}`);
  createLog('info', stream).error({ err: new Error('outer', { cause }) }, 'failed');
  const text = lines.join('');
  assert.ok(text.includes('outer') && text.includes('cause'));
  assert.ok(!text.includes('c2lnbmF0dXJl'));
});

test('plain text passes unchanged', () => {
  staysSame('the engine is ready on port 7880');
  staysSame('commit #4.2 of 10');
});

function staysSame(text: string): void {
  assert.equal(redactText(text), text);
}
