import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLinks } from './linkify.ts';

const links = (text: string): string[] =>
  splitLinks(text).flatMap(({ href }) => (href === undefined ? [] : [href]));

const whole = (text: string): string =>
  splitLinks(text)
    .map((part) => part.text)
    .join('');

test('finds web and mail addresses, and keeps the rest as it was written', () => {
  const text = 'See https://example.org/a?b=1#c, or write to ada@example.org. <b>No</b> markup.';
  assert.deepEqual(links(text), ['https://example.org/a?b=1#c', 'mailto:ada@example.org']);
  assert.equal(whole(text), text);
});

test('marks of the sentence and unopened brackets are not part of an address', () => {
  assert.deepEqual(links('(https://example.org/a)!'), ['https://example.org/a']);
  assert.deepEqual(links('https://example.org/a_(b)?'), ['https://example.org/a_(b)']);
  assert.deepEqual(links('« https://example.org/é… »'), ['https://example.org/%C3%A9']);
});

const harmless: readonly string[] = [
  'javascript:alert(1)',
  'JAVASCRIPT://example.org/%0aalert(1)',
  'data:text/html,<script>1</script>',
  'file:///etc/passwd',
  'blob:https',
  'http://',
  'no@host',
  'ftp://example.org/a',
];
for (const text of harmless) {
  test(`makes no link of ${text}`, () => {
    assert.deepEqual(links(text), []);
    assert.equal(whole(text), text);
  });
}

test('a name before the host is no link: it would look like another host', () => {
  assert.deepEqual(links('https://bank.example@evil.example/'), []);
});

test('letters that look like others are shown as the browser reads them', () => {
  // The first letter is Cyrillic.
  const [part] = splitLinks(['https://', 'аpple.example/a'].join(''));
  assert.equal(part?.href, 'https://xn--pple-43d.example/a');
  assert.equal(part?.text, 'https://xn--pple-43d.example/a');
});

test('a host in capitals stays as it was written', () => {
  assert.equal(whole('HTTPS://Example.ORG/a'), 'HTTPS://Example.ORG/a');
});

test('a long line without an address is quick', () => {
  const text = `${'a.'.repeat(2000)}@`;
  assert.deepEqual(links(text), []);
});
