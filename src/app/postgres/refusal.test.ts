/** What the database refuses to start with, each in one sentence for the operator. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from '../error.ts';
import { makeFolder, start } from './test-stand.ts';

/** The sentence of a start that must fail. */
async function refusal(attempt: Promise<void>): Promise<string> {
  const cause: unknown = await attempt.then(
    () => assert.fail('it started'),
    (thrown: unknown) => thrown,
  );
  assert.ok(cause instanceof OperatorError, String(cause));
  assert.equal(cause.message.includes('\n'), false);
  return cause.message;
}

test('a second server over one data folder, which leaves the first alone', async (t) => {
  const folder = await makeFolder(t);
  const first = folder.open();
  await start(first);
  const second = folder.open();
  assert.match(await refusal(start(second)), /^Another Conclave server is running with the data/);
  assert.deepEqual(await first.query('select 1 as one'), [{ one: 1 }]);

  await first.db.stop();
  const third = folder.open();
  await start(third);
});

test('a database of another major version', async (t) => {
  const folder = await makeFolder(t);
  await mkdir(join(folder.path, 'postgres/data'), { recursive: true });
  await writeFile(join(folder.path, 'postgres/data/PG_VERSION'), '14\n');
  const { db } = folder.open();
  assert.match(
    await refusal(db.start(new AbortController().signal)),
    /made by PostgreSQL 14, but only PostgreSQL \d+ was found/,
  );
});

test('CONCLAVE_PG_BIN without programs', async (t) => {
  const folder = await makeFolder(t);
  const { db } = folder.open({ pg_bin: folder.path });
  assert.match(
    await refusal(db.start(new AbortController().signal)),
    /^CONCLAVE_PG_BIN is no folder of PostgreSQL programs: /,
  );
});

test('a data folder that is a file', async (t) => {
  const folder = await makeFolder(t);
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const { db } = folder.open({ data_dir: file });
  assert.match(await refusal(db.start(new AbortController().signal)), /cannot be made/);
});

test('DATABASE_URL of a server that refuses, without its password', async (t) => {
  const own = (await makeFolder(t)).open();
  await start(own);
  const socket = encodeURIComponent(own.db.connection().host ?? '');
  const outside = (database: string): string =>
    `postgresql://conclave:hunter2@localhost/${database}?host=${socket}`;

  const wrong = (await makeFolder(t)).open({ database_url: outside('absent') });
  const sentence = await refusal(start(wrong));
  assert.match(sentence, /^DATABASE_URL: database "absent" does not exist/);
  assert.equal(sentence.includes('hunter2'), false);

  const right = (await makeFolder(t)).open({ database_url: outside('conclave') });
  await start(right);
  assert.deepEqual(await right.query('select 1 as one'), [{ one: 1 }]);
  assert.deepEqual(await right.db.health(), { ok: true });
  assert.equal(right.db.pid, undefined);
  assert.equal(right.db.description.includes('hunter2'), false);

  await own.db.stop();
  const { ok, detail } = await right.db.health();
  assert.equal(ok, false);
  assert.ok(detail);
});

test('DATABASE_URL where nobody is: it waits, and a signal ends the waiting', async (t) => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  taken.close();
  await once(taken, 'close');
  const stand = (await makeFolder(t)).open({
    database_url: `postgresql://127.0.0.1:${address.port}/x`,
  });
  const stopping = new AbortController();
  const starting = stand.db.start(stopping.signal);
  const rejected = assert.rejects(starting, { name: 'AbortError' });
  stopping.abort();
  await rejected;
});
