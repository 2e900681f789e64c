/**
 * The house: reads the settings, starts the services in order, waits for a signal. The only file
 * that knows every room. `serve` can be called several times in one process (tests do).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDisk, checkHealth } from './app/health.ts';
import { migrate, openDatabase, ping, type Database } from './app/database.ts';
import { OperatorError } from './app/error.ts';
import { Events, prune } from './app/events.ts';
import { createHttp, isEveryAddress } from './app/http.ts';
import { createJobs, type Job } from './app/jobs.ts';
import { createLog, type Log } from './app/log.ts';
import { createMetrics, type Measure } from './app/metrics.ts';
import { loadPages } from './app/pages.ts';
import { createPostgres } from './app/postgres/index.ts';
import { createDispatcher, type Dispatcher } from './app/server.ts';
import { startAll, stopAll, type Service } from './app/service.ts';
import { createSockets, type Sockets } from './app/socket.ts';
import { readConfig, type Config } from './config.ts';
import { createMedia, type Media, type MediaEvent } from './media/index.ts';
import {
  Admission,
  arrive,
  bindMeet,
  depart,
  forget,
  listOccupied,
  reconcile,
} from './meet/index.ts';

const root = join(import.meta.dirname, '..');
const reconcile_ms = 60_000;
/** Events older than this are forgotten; a reader further behind gets the state instead. */
const events_kept_ms = 24 * 3600 * 1000;

export interface ServeOptions {
  readonly log?: Log;
  readonly engine_path?: string;
  readonly web_dir?: string;
  /** false: PostgreSQL does not flush to disk. For tests only. */
  readonly durable?: boolean;
}

/** A running server. */
export interface House {
  /** Where it listens, such as http://127.0.0.1:8080. */
  readonly origin: string;
  readonly metrics_origin: string;
  readonly database: Database;
  readonly dispatcher: Dispatcher;
  readonly media: Media;
  /** Which PostgreSQL serves, in one line. */
  readonly database_description: string;
  stop(): Promise<void>;
}

/**
 * Starts everything and resolves once requests are answered.
 * @throws OperatorError when a setting or a prerequisite is wrong; nothing is left running.
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<House> {
  const log = options.log ?? createLog(config.log_level);
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  const pages = await loadPages(options.web_dir ?? join(root, 'dist/web'));
  const abort = new AbortController();

  const postgres = createPostgres({
    data_dir: config.data_dir,
    database_url: config.database_url,
    pg_bin: config.pg_bin,
    log: log.child({ part: 'postgres' }),
    durable: options.durable ?? true,
  });
  await startAll([postgres], abort.signal);
  const running: Service[] = [postgres];
  try {
    const db = openDatabase(postgres.connection(), log);
    running.push({ name: 'pool', start: async () => undefined, stop: () => db.destroy() });
    await migrate(db, join(root, 'migrations'), log);

    const admission = new Admission(db);
    let heard: Promise<void> = Promise.resolve();
    const media = createMedia({
      config,
      log: log.child({ part: 'media' }),
      engine_path: options.engine_path ?? join(root, 'dist/engine/conclave-engine'),
      admit: (room) => admission.admit(room),
      onEvent: (event) => {
        // One after the other: a person who comes back at once must not end up as gone.
        heard = heard.then(() => hearMedia(event, dispatcher, log));
      },
    });
    const jobs = createJobs(db, postgres.connection(), log);
    const calls = bindMeet({ media, people_max: config.people_max });
    const dispatcher = createDispatcher(calls, { db, log, enqueue: jobs.enqueue });
    const events = new Events(db, postgres.connection(), log);
    const sockets = createSockets({ dispatcher, events, log });
    const metrics = createMetrics(
      config.metrics_port,
      measures({ dispatcher, events, sockets, media }),
    );
    const http = createHttp({
      config,
      log,
      pages,
      dispatcher,
      sockets,
      doors: [{ prefix: media.media_path, request: media.request, upgrade: media.upgrade }],
      health: () =>
        checkHealth({
          database: () => ping(db).then(() => ({ ok: true })),
          engine: async () => media.health(),
          disk: () => checkDisk(config.data_dir),
        }),
    });
    const rest: Service[] = [
      media,
      { name: 'events', start: () => events.start(), stop: () => events.stop() },
      {
        name: 'jobs',
        start: () => jobs.start(housekeeping(db, dispatcher)),
        stop: () => jobs.stop(),
      },
      reconciler(dispatcher, media, log),
      metrics,
      http,
    ];
    await startAll(rest, abort.signal);
    running.push(...rest);
    return {
      get origin() {
        return http.origin;
      },
      get metrics_origin() {
        return metrics.origin;
      },
      database: db,
      dispatcher,
      media,
      database_description: postgres.description,
      stop: () => stopAll(running),
    };
  } catch (cause) {
    await stopAll(running);
    throw cause;
  }
}

/** What the engine reports about people becomes rows and events. */
async function hearMedia(event: MediaEvent, dispatcher: Dispatcher, log: Log): Promise<void> {
  try {
    if (event.kind === 'joined') await dispatcher.act((ctx) => arrive(ctx, event));
    else if (event.kind === 'left') await dispatcher.act((ctx) => depart(ctx, event));
  } catch (err) {
    // The next round of the reconciler repairs what was missed here.
    log.warn({ err, kind: event.kind }, 'a report of the media engine could not be recorded');
  }
}

