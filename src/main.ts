/**
 * The house: reads the settings, starts the services in order, waits for a signal. The only file
 * that knows every room. `serve` can be called several times in one process (tests do).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDisk, checkHealth, type HealthReport } from './app/health.ts';
import { migrate, openDatabase, ping, type Database } from './app/database.ts';
import { OperatorError } from './app/error.ts';
import { Events, pruneJob } from './app/events.ts';
import { createHttp, isEveryAddress, type Door } from './app/http.ts';
import { createJobs } from './app/jobs.ts';
import { createLog, type Log } from './app/log.ts';
import { createMetrics, measureApp, type Measure } from './app/metrics.ts';
import { drawOperatorPage } from './app/operator-page.ts';
import { loadPages, type Pages } from './app/pages.ts';
import { createPostgres, type Postgres } from './app/postgres/index.ts';
import { createDispatcher, type Dispatcher } from './app/server.ts';
import { startAll, stopAll, type Service } from './app/service.ts';
import { Sockets } from './app/socket.ts';
import { readConfig, type Config } from './config.ts';
import { tellOverview } from './overview.ts';
import { createMedia, permissionsOf, seat_ttl_s, type Media, type Source } from './media/index.ts';
import { bindKeys, hasSeat, readSends, type KeysDeps } from './keys/index.ts';
import type { Send } from './protocol/encryption/rights.ts';
import {
  Admission,
  bindMeet,
  createAttendance,
  forgetJob,
  meetings,
  Price,
  Trials,
  type TrialMedia,
} from './meet/index.ts';

const root = join(import.meta.dirname, '..');

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
  const { signal } = new AbortController();
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  const pages = await loadPages(options.web_dir ?? join(root, 'dist/web'));
  const postgres = createPostgres({
    data_dir: config.data_dir,
    database_url: config.database_url,
    pg_bin: config.pg_bin,
    log: log.child({ part: 'postgres' }),
    durable: options.durable ?? true,
  });
  await startAll([postgres], signal);
  const running: Service[] = [postgres];
  try {
    const db = openDatabase(postgres.connection(), log);
    running.push({ name: 'pool', start: async () => undefined, stop: () => db.destroy() });
    await migrate(db, join(root, 'migrations'), log);
    const parts = compose(config, options, { log, pages, postgres, db });
    await startAll(parts.services, signal);
    running.push(...parts.services);
    const { http, metrics, dispatcher, media } = parts;
    return {
      origin: http.origin,
      metrics_origin: metrics.origin,
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

type Ground = { log: Log; pages: Pages; postgres: Postgres; db: Database };

/** Every part that stands on a migrated database, and the services among them in start order. */
function compose(config: Config, options: ServeOptions, { log, pages, postgres, db }: Ground) {
  const admission = new Admission(db, {
    has: (room, id) => hasSeat(db, room, id),
    sends: (room, id) => readSends(db, room, id),
  });
  const media: Media = createMedia({
    config,
    log: log.child({ part: 'media' }),
    engine_path: options.engine_path ?? join(root, 'dist/engine/conclave-engine'),
    async admit(room, identity) {
      const verdict = trials.isTrial(room)
        ? trials.admit(room, identity, Date.now())
        : await admission.admit(room, identity);
      if (typeof verdict === 'string') return verdict;
      return { people_max: verdict.people_max, sources: sourcesOf(verdict.sends) };
    },
    onEvent: (event) => {
      if (event.kind !== 'joined' && event.kind !== 'left') return;
      if (!trials.isTrial(event.room)) attendance.hear(event.kind, event);
    },
  });
  const trials = new Trials(trialGate(media));
  const connection = postgres.connection();
  const jobs = createJobs(db, connection, log);
  const delivery = bindKeys({ meetings, media: leafGate(media, log) });
  const { people_max, creations } = config;
  const price = new Price(creations);
  const parts = { media, groups: delivery, people_max, price, trials };
  const calls = [...bindMeet(parts), ...delivery.calls];
  const dispatcher = createDispatcher(calls, { db, log, enqueue: jobs.enqueue });
  const attendance = createAttendance({ dispatcher, log, people: (room) => media.people(room) });
  const events = new Events(db, connection, log);
  const sockets = new Sockets({ dispatcher, events, log });
  const health = (): Promise<HealthReport> =>
    checkHealth({
      database: () => ping(db).then(() => ({ ok: true })),
      engine: async () => media.health(),
      disk: () => checkDisk(config.data_dir),
    });
  const measures = [...measureApp({ dispatcher, events, sockets }), ...measureRooms(media, price)];
  const metrics = createMetrics(config.metrics_port, measures, async (lang) => {
    const counts = {
      health: await health(),
      media: media.metrics(),
      connections: sockets.open,
      made: price.made(Date.now()),
      trials: trials.count,
      calls: dispatcher.counts,
    };
    return drawOperatorPage(tellOverview(counts, config), lang);
  });
  const door: Door = {
    prefix: media.media_path,
    request: (req, res) => media.request(req, res),
    upgrade: (req, socket, head) => media.upgrade(req, socket, head),
  };
  const http = createHttp({ config, log, pages, dispatcher, sockets, doors: [door], health });
  const queue: Service = {
    name: 'jobs',
    start: () => jobs.start([forgetJob(dispatcher, delivery), pruneJob(db)]),
    stop: () => jobs.stop(),
  };
  const keeper = delivery.service(dispatcher, log.child({ part: 'keys' }));
  const services: Service[] = [media, events, keeper, queue, attendance, trials, metrics, http];
  return { services, http, metrics, dispatcher, media };
}

