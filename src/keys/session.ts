/**
 * Who has proven which key on which live connection. In memory only: a proof is worth as much as
 * the connection it was made on, and after a restart everybody proves anew.
 */
import { randomBytes } from 'node:crypto';
import { CallerError, LimitError } from '../app/error.ts';
import { Limiter } from '../app/limit.ts';
import type { Line } from '../app/server.ts';
import type { Pace, Rates } from './pace.ts';

/** A key that was proven, and what is known of its holder. */
export interface Session {
  /** Stands for the proof in calls of either door. */
  readonly pass: string;
  readonly room: string;
  /** base64url, 32 bytes. */
  readonly key: string;
  /** The key's identity: 22 characters of its hash. */
  readonly id: string;
  /** Whether it is the room's root key. */
  readonly root: boolean;
  readonly line: Line;
  /** Version of the link whose door was shown last. */
  link: number;
  /** Of a host whose appointments lead to the root. */
  appointed: { readonly group: string; readonly by_root: boolean } | undefined;
  /** The group this key is a leaf of. */
  member: string | undefined;
  /** The account of its knock, while it is followed. */
  knocking: string | undefined;
}

/** What a connection showed with its hello. */
export interface Greeting {
  /** Undefined when no door was shown. */
  readonly shown:
    | {
        readonly root: string;
        /** The version of the link whose door it was. */
        readonly link: number;
        /** It is the one before: good for leaves only. */
        readonly former: boolean;
      }
    | undefined;
}

interface Lined {
  readonly nonce: string;
  readonly greetings: Map<string, Greeting>;
  readonly sessions: Session[];
}

const rooms_max = 4;
const sessions_max = 8;

/** Every proven key of this process. */
export class Sessions {
  readonly #pace: Pace;
  readonly #now_ms: () => number;
  readonly #limiter: Limiter;
  readonly #lines = new Map<Line, Lined>();
  readonly #by_pass = new Map<string, Session>();
  /** By room and id. */
  readonly #here = new Map<string, Map<string, Set<Session>>>();
  /** When the last connection of an id went, by room and id. */
  readonly #left_ms = new Map<string, Map<string, number>>();
  #back_by_ms: number;
  /** Told of a room when the last connection of one of its ids is gone. */
  onLeft: (room: string) => void = () => undefined;

  constructor(pace: Pace, now_ms: () => number) {
    this.#pace = pace;
    this.#now_ms = now_ms;
    this.#limiter = new Limiter(now_ms);
    this.#back_by_ms = now_ms() + pace.restart_ms;
  }

  /** Everybody who was here before this process gets time to come back, from now on. */
  restart(): void {
    this.#back_by_ms = this.#now_ms() + this.#pace.restart_ms;
  }

  /** Notes what was shown for a room. Returns the connection's nonce. */
  greet(line: Line, room: string, greeting: Greeting): string {
    const lined = this.#lines.get(line) ?? this.#begin(line);
    if (!lined.greetings.has(room) && lined.greetings.size >= rooms_max)
      throw new CallerError('keys.too-many', 'Too many rooms on one connection.', 409);
    lined.greetings.set(room, greeting);
    return lined.nonce;
  }

  greeting(line: Line, room: string): { nonce: string; greeting: Greeting } {
    const lined = this.#lines.get(line);
    const greeting = lined?.greetings.get(room);
    if (!lined || !greeting)
      throw new CallerError('keys.no-hello', 'This connection has not said hello yet.', 409);
    return { nonce: lined.nonce, greeting };
  }

  /** The session of a key that was just proven. Proving it again keeps the pass. */
  open(line: Line, proven: Pick<Session, 'room' | 'key' | 'id' | 'root' | 'link'>): Session {
    const lined = this.#lines.get(line);
    if (!lined) throw liveOnly();
    const { room, key, id, link } = proven;
    const old = lined.sessions.find((each) => each.room === room && each.key === key);
    if (old) {
      old.link = link;
      return old;
    }
    if (lined.sessions.length >= sessions_max)
      throw new CallerError('keys.too-many', 'Too many keys on one connection.', 409);
    const pass = randomBytes(32).toString('base64url');
    const fresh: Session = {
      ...proven,
      pass,
      line,
      appointed: undefined,
      member: undefined,
      knocking: undefined,
    };
    lined.sessions.push(fresh);
    this.#by_pass.set(pass, fresh);
    const ids = entryOf(this.#here, room, () => new Map<string, Set<Session>>());
    entryOf(ids, id, () => new Set<Session>()).add(fresh);
    return fresh;
  }

  /** @throws CallerError `keys.not-proven`; LimitError `keys.too-often` */
  find(pass: string, rate?: keyof Rates): Session {
    const session = this.#by_pass.get(pass);
    if (!session)
      throw new CallerError('keys.not-proven', 'Prove your key on this connection first.', 401);
    if (rate) {
      const wait_ms = this.#limiter.take(`${rate} ${pass}`, this.#pace.rates[rate]);
      if (wait_ms > 0) throw new LimitError('keys.too-often', 'Too fast. Wait a moment.', wait_ms);
    }
    return session;
  }

  isHere(room: string, id: string): boolean {
    return this.#here.get(room)?.has(id) === true;
  }

  /** Sessions of one id. */
  of(room: string, id: string): Session[] {
    return [...(this.#here.get(room)?.get(id) ?? [])];
  }

  /** Ids of a group's connected leaves. */
  members(room: string, group: string): string[] {
    const ids = [...(this.#here.get(room) ?? [])];
    return ids
      .filter(([, sessions]) => [...sessions].some(({ member }) => member === group))
      .map(([id]) => id);
  }

  /** The time at which an id that is not here went. */
  leftAt(room: string, id: string): number {
    return this.#left_ms.get(room)?.get(id) ?? this.#back_by_ms;
  }

  /** Forgets when they went, of everybody but `ids`. */
  keepLeft(room: string, ids: ReadonlySet<string>): void {
    const left = this.#left_ms.get(room);
    for (const id of left?.keys() ?? []) if (!ids.has(id)) left?.delete(id);
    if (left?.size === 0) this.#left_ms.delete(room);
  }

  #begin(line: Line): Lined {
    if (line.closed.aborted) throw liveOnly();
    const nonce = randomBytes(32).toString('base64url');
    const lined: Lined = { nonce, greetings: new Map(), sessions: [] };
    this.#lines.set(line, lined);
    line.closed.addEventListener('abort', () => this.#end(line, lined), { once: true });
    return lined;
  }

  #end(line: Line, { sessions }: Lined): void {
    this.#lines.delete(line);
    for (const session of sessions) {
      const { room, id, pass } = session;
      this.#by_pass.delete(pass);
      const ids = this.#here.get(room);
      const same = ids?.get(id);
      same?.delete(session);
      if (same?.size !== 0) continue;
      ids?.delete(id);
      if (ids?.size === 0) this.#here.delete(room);
      entryOf(this.#left_ms, room, () => new Map<string, number>()).set(id, this.#now_ms());
      this.onLeft(room);
    }
  }
}

export function liveOnly(): CallerError {
  return new CallerError('app.live-only', 'This call needs the live connection.', 400);
}

/** The line of a call that must come over the live connection. */
export function lineOf(ctx: { readonly line: Line | undefined }): Line {
  if (!ctx.line) throw liveOnly();
  return ctx.line;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
