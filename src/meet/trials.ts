/**
 * Rooms in which one browser tries its line to the media server: two seats, of which one sends a
 * drawn picture and the other receives it, for two minutes. They are no meetings: nobody can be told
 * of one, so that no call can be held in it. Known to this process.
 */
import { randomBytes } from 'node:crypto';
import type { Output } from '../app/contract.ts';
import { LimitError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import type { Service } from '../app/service.ts';
import type { meet } from './contract.ts';

/** No meeting's id has a hyphen. */
const prefix = 'trial-';
const lasts_ms = 120_000;
/** At once, on the whole server. */
const trials_max = 30;
/** One that comes back may be there beside its own old connection. */
const people_max = 4;

/** What is asked of the media room. */
export interface TrialMedia {
  readonly media_path: string;
  mint(room: string, identity: string, ttl_s: number): Promise<string>;
  endRoom(room: string): Promise<void>;
}

interface Trial {
  readonly seats: readonly string[];
  readonly until_ms: number;
}

/** As `Admitted` of a meeting, for a seat that sends at most a picture. */
interface Seated {
  readonly people_max: number;
  readonly sends: readonly 'cam'[];
}

export class Trials implements Service {
  readonly name = 'trials';
  readonly #media: TrialMedia;
  readonly #open = new Map<string, Trial>();
  readonly #ends = new Set<NodeJS.Timeout>();

  constructor(media: TrialMedia) {
    this.#media = media;
  }

  /** @throws LimitError `meet.trials-full` with when to try again */
  async open({ now, log }: Ctx): Promise<Output<typeof meet.calls.trial>> {
    const now_ms = now.getTime();
    this.#forget(now_ms);
    const [oldest] = this.#open.values();
    if (this.#open.size >= trials_max && oldest) {
      const message = 'Many people try their connection just now. Try again in a moment.';
      throw new LimitError('meet.trials-full', message, oldest.until_ms - now_ms);
    }
    const room = prefix + randomBytes(16).toString('hex');
    const seats = [0, 1].map(() => randomBytes(16).toString('base64url'));
    this.#open.set(room, { seats, until_ms: now_ms + lasts_ms });
    const end = setTimeout(() => {
      this.#ends.delete(end);
      // The engine ends it too once nobody is there.
      this.#media.endRoom(room).catch((err: unknown) => log.warn({ err }, 'a trial goes on'));
    }, lasts_ms);
    this.#ends.add(end);
    const { media_path } = this.#media;
    const tokens = await Promise.all(
      seats.map(async (identity) => ({
        identity,
        token: await this.#media.mint(room, identity, lasts_ms / 1000),
      })),
    );
    return { media_path, seats: tokens };
  }

  /** Open now. */
  get count(): number {
    return this.#open.size;
  }

  /** Whether the room is one of a trial, past or present. */
  isTrial(room: string): boolean {
    return room.startsWith(prefix);
  }

  admit(room: string, identity: string, now_ms: number): Seated | 'refused' {
    this.#forget(now_ms);
    const at = this.#open.get(room)?.seats.indexOf(identity) ?? -1;
    if (at < 0) return 'refused';
    return { people_max, sends: at === 0 ? ['cam'] : [] };
  }

  async start(): Promise<void> {
    // Each begins when it is asked for.
  }

  /** Before the media server goes. */
  async stop(): Promise<void> {
    for (const end of this.#ends) clearTimeout(end);
    this.#ends.clear();
  }

  #forget(now_ms: number): void {
    for (const [room, { until_ms }] of this.#open) if (until_ms <= now_ms) this.#open.delete(room);
  }
}
