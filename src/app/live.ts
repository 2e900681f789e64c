/**
 * The live connection of the contract kit: calls and events over one WebSocket that is kept open.
 * Runs in browsers and in Node (tests); carries no schema.
 */
import { bind, Refused, unreachable } from './client.ts';
import type { Api, Contracts } from './client.ts';
import type { CallFrame, EventFrame } from './contract.ts';
import type { WireError } from './error.ts';

/** What a following call answers: where its account stands, and the state unless resumed. */
export interface Followed<State> {
  readonly account: string;
  readonly seq: number;
  readonly state: State | null;
}

export interface Follow<State> {
  /** The call's input for a cursor: null the first time, then the last seq seen. */
  readonly ask: (cursor: number | null) => Promise<Followed<State>>;
  /** The whole state, at first and whenever it could not be resumed. */
  readonly onState: (state: State) => void;
  readonly onEvent: (frame: EventFrame) => void;
  /** The server refused for good; following has ended. */
  readonly onRefused?: (error: Refused) => void;
  readonly signal: AbortSignal;
}

export interface Live<Cs extends Contracts> {
  /** Calls over the connection; they wait for it to open, and fail when it closes. */
  readonly api: Api<Cs>;
  /** Keeps an account's events coming, across reconnections, until `signal` is aborted. */
  follow<State>(follow: Follow<State>): void;
  /** Reconnects at once, for when the browser says that the network is back. */
  wake(): void;
  readonly open: boolean;
}

/** Milliseconds before the first, second, … attempt to reconnect; the last one repeats. */
const backoff_ms = [0, 250, 500, 1000, 2000, 4000];
/** The server sends something at least every 20 s; silence longer than this is a dead line. */
const silence_max_ms = 45_000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

interface Follower {
  readonly resume: () => void;
  readonly take: (frame: EventFrame) => boolean;
}

type Frame = { id?: number; ok?: unknown; error?: WireError } & Partial<EventFrame>;

/** Opens the live connection at `url` (ws:// or wss://), and keeps it open until `signal`. */
export function connectLive<Cs extends Contracts>(url: string, signal: AbortSignal): Live<Cs> {
  const line = new Line(url, signal);
  return {
    api: bind<Cs>((name, input) => line.call(name, input)),
    follow: (follow) => startFollowing(follow, line.followers, () => line.open),
    wake: () => line.wake(),
    get open() {
      return line.open;
    },
  };
}

/** One WebSocket at a time, and the calls that wait for it or for its answers. */
class Line {
  readonly followers = new Set<Follower>();
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #pending = new Map<number, Pending>();
  /** Calls made while there is no connection. */
  readonly #waiting: { readonly start: () => void; readonly reject: (cause: unknown) => void }[] =
    [];
  #socket: WebSocket | undefined;
  #attempt = 0;
  #next_id = 1;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
    if (signal.aborted) return;
    this.#connect();
    signal.addEventListener('abort', () => {
      clearTimeout(this.#retry);
      this.#drop(this.#socket);
      // No connection will come that they could wait for.
      for (const { reject } of this.#waiting.splice(0)) reject(unreachable());
    });
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  call(name: string, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        const id = this.#next_id++;
        this.#pending.set(id, { resolve, reject });
        const frame: CallFrame = { id, call: name, in: input };
        this.#socket?.send(JSON.stringify(frame));
      };
      if (this.open) start();
      else if (this.#signal.aborted) reject(unreachable());
      else this.#waiting.push({ start, reject });
    });
  }

  wake(): void {
    if (this.open || this.#signal.aborted) return;
    this.#attempt = 0;
    if (this.#socket === undefined) this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const fresh = new WebSocket(this.#url);
    this.#socket = fresh;
    this.#hear();
    fresh.addEventListener('open', () => {
      if (fresh !== this.#socket) return;
      this.#attempt = 0;
      for (const { start } of this.#waiting.splice(0)) start();
      for (const follower of this.followers) follower.resume();
    });
    fresh.addEventListener('message', (message) => {
      if (fresh !== this.#socket) return;
      this.#hear();
      this.#receive(JSON.parse(String(message.data)) as Frame);
    });
    fresh.addEventListener('close', () => this.#drop(fresh));
    fresh.addEventListener('error', () => this.#drop(fresh));
  }

  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#drop(this.#socket), silence_max_ms);
  }

  #drop(old: WebSocket | undefined): void {
    if (old === undefined || old !== this.#socket) return;
    this.#socket = undefined;
    clearTimeout(this.#silence);
    old.close();
    for (const { reject } of this.#pending.values()) reject(unreachable());
    this.#pending.clear();
    if (this.#signal.aborted) return;
    const wait = backoff_ms[Math.min(this.#attempt, backoff_ms.length - 1)] ?? 0;
    this.#attempt += 1;
    // Jitter: a restarted server should not meet all of its people in the same instant.
    this.#retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random()));
  }

  #receive(frame: Frame): void {
    if (frame.event !== undefined) {
      const { event, account = '', seq = 0, data } = frame;
      for (const follower of this.followers)
        if (follower.take({ event, account, seq, data })) break;
      return;
    }
    const call = frame.id === undefined ? undefined : this.#pending.get(frame.id);
    if (call === undefined || frame.id === undefined) return;
    this.#pending.delete(frame.id);
    if (frame.error) call.reject(new Refused(frame.error));
    else call.resolve(frame.ok);
  }
}

function startFollowing<State>(
  follow: Follow<State>,
  followers: Set<Follower>,
  isOpen: () => boolean,
): void {
  let account: string | undefined;
  let cursor: number | null = null;
  // Events may overtake the answer that says where the account stands; they wait for it here.
  let early: EventFrame[] | undefined;

  async function resume(): Promise<void> {
    early = [];
    try {
      const answer = await follow.ask(cursor);
      if (follow.signal.aborted) return;
      account = answer.account;
      if (answer.state !== null) {
        cursor = answer.seq;
        follow.onState(answer.state);
      }
      const held = early;
      early = undefined;
      for (const frame of held) take(frame);
    } catch (cause) {
      if (!(cause instanceof Refused) || cause.code === 'app.unreachable') return;
      if (cause.retry_after_ms !== undefined) {
        setTimeout(() => isOpen() && !follow.signal.aborted && void resume(), cause.retry_after_ms);
        return;
      }
      followers.delete(follower);
      follow.onRefused?.(cause);
    }
  }

  function take(frame: EventFrame): boolean {
    if (early !== undefined) {
      early.push(frame);
      return false;
    }
    if (frame.account !== account) return false;
    // A seq at or below the cursor was already part of the state, or of an earlier delivery.
    if (cursor === null || frame.seq > cursor) {
      cursor = frame.seq;
      follow.onEvent(frame);
    }
    return true;
  }

  const follower: Follower = { resume: () => void resume(), take };
  followers.add(follower);
  follow.signal.addEventListener('abort', () => followers.delete(follower));
  if (isOpen()) void resume();
}
