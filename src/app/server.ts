/**
 * One call = actor + validation + one transaction + answer. Doors (HTTP, the live connection)
 * translate and call `dispatch`; a verb never knows through which door it was reached.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { Call, Contract, Event, EventData, Input, Output } from './contract.ts';
import { isAway, isConflict, type Database, type Tx } from './database.ts';
import { CallerError, LimitError, toWire, UnavailableError, type WireError } from './error.ts';
import { record } from './events.ts';
import type { Enqueue } from './jobs.ts';
import { addressBlock, Limiter } from './limit.ts';
import type { Log } from './log.ts';

/** Who calls. Until accounts exist everybody is a guest, told apart by address only. */
export interface Actor {
  readonly kind: 'guest';
  readonly address: string;
}

type AnyContract = Contract<Record<string, Call<unknown, unknown>>, Record<string, Event<unknown>>>;

/** The live connection a call came over. */
export interface Line {
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
  /** Ends the reading of an account. */
  leave(account: string): void;
}

/** What a verb is given. Nothing is global. */
export interface Ctx {
  readonly actor: Actor;
  /** Of a call over the live connection only. */
  readonly line: Line | undefined;
  readonly now: Date;
  readonly tx: Tx;
  readonly log: Log;
  /** Records an event under `account`, in this transaction. */
  publish<C extends AnyContract, Name extends keyof C['events'] & string>(
    contract: C,
    name: Name,
    account: string,
    data: EventData<C['events'][Name]>,
  ): Promise<void>;
  /** Enqueues a job in this transaction. */
  readonly later: Enqueue;
  /** Runs once the transaction is committed, before the answer; its failure is only logged. */
  after(effect: () => Promise<void> | void): void;
  /** Lets the caller's live connection read `account` from `cursor` on, after commit. */
  follow(account: string, cursor: number): void;
}

export type Verb<C> = (ctx: Ctx, input: Input<C>) => Promise<Output<C>>;

export interface BoundCall {
  readonly name: string;
  readonly call: Call<unknown, unknown>;
  readonly run: (ctx: Ctx, input: unknown) => Promise<unknown>;
}

/** Binds every call of a contract to its verb; a missing verb is a type error. */
export function bindRoom<C extends AnyContract>(
  contract: C,
  verbs: { readonly [Name in keyof C['calls']]: Verb<C['calls'][Name]> },
): BoundCall[] {
  return Object.entries(contract.calls).map(([name, call]) => ({
    name: `${contract.room}.${name}`,
    call,
    run: verbs[name] as BoundCall['run'],
  }));
}

/** Who is at the door: the actor, and the live connection where there is one. */
export interface Caller {
  readonly actor: Actor;
  readonly follow?: (account: string, cursor: number) => void;
  readonly line?: Line;
}

export type Answer =
  | { readonly status: 200; readonly body: { readonly ok: unknown } }
  | { readonly status: number; readonly body: { readonly error: WireError } };

export interface Dispatcher {
  dispatch(name: string, input: unknown, caller: Caller): Promise<Answer>;
  /** The limit a call states for its body; undefined also where there is no such call. */
  bodyBytesMax(name: string): number | undefined;
  /** Runs `work` as the server itself, in one transaction, with the same `ctx` verbs get. */
  act<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  readonly inflight: number;
  readonly counts: ReadonlyMap<string, { ok: number; refused: number; failed: number }>;
}

/** Calls being served at once; more are refused at once instead of queueing without end. */
const inflight_max = 2_000;
/** A transaction that lost a race is run again this often. */
const tries_max = 4;
const system: Actor = { kind: 'guest', address: '' };

type Deps = { db: Database; log: Log; enqueue: Enqueue; limiter?: Limiter };

/** Verbs by name, behind limits, each in a transaction of its own. */
export function createDispatcher(calls: readonly BoundCall[], deps: Deps): Dispatcher {
  return new Dispatch(calls, deps);
}

type Effect = () => Promise<void> | void;
type Isolation = 'read committed' | 'repeatable read';
type Counts = { ok: number; refused: number; failed: number };

class Dispatch implements Dispatcher {
  readonly counts = new Map<string, Counts>();
  readonly #deps: Deps;
  readonly #limiter: Limiter;
  readonly #by_name: ReadonlyMap<string, BoundCall>;
  #inflight = 0;

  constructor(calls: readonly BoundCall[], deps: Deps) {
    this.#deps = deps;
    this.#limiter = deps.limiter ?? new Limiter();
    this.#by_name = new Map(calls.map((bound) => [bound.name, bound]));
  }

  get inflight(): number {
    return this.#inflight;
  }

  bodyBytesMax(name: string): number | undefined {
    return this.#by_name.get(name)?.call.body_bytes_max;
  }

  act<T>(work: (ctx: Ctx) => Promise<T>): Promise<T> {
    return this.#transact({ actor: system }, 'read committed', work);
  }

