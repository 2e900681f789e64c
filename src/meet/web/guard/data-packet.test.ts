import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readUserPayload } from './data-packet.ts';

type Bytes = Uint8Array<ArrayBuffer>;

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** A field of protobuf: a number, a text, or bytes. */
function field(number: number, value: number | string | Uint8Array): number[] {
  if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

function message(...fields: number[][]): Bytes {
  return Uint8Array.from(fields.flat());
}

const payload = Uint8Array.of(1, 2, 3);
const user = (...more: number[][]): number[] => field(2, message(field(2, payload), ...more));

describe('the payload of a data packet', () => {
  test('is read of a user packet, whatever its names', () => {
    const any = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(any, fc.nat({ max: 2 ** 31 - 1 }), (bytes, sequence) => {
        const inner = message(field(1, 'PA_1'), field(2, bytes), field(5, 'anna'));
        const names = [field(17, 'PA_1'), field(4, 'anna'), field(5, 'bert'), field(5, 'carl')];
        const packet = message(field(1, 1), field(2, inner), ...names, field(16, sequence));
        assert.deepEqual(readUserPayload(packet), Uint8Array.from(bytes));
      }),
    );
  });

  test('there is none in anything else', () => {
    assert.deepEqual(readUserPayload(message(user())), payload);
    const topic = 4;
    const id = 8;
    const rpc_response = 12;
    for (const packet of [
      message(user(field(topic, 'words'))),
      message(user(field(id, 'words'))),
      message(user(field(5, 'n'.repeat(65)))),
      message(user(), field(rpc_response, 'words')),
      message(field(9, 'a chat message')),
      message(user(), user()),
      message(user(field(2, payload))),
      message(user()).slice(0, -1),
      message(field(1, 1)),
      message(),
    ]) {
      assert.equal(readUserPayload(packet), null);
    }
  });

  test('no bytes make it fail, or hand out more than came', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const found = readUserPayload(Uint8Array.from(bytes));
        assert.ok(found === null || found.length <= bytes.length);
      }),
    );
  });
});
