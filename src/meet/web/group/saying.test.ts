/** The bodies of application messages: what is read is what was written, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '#src/protocol/encryption/refusal.ts';
import { decodeMessage, encodeMessage, text_length_max } from './saying.ts';
import type { Message } from './saying.ts';

const written: Message[] = [
  { kind: 'chat', id: 'a', text: 'ˈkɒnkleɪv 🔑', re: null },
  { kind: 'chat', id: 'b', text: 'Yes', re: { by: 'leaf', id: 'a' } },
  { kind: 'edit', id: 'a', text: '' },
  { kind: 'react', by: 'leaf', id: 'a', sign: 'heart', on: false },
  { kind: 'sealed', to: 'leaf', sealed: 'AAAA' },
  { kind: 'chat', id: '', text: 'x'.repeat(text_length_max), re: null },
  { kind: 'hand', at: 0 },
  { kind: 'hand', at: null },
  { kind: 'quiet', ids: ['a', 'b'], what: ['mic'] },
  { kind: 'quiet', ids: Array.from({ length: 500 }, (_, at) => `id ${at}`), what: [] },
  { kind: 'lower', ids: ['a'] },
  { kind: 'spotlight', id: 'a' },
  { kind: 'spotlight', id: null },
  { kind: 'rename', id: 'a', name: 'Zoé' },
  { kind: 'agenda', agenda: null },
  {
    kind: 'agenda',
    agenda: { items: [{ title: 'Ordre du jour', minutes: 240 }], at: 0, left_ms: 0 },
  },
  { kind: 'turn', turn: { id: 'a', left_ms: 1000 } },
  { kind: 'turn', turn: null },
  { kind: 'aside', room: 'Room 1' },
  { kind: 'recall', seconds: 600 },
];

test('what is said is read as it was said', () => {
  for (const saying of written) {
    assert.deepEqual(decodeMessage(encodeMessage(saying)), saying);
  }
});

test('what is not a message is refused with a code', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const bad = [
    '',
    '{}',
    'null',
    '{"kind":"other"}',
    '{"kind":"chat","id":"a","text":"","re":null}',
    '{"kind":"chat","text":"x","id":"a","re":null}',
    '{"kind":"chat","id":"a","text":"x"}',
    `{"kind":"chat","id":"a","text":"${'x'.repeat(text_length_max + 1)}","re":null}`,
    '{"kind":"chat","id":"a","text":"x","re":{"by":"b"}}',
    '{"kind":"chat","id":"a","text":"x","re":{"by":"b","id":7}}',
    '{"kind":"edit","id":"a"}',
    `{"kind":"edit","id":"a","text":"${'x'.repeat(text_length_max + 1)}"}`,
    '{"kind":"react","by":"b","id":"a","sign":"x","on":true}',
    '{"kind":"react","by":"b","id":"a","sign":"agree","on":1}',
    '{"kind":"sealed","to":"a"}',
    '{"kind":"sealed","to":7,"sealed":"AAAA"}',
    '{"kind":"hand","at":-1}',
    '{"kind":"hand","at":0.5}',
    '{"kind":"quiet","ids":[],"what":["mic"]}',
    '{"kind":"quiet","ids":["a"],"what":["mic","cam","share","mic"]}',
    '{"kind":"quiet","ids":["a"],"what":["chat"]}',
    '{"kind":"quiet","ids":["a"]}',
    '{"kind":"lower","ids":[7]}',
    `{"kind":"lower","ids":["${'x'.repeat(65)}"]}`,
    `{"kind":"lower","ids":${JSON.stringify(Array.from({ length: 501 }, () => 'a'))}}`,
    '{"kind":"spotlight"}',
    '{"kind":"spotlight","id":"a","more":1}',
    ' {"kind":"spotlight","id":null}',
    '{"kind":"agenda","agenda":{"items":[],"at":0,"left_ms":0}}',
    '{"kind":"agenda","agenda":{"items":[{"title":"a","minutes":1}],"at":1,"left_ms":0}}',
    '{"kind":"agenda","agenda":{"items":[{"title":"a","minutes":0}],"at":0,"left_ms":0}}',
    '{"kind":"agenda","agenda":{"items":[{"title":"a","minutes":241}],"at":0,"left_ms":0}}',
    '{"kind":"agenda","agenda":{"items":[{"minutes":1,"title":"a"}],"at":0,"left_ms":0}}',
    '{"kind":"agenda","agenda":{"items":[{"title":"a","minutes":1}],"at":0,"left_ms":14400001}}',
    '{"kind":"turn","turn":{"id":"a"}}',
    '{"kind":"turn","turn":{"id":"a","left_ms":-1}}',
    '{"kind":"rename","id":"a","name":" "}',
    `{"kind":"rename","id":"a","name":"${'x'.repeat(121)}"}`,
    '{"kind":"aside","room":7}',
    `{"kind":"aside","room":"${'x'.repeat(61)}"}`,
    '{"kind":"recall","seconds":601}',
  ];
  for (const text of bad) {
    const read = (): unknown => decodeMessage(bytes(text));
    assert.throws(
      read,
      (cause) => cause instanceof Refusal && cause.code.startsWith('json.'),
      text,
    );
  }
});
