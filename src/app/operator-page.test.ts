import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOperatorPage } from './operator-page.ts';
import type { Section } from './operator-page.ts';

const sections: readonly Section[] = [
  {
    title: { en: 'Now', fr: 'Maintenant' },
    rows: [
      { name: { en: 'People', fr: 'Personnes' }, value: 12_345, alarming: true },
      { name: '<b>"&', value: '<script>', note: { en: 'Look & see', fr: 'À voir' } },
    ],
  },
];

test('numbers and words in the language asked for', () => {
  const { html } = drawOperatorPage(sections, 'fr');
  assert.match(html, /<html lang="fr">/);
  assert.match(html, /<h2>Maintenant<\/h2>/);
  assert.match(html, /<tr data-alarming><th scope="row">Personnes<\/th><td>12\u202f345<\/td>/);
  assert.match(drawOperatorPage(sections, 'en').html, /<td>12,345<\/td>/);
});

test('what stands in it is text, and the policy lets nothing run', () => {
  const { html, csp } = drawOperatorPage(sections, 'en');
  assert.match(html, /&lt;b&gt;&quot;&amp;<\/th><td>&lt;script&gt;<\/td><td>Look &amp; see<\/td>/);
  assert.doesNotMatch(html, /<script|<b>/);
  assert.match(csp, /^default-src 'none'; style-src 'sha256-[\w+/=]+'; frame-ancestors 'none'$/);
});