  async dispatch(name: string, input: unknown, caller: Caller): Promise<Answer> {
    const arrived_ms = performance.now();
    const bound = this.#by_name.get(name);
    if (this.#inflight >= inflight_max) return this.#refuse(busy(), name);
    if (bound === undefined) return this.#refuse(unknownCall(), name);
    const count = this.#countsOf(name);
    this.#inflight += 1;
    try {
      const ok = await this.#answer(bound, input, caller);
      count.ok += 1;
      return { status: 200, body: { ok } };
    } catch (cause) {
      const refused = this.#refuse(cause, name);
      if (refused.status >= 500) count.failed += 1;
      else count.refused += 1;
      const { steady_refusal_ms } = bound.call;
      if (steady_refusal_ms !== undefined) await steady(arrived_ms, steady_refusal_ms);
      return refused;
    } finally {
      this.#inflight -= 1;
    }
  }

  async #answer(bound: BoundCall, input: unknown, caller: Caller): Promise<unknown> {
    const { call, name } = bound;
    if (call.live && caller.follow === undefined) throw liveOnly();
    const key = `${name} ${addressBlock(caller.actor.address)}`;
    const wait_ms = call.rate ? this.#limiter.take(key, call.rate) : 0;
    if (wait_ms > 0) throw tooOften(wait_ms);
    const parsed = parseInput(bound, input);
    const isolation = call.live ? 'repeatable read' : 'read committed';
    // The answer goes through its shape before the commit: one that does not fit undoes the call,
    // and a column too many cannot leak.
    try {
      return await this.#transact(caller, isolation, async (ctx) =>
        call.out.parse(await bound.run(ctx, parsed)),
      );
    } catch (cause) {
      // Who tries again until the database is back must not find the limit reached then.
      if (call.rate && isAway(cause)) this.#limiter.giveBack(key, call.rate);
      throw cause;
    }
  }

  async #transact<T>(
    caller: Caller,
    isolation: Isolation,
    work: (ctx: Ctx) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const effects: Effect[] = [];
      try {
        const result = await this.#deps.db
          .transaction()
          .setIsolationLevel(isolation)
          .execute((tx) => work(this.#context(caller, tx, effects)));
        for (const effect of effects) await this.#run(effect);
        return result;
      } catch (cause) {
        if (tries < tries_max && isConflict(cause)) continue;
        throw cause;
      }
    }
  }

  async #run(effect: Effect): Promise<void> {
    try {
      await effect();
    } catch (err) {
      this.#deps.log.error({ err }, 'an effect after commit failed');
    }
  }

  #context(caller: Caller, tx: Tx, effects: Effect[]): Ctx {
    const { log, enqueue } = this.#deps;
    const now = new Date();
    return {
      actor: caller.actor,
      line: caller.line,
      now,
      tx,
      log,
      async publish(contract, name, account, data) {
        const event = contract.events[name];
        // Through the shape: a property the contract does not name cannot leak.
        await record(tx, account, `${contract.room}.${name}`, event?.data.parse(data), now);
      },
      later: (job, payload, options) => enqueue(job, payload, { ...options, tx }),
      after: (effect) => void effects.push(effect),
      follow(account, cursor) {
        const { follow } = caller;
        if (follow === undefined) throw liveOnly();
        effects.push(() => follow(account, cursor));
      },
    };
  }

  #refuse(cause: unknown, name: string): Answer {
    const { status, error } = toWire(isAway(cause) ? databaseAway() : cause, randomUUID());
    const { id } = error;
    if (id !== undefined) this.#deps.log.error({ err: cause, id, call: name }, 'a call failed');
    return { status, body: { error } };
  }

  #countsOf(name: string): Counts {
    let count = this.counts.get(name);
    if (count === undefined) this.counts.set(name, (count = { ok: 0, refused: 0, failed: 0 }));
    return count;
  }
}

function busy(): UnavailableError {
  return new UnavailableError('app.busy', 'The server is busy. Try again in a moment.');
}

function databaseAway(): UnavailableError {
  const message = 'The database is not available just now. Try again in a moment.';
  return new UnavailableError('app.database-away', message);
}

function unknownCall(): CallerError {
  return new CallerError('app.unknown-call', 'There is no such call.', 404);
}

function liveOnly(): CallerError {
  return new CallerError('app.live-only', 'This call needs the live connection.', 400);
}

function tooOften(wait_ms: number): LimitError {
  const message = `Too many requests from your network. Try again in ${Math.ceil(wait_ms / 1000)} s.`;
  return new LimitError('app.too-often', message, wait_ms);
}

/** Timers keep whole milliseconds only, so the last ones are waited for turn by turn. */
const timer_slack_ms = 2;

/**
 * Waits for the next multiple of `step_ms` after arrival. A timer alone would not do: it drops the
 * fraction of a millisecond, and what is left would tell how long the work took.
 */
async function steady(arrived_ms: number, step_ms: number): Promise<void> {
  const spent_ms = performance.now() - arrived_ms;
  const release_ms = arrived_ms + Math.ceil(spent_ms / step_ms) * step_ms;
  const coarse_ms = release_ms - performance.now() - timer_slack_ms;
  if (coarse_ms > 0) await delay(coarse_ms);
  while (performance.now() < release_ms) await turn();
}

/** The problem a schema library reports: where, and what. Only these two leave the process. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function parseInput(bound: BoundCall, input: unknown): unknown {
  try {
    return bound.call.in.parse(input);
  } catch (cause) {
    const issues = (cause as { issues?: readonly Issue[] }).issues ?? [];
    const first = issues[0];
    const where = first && first.path.length > 0 ? first.path.map(String).join('.') : 'input';
    throw new CallerError('app.bad-input', `${where}: ${first?.message ?? 'not understood'}`, 400);
  }
}
