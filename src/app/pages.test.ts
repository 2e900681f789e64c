import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from './error.ts';
import { chooseEncoding, chooseLang, loadPages, type Asset, type Encoding } from './pages.ts';

const langs: readonly [string, string, 'en' | 'fr'][] = [
  ['', '', 'en'],
  ['', 'fr', 'fr'],
  ['', 'fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
  ['', 'de,fr;q=0.5,en;q=0.7', 'en'],
  ['', 'en;q=0,fr;q=0.1', 'fr'],
  ['', '*', 'en'],
  ['lang=fr', 'en', 'fr'],
  ['a=b; lang=en; c=d', 'fr', 'en'],
  ['lang=xx', 'fr', 'fr'],
  ['notlang=fr', 'en', 'en'],
];
for (const [cookie, accept, lang] of langs) {
  test(`cookie "${cookie}" and "${accept}" choose ${lang}`, () =>
    assert.equal(chooseLang(cookie, accept), lang));
}

function asset(...encodings: Encoding[]): Asset {
  const bodies = new Map(encodings.map((encoding) => [encoding, Buffer.from(encoding)]));
  return { type: 'text/plain', etag: '"x"', immutable: false, bodies };
}
const encodings: readonly [string, Asset, Encoding][] = [
  ['gzip, deflate, br, zstd', asset('identity', 'br', 'gzip'), 'br'],
  ['gzip', asset('identity', 'br', 'gzip'), 'gzip'],
  ['br;q=0, gzip', asset('identity', 'br', 'gzip'), 'gzip'],
  ['', asset('identity', 'br', 'gzip'), 'identity'],
  ['br', asset('identity'), 'identity'],
];
for (const [accept, built, encoding] of encodings) {
  test(`"${accept}" is answered in ${encoding}`, () =>
    assert.equal(chooseEncoding(accept, built), encoding));
}

test('without a build the operator is told what to run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conclave-pages-'));
  await assert.rejects(
    loadPages(folder),
    (error) => error instanceof OperatorError && /npm start/.test(error.message),
  );
  await rm(folder, { recursive: true });
});
