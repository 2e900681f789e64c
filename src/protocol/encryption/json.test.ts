import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { utf8 } from './bytes.ts';
import { decodeJson, encodeJson, readBytes, readFields, readList } from './json.ts';
import { readText, readWhole } from './json.ts';
import type { RefusalCode } from './refusal.ts';
import { Refusal } from './refusal.ts';

function refuses(act: () => unknown, code: RefusalCode): void {
  assert.throws(act, (error) => error instanceof Refusal && error.code === code, code);
}

suite('canonical JSON', () => {
  test('one spelling of a value', () => {
    const table: readonly (readonly [string, RefusalCode])[] = [
      [' {}', 'json.canonical'],
      ['{"a":1,"a":1}', 'json.canonical'],
      ['{"b":1,"1":2}', 'json.canonical'],
      ['"\\u0061"', 'json.canonical'],
      ['"\\/"', 'json.canonical'],
      ['-0', 'json.canonical'],
      ['1.0', 'json.canonical'],
      ['1e3', 'json.canonical'],
      ['1.5', 'json.number'],
      ['9007199254740992', 'json.number'],
      ['1e21', 'json.number'],
      ['[[[[[[[[[[1]]]]]]]]]]', 'json.depth'],
      [`${'['.repeat(900)}${']'.repeat(900)}`, 'json.depth'],
      ['{', 'json.text'],
      ['\uFEFF1', 'json.text'],
      ['', 'json.text'],
      [`"${'a'.repeat(1000)}"`, 'json.size'],
    ];
    for (const [text, code] of table) {
      const limit = code === 'json.size' ? 1000 : 2000;
      refuses(() => decodeJson(utf8(text), limit), code);
    }
    refuses(() => decodeJson(Uint8Array.of(0x22, 0xff, 0x22), 100), 'json.text');
    refuses(() => encodeJson({ a: 0.5 }, 100), 'json.number');
  });

  test('what is encoded is decoded again; another spelling of it never is', () => {
    const whole = fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value));
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, whole, fc.string(), fc.boolean(), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 4 }),
      object: fc.dictionary(fc.string(), tie('any'), { maxKeys: 4, noNullPrototype: true }),
    })).any;
    fc.assert(
      fc.property(value, fc.nat(), (given, at) => {
        const bytes = encodeJson(given, 100_000);
        assert.deepEqual(decodeJson(bytes, 100_000), JSON.parse(JSON.stringify(given)));
        const text = new TextDecoder().decode(bytes);
        const place = at % (text.length + 1);
        const spaced = utf8(`${text.slice(0, place)} ${text.slice(place)}`);
        // Inside a string a space is another value; everywhere else it is another spelling.
        try {
          assert.notDeepEqual(decodeJson(spaced, 100_000), decodeJson(bytes, 100_000));
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      }),
    );
  });

  test('bytes, lists, numbers and texts of exactly their kind', () => {
    assert.equal(readBytes('AAA', 2), 'AAA');
    for (const value of ['AAB', 'AAA=', 'AA', 'AAAA', 'A+A', 1, null]) {
      refuses(() => readBytes(value, 2), 'json.value');
    }
    refuses(() => readList({ length: 1 }, 5, String), 'json.shape');
    refuses(() => readList([1, 2], 1, String), 'json.shape');
    for (const value of [1.5, -1, '1', null]) refuses(() => readWhole(value, 0), 'json.value');
    for (const value of ['abc', 1]) refuses(() => readText(value, 2), 'json.value');
    refuses(() => encodeJson('abc', 4), 'json.size');
  });

  test('an object has exactly the fields of its shape, in their order', () => {
    for (const value of [{ b: 1, a: 1 }, { a: 1 }, { a: 1, b: 1, c: 1 }, [1, 1], null, 'a,b', 1]) {
      refuses(() => readFields(value, ['a', 'b']), 'json.shape');
    }
    assert.deepEqual(readFields({ a: 1, b: 2 }, ['a', 'b']), { a: 1, b: 2 });
  });
});