/** The rooms' own numbers. */
function measureRooms(media: Media, price: Price): Measure[] {
  return [
    {
      name: 'conclave_media',
      help: 'The media engine: up, restarts, signalling connections.',
      labels: ['what'],
      read: () =>
        Object.entries(media.metrics()).map(([what, value]) => ({ labels: { what }, value })),
    },
    {
      name: 'conclave_meetings_made',
      help: 'Meetings made in the last minute and hour, and the bits of work asked for the next.',
      labels: ['what'],
      read: () =>
        Object.entries(price.made(Date.now())).map(([what, value]) => ({
          labels: { what },
          value,
        })),
    },
  ];
}

const sources = {
  mic: ['microphone'],
  cam: ['camera'],
  share: ['screen_share', 'screen_share_audio'],
} as const satisfies Record<Send, readonly Source[]>;

function sourcesOf(sends: readonly Send[]): Source[] {
  return sends.flatMap((send) => sources[send]);
}

/** The media room for leaves: their connections have no name, and nothing else of a person. */
function leafGate(media: Media, log: Log): KeysDeps['media'] {
  // A seat that comes back is given what it may send then; and members judge it as well.
  const warned = (what: string, told: Promise<void>): void => {
    told.catch((err: unknown) => log.warn({ err, what }, 'the engine could not be told'));
  };
  return {
    async mint(_ctx, { room, id }) {
      // Nothing of a person travels beside the media: names and hands are said in the group.
      const permissions = permissionsOf(undefined);
      const seat = { room, identity: id, name: '', ttl_s: seat_ttl_s, permissions };
      return { token: await media.mint(seat), media_path: media.media_path };
    },
    permit: (room, id, sends) => warned('rights', media.permit(room, id, sourcesOf(sends))),
    quiet: (room, ids, sends) => warned('silence', media.quiet(room, ids, sourcesOf(sends))),
    // Whoever removed somebody does not wait for the engine; it may be down at the moment.
    async close(room, id) {
      void media.closeSeat(room, id).catch((err: unknown) => {
        log.warn({ err }, 'a leaf that parted could not be disconnected');
      });
    },
  };
}

/** The media room for one browser that tries its line. */
function trialGate(media: Media): TrialMedia {
  const permissions = permissionsOf(undefined);
  return {
    media_path: media.media_path,
    mint: (room, identity, ttl_s) => media.mint({ room, identity, name: '', ttl_s, permissions }),
    endRoom: (room) => media.endRoom(room),
  };
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
