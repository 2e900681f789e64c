import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMessage, plainText } from './formatting.ts';
import type { Block } from './formatting.ts';

/** As a line: marks in brackets before what they mark. */
function spell(blocks: readonly Block[]): string {
  return blocks
    .map((block) =>
      block.kind === 'code'
        ? `[[${block.text}]]`
        : block.spans
            .map(({ text, marks, href }) => {
              const link = href === undefined ? text : `<${text}>`;
              return marks.length > 0 ? `{${marks.join('+')}:${link}}` : link;
            })
            .join(''),
    )
    .join('|');
}

const cases: readonly [string, string][] = [
  ['plain text', 'plain text'],
  ['**bold** and *italic*', '{strong:bold} and {em:italic}'],
  ['**all *of* it**', '{strong:all }{strong+em:of}{strong: it}'],
  ['~~gone~~', '{s:gone}'],
  ['use `a*b*c` here', 'use {code:a*b*c} here'],
  ['2 * 3 * 4 = 24', '2 * 3 * 4 = 24'],
  ['a*b*c', 'a*b*c'],
  ['** not bold **', '** not bold **'],
  ['`https://example.org`', '{code:https://example.org}'],
  ['see **https://example.org/a**', 'see {strong:<https://example.org/a>}'],
  ['look:\n```js\nconst a = **b**;\n```\nnice', 'look:|[[const a = **b**;]]|nice'],
  ['```\n```', '[[]]'],
  ['<b>no</b> &amp;', '<b>no</b> &amp;'],
  ['', ''],
];
for (const [text, wanted] of cases) {
  test(`"${text.replaceAll('\n', '⏎')}"`, () => assert.equal(spell(formatMessage(text)), wanted));
}

test('what is meant to take long is read to its end', () => {
  const nasty = ['*'.repeat(4000), '**a'.repeat(1300), '`'.repeat(4000), '~~'.repeat(2000)];
  for (const text of nasty) {
    const [block] = formatMessage(text);
    assert.ok(block?.kind === 'text');
    assert.ok(block.spans.map((span) => span.text).join('').length > 0);
  }
});

test('in one line there is the text alone', () => {
  assert.equal(plainText('**Yes**, see\n```\na  b\n```\n`now`'), 'Yes, see a b now');
});
