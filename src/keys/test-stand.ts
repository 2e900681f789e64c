/** The delivery service on a test's database, for the tests of this room. */
import type { Database } from '../app/database.ts';
import type { Events } from '../app/events.ts';
import type { Log } from '../app/log.ts';
import type { BoundCall, Dispatcher } from '../app/server.ts';
import { bindKeys, type Keys, type Pace } from './index.ts';
import { makePlace, meetings, noteMedia, type Place } from './test-member.ts';

/** What it stands on. */
interface Bench {
  readonly db: Database;
  readonly events: Events;
  readonly log: Log;
  dispatcher(calls: readonly BoundCall[]): Dispatcher;
}

export interface Stand {
  readonly keys: Keys;
  readonly dispatcher: Dispatcher;
  readonly media: ReturnType<typeof noteMedia>;
  /** A meeting that nobody is in. */
  readonly place: () => Promise<Place>;
  readonly stop: () => Promise<void>;
}

/** Whoever made the bench stops it, after this. */
export async function startStand(bench: Bench, pace: Partial<Pace>): Promise<Stand> {
  const { db, events, log } = bench;
  const media = noteMedia();
  const keys = bindKeys({ meetings, media, pace });
  const dispatcher = bench.dispatcher(keys.calls);
  const service = keys.service(dispatcher, log);
  await service.start(new AbortController().signal);
  return {
    keys,
    dispatcher,
    media,
    place: () => makePlace(db, { dispatcher, events }),
    stop: () => service.stop(),
  };
}
