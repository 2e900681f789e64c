/**
 * Keeps the record of who is here: takes the media room's reports one after the other, and now and
 * then compares whole lists, since reports are lost while the database or this server is away.
 */
import type { Log } from '../app/log.ts';
import type { Dispatcher } from '../app/server.ts';
import type { Service } from '../app/service.ts';
import { arrive, depart, listOccupied, reconcile, type Presence } from './presence.ts';

const compare_ms = 60_000;

export interface Attendance extends Service {
  hear(kind: 'joined' | 'left', presence: Presence): void;
}

export interface AttendanceDeps {
  readonly dispatcher: Dispatcher;
  readonly log: Log;
  /** Who is connected to the media server. */
  readonly people: (room: string) => Promise<readonly { identity: string }[]>;
}

export function createAttendance({ dispatcher, log, people }: AttendanceDeps): Attendance {
  // One after the other: a person who comes back at once must not end up as gone.
  let work: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function record(kind: 'joined' | 'left', presence: Presence): Promise<void> {
    const verb = kind === 'joined' ? arrive : depart;
    await dispatcher.act((ctx) => verb(ctx, presence));
  }

  async function compare(): Promise<void> {
    for (const room of await dispatcher.act(listOccupied)) {
      const present = await people(room);
      await dispatcher.act((ctx) => reconcile(ctx, room, present));
    }
  }

  function enqueue(step: () => Promise<void>): void {
    work = work.then(step).catch((err: unknown) => {
      log.warn({ err }, 'who is in a meeting could not be recorded; the next round repairs it');
    });
  }

  return {
    name: 'attendance',
    hear: (kind, presence) => enqueue(() => record(kind, presence)),
    async start() {
      timer = setInterval(() => enqueue(compare), compare_ms);
      // People of a server that was killed are still recorded as here.
      enqueue(compare);
    },
    async stop() {
      clearInterval(timer);
      await work;
    },
  };
}
