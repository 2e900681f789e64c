/**
 * Jobs: do later, enqueued in the caller's transaction, retried with a limit. A thin typed face
 * on pg-boss; job names are `room.verb`.
 */
import { randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import type { Shape } from './contract.ts';
import type { Database, Tx } from './database.ts';
import type { Log } from './log.ts';

/** A job's name, its payload, and what it does. `cron` (UTC) makes it run by itself. */
export interface Job<Payload> {
  readonly name: string;
  readonly payload: Shape<Payload>;
  readonly run: (payload: Payload, signal: AbortSignal) => Promise<void>;
  readonly cron?: string;
}

export interface EnqueueOptions {
  readonly tx?: Tx;
  readonly after_s?: number;
  /** Of several jobs with one key waiting, only the first is kept. */
  readonly key?: string;
}

export type Enqueue = <Payload>(
  job: Job<Payload>,
  payload: Payload,
  options?: EnqueueOptions,
) => Promise<void>;

export interface Jobs {
  readonly enqueue: Enqueue;
  start(jobs: readonly Job<unknown>[]): Promise<void>;
  stop(): Promise<void>;
}

const retry_limit = 5;
const expire_s = 300;
/** Notifications wake the workers at once; polling finds retries and what a lost one missed. */
const poll_s = 30;

export function createJobs(
  db: Database,
  connection: pg.PoolConfig,
  log: Log,
  options: { poll_s?: number } = {},
): Jobs {
  const boss = new PgBoss({
    ...(connection as { connectionString?: string }),
    application_name: 'conclave jobs',
    max: 3,
    useListenNotify: true,
    schema: 'job',
  });
  boss.on('error', (err: unknown) => log.warn({ err }, 'the job queue met an error'));

  const enqueue: Enqueue = async (job, payload, { tx, after_s, key } = {}) => {
    const executor = tx ?? db;
    await boss.send(job.name, job.payload.parse(payload) as object, {
      ...(after_s === undefined ? {} : { startAfter: after_s }),
      // The queue's policy keeps one waiting job per key; a job without one gets a key of its own.
      singletonKey: key ?? randomUUID(),
      db: {
        executeSql: async (text: string, values?: unknown[]) => {
          const { rows } = await executor.executeQuery(CompiledQuery.raw(text, values ?? []));
          return { rows };
        },
      },
    });
  };

  async function start(jobs: readonly Job<unknown>[]): Promise<void> {
    await boss.start();
    const seconds = options.poll_s ?? poll_s;
    for (const job of jobs) {
      await boss.createQueue(job.name, {
        policy: 'short',
        notify: true,
        retryLimit: retry_limit,
        retryBackoff: true,
        expireInSeconds: expire_s,
      });
      await boss.work(
        job.name,
        { pollingIntervalSeconds: seconds, notifyPollingIntervalSeconds: seconds },
        async (batch) => {
          for (const { data, signal } of batch) await job.run(job.payload.parse(data), signal);
        },
      );
      if (job.cron !== undefined) await boss.schedule(job.name, job.cron, {});
    }
  }

  return {
    enqueue,
    start,
    stop: () => boss.stop({ graceful: true, timeout: 2000 }),
  };
}
