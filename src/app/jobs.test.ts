import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import * as z from 'zod';
import { startBench, type Bench } from '#test/database.ts';
import type { Job } from './jobs.ts';

let bench: Bench;
/** Runs of the job below, by payload; whoever waits for one is told. */
const runs: string[] = [];
const waiting = new Map<string, () => void>();
let failures_left = 0;

const note: Job<{ text: string }> = {
  name: 'test.note',
  payload: z.object({ text: z.string().max(20) }),
  run: async ({ text }) => {
    if (text === 'shaky' && failures_left-- > 0) throw new Error('not this time');
    runs.push(text);
    waiting.get(text)?.();
  },
};

function ran(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (runs.includes(text)) resolve();
    waiting.set(text, resolve);
  });
}

before(async () => {
  bench = await startBench();
  await bench.jobs.start([note as Job<unknown>]);
});
after(() => bench.stop());

test('a job runs once its transaction is committed', async () => {
  const done = ran('committed');
  await bench.db
    .transaction()
    .execute((tx) => bench.jobs.enqueue(note, { text: 'committed' }, { tx }));
  await done;
});

test('a job of a transaction rolled back never runs', async () => {
  const failing = bench.db.transaction().execute(async (tx) => {
    await bench.jobs.enqueue(note, { text: 'rolled back' }, { tx });
    throw new Error('changed my mind');
  });
  await assert.rejects(failing, /changed my mind/);
  const done = ran('later');
  await bench.jobs.enqueue(note, { text: 'later' });
  await done;
  assert.ok(!runs.includes('rolled back'));
});

test('a payload that does not fit is refused when it is enqueued', async () => {
  await assert.rejects(bench.jobs.enqueue(note, { text: 'x'.repeat(21) }), z.ZodError);
});

test('a job that fails is tried again', async () => {
  failures_left = 1;
  const done = ran('shaky');
  await bench.jobs.enqueue(note, { text: 'shaky' });
  await done;
  assert.equal(runs.filter((text) => text === 'shaky').length, 1);
});

test('of jobs with one key waiting, only the first is kept', async () => {
  const enqueue = (text: string): Promise<void> =>
    bench.jobs.enqueue(note, { text }, { key: 'k', after_s: 3600 });
  await enqueue('first');
  await enqueue('second');
  const { rows } = await sql<{ text: string }>`select data ->> 'text' as text from job.job
    where name = ${note.name} and singleton_key = 'k'`.execute(bench.db);
  assert.deepEqual(rows, [{ text: 'first' }]);
});
