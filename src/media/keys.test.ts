import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OperatorError } from '#src/app/error.ts';
import { readKeys } from './keys.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-keys-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('keys are made once, for nobody else to read', async () => {
  const data_dir = join(folder, 'fresh', 'data');
  const made = await readKeys(data_dir);
  assert.ok(made.secret.length >= 32);
  assert.deepEqual(await readKeys(data_dir), made);
  assert.deepEqual(await readdir(data_dir), ['media-keys.json']);
  const { mode } = await stat(join(data_dir, 'media-keys.json'));
  assert.equal(mode & 0o777, 0o600);
});

test('two servers have different keys', async () => {
  const [one, other] = await Promise.all(['a', 'b'].map((name) => readKeys(join(folder, name))));
  assert.notEqual(one?.key, other?.key);
  assert.notEqual(one?.secret, other?.secret);
});

for (const text of ['', '{', '[]', '{"key":"k","secret":"short"}'])
  test(`a file with ${JSON.stringify(text)} is an operator's matter, and is left alone`, async () => {
    const path = join(folder, 'media-keys.json');
    await writeFile(path, text);
    await assert.rejects(readKeys(folder), (cause) => {
      assert.ok(cause instanceof OperatorError);
      assert.ok(cause.message.includes(path));
      return true;
    });
    assert.equal((await stat(path)).size, text.length);
  });