async function reconcileAll(dispatcher: Dispatcher, media: Media, log: Log): Promise<void> {
  const rooms = await dispatcher.act(listOccupied);
  for (const room of rooms) {
    try {
      const people = await media.people(room);
      await dispatcher.act((ctx) => reconcile(ctx, room, people));
    } catch (err) {
      log.warn({ err }, 'a meeting could not be compared with the media engine');
    }
  }
}

function reconciler(dispatcher: Dispatcher, media: Media, log: Log): Service {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const run = (): void => {
    round = reconcileAll(dispatcher, media, log).catch((err: unknown) => {
      log.warn({ err }, 'meetings could not be compared with the media engine');
    });
  };
  return {
    name: 'reconciler',
    async start() {
      timer = setInterval(run, reconcile_ms);
      // People of a server that was killed are still recorded as here.
      run();
    },
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}

function housekeeping(db: Database, dispatcher: Dispatcher): Job<unknown>[] {
  const nothing = { parse: (data: unknown) => data };
  return [
    {
      name: 'meet.forget',
      payload: nothing,
      cron: '*/10 * * * *',
      run: async () => void (await dispatcher.act((ctx) => forget(ctx))),
    },
    {
      name: 'app.prune-events',
      payload: nothing,
      cron: '30 * * * *',
      run: async () => void (await prune(db, new Date(Date.now() - events_kept_ms))),
    },
  ];
}

type Measured = { dispatcher: Dispatcher; events: Events; sockets: Sockets; media: Media };

function measures({ dispatcher, events, sockets, media }: Measured): Measure[] {
  const rows = (
    map: ReadonlyMap<string, number>,
    label: string,
  ): { labels: Record<string, string>; value: number }[] =>
    [...map].map(([key, value]) => ({ labels: { [label]: key }, value }));
  return [
    {
      name: 'conclave_calls_inflight',
      help: 'Calls being served now.',
      read: () => dispatcher.inflight,
    },
    {
      name: 'conclave_calls_total',
      help: 'Calls by name and outcome.',
      labels: ['call', 'outcome'],
      read: () =>
        [...dispatcher.counts].flatMap(([call, counts]) =>
          Object.entries(counts).map(([outcome, value]) => ({ labels: { call, outcome }, value })),
        ),
    },
    { name: 'conclave_connections', help: 'Live connections open.', read: () => sockets.open },
    {
      name: 'conclave_connections_dropped_total',
      help: 'Live connections closed by the server, by reason.',
      labels: ['reason'],
      read: () => rows(sockets.dropped, 'reason'),
    },
    {
      name: 'conclave_events_delivered_total',
      help: 'Events handed to live connections.',
      read: () => events.delivered,
    },
    {
      name: 'conclave_accounts_followed',
      help: 'Accounts with at least one reader.',
      read: () => events.accounts,
    },
    {
      name: 'conclave_media',
      help: 'The media engine: up, restarts, signalling connections.',
      labels: ['what'],
      read: () =>
        Object.entries(media.metrics()).map(([what, value]) => ({ labels: { what }, value })),
    },
  ];
}

/** The block printed once everything listens. */
function announce(config: Config, house: House): string {
  const lines = [
    '',
    `  Conclave   ${config.public_url ?? house.origin}`,
    `  Data       ${config.data_dir}`,
    `  Database   ${house.database_description}`,
  ];
  if (config.public_url === undefined) {
    const how = isEveryAddress(config.host)
      ? 'set PUBLIC_URL to its https:// address (browsers allow cameras on https only)'
      : 'set HOST=0.0.0.0 and PUBLIC_URL=https://… (see docs/operating)';
    lines.push(`  Elsewhere  ${how}`);
  }
  return `${lines.join('\n')}\n\n`;
}

async function main(): Promise<void> {
  const stopping = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(name, () => resolve());
  });
  try {
    const config = readConfig(process.env);
    const house = await serve(config);
    process.stdout.write(announce(config, house));
    await stopping;
    process.stdout.write('\n  Stopping…\n');
    await house.stop();
  } catch (cause) {
    if (!(cause instanceof OperatorError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
