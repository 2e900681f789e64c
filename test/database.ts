import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, migrate, type Database } from '#src/app/database.ts';
import { Events } from '#src/app/events.ts';
import { createJobs, type Jobs } from '#src/app/jobs.ts';
import { createLog, type Log } from '#src/app/log.ts';
import { createPostgres, type Postgres } from '#src/app/postgres/index.ts';
import { createDispatcher, type BoundCall, type Dispatcher } from '#src/app/server.ts';

/** A real PostgreSQL with the migrations run, and the machinery on top of it. */
export interface Bench {
  readonly db: Database;
  readonly postgres: Postgres;
  readonly log: Log;
  readonly log_lines: string[];
  readonly events: Events;
  readonly jobs: Jobs;
  dispatcher(calls: readonly BoundCall[]): Dispatcher;
  stop(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const data_dir = await mkdtemp(join(tmpdir(), 'conclave-db-'));
  const log_lines: string[] = [];
  const log = createLog('info', { write: (line) => void log_lines.push(line) });
  const postgres = createPostgres({
    data_dir,
    database_url: undefined,
    pg_bin: undefined,
    log,
    durable: false,
  });
  await postgres.start(new AbortController().signal);
  const db = openDatabase(postgres.connection(), log);
  await migrate(db, join(import.meta.dirname, '../migrations'), log);
  const events = new Events(db, postgres.connection(), log);
  await events.start();
  const jobs = createJobs(db, postgres.connection(), log, { poll_s: 0.5 });
  return {
    db,
    postgres,
    log,
    log_lines,
    events,
    jobs,
    dispatcher: (calls) => createDispatcher(calls, { db, log, enqueue: jobs.enqueue }),
    async stop() {
      await events.stop();
      await jobs.stop();
      await db.destroy();
      await postgres.stop();
      await rm(data_dir, { recursive: true, force: true });
    },
  };
}
