/**
 * One call = actor + validation + one transaction + answer. Doors (HTTP, the live connection)
 * translate and call `dispatch`; a verb never knows through which door it was reached.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Call, Contract, Event, EventData, Input, Output } from './contract.ts';
import { isAway, isConflict, type Database, type Tx } from './database.ts';
import { CallerError, LimitError, toWire, UnavailableError, type WireError } from './error.ts';
import { record, type Reader } from './events.ts';
import type { Enqueue } from './jobs.ts';
import { addressBlock, Limiter } from './limit.ts';
import type { Log } from './log.ts';

/** Who calls. Until accounts exist everybody is a guest, told apart by address only. */
export interface Actor {
  readonly kind: 'guest';
  readonly address: string;
}

type AnyContract = Contract<Record<string, Call<unknown, unknown>>, Record<string, Event<unknown>>>;

/** What a verb is given. Nothing is global. */
export interface Ctx {
  readonly actor: Actor;
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
}

export type Answer =
  | { readonly status: 200; readonly body: { readonly ok: unknown } }
  | { readonly status: number; readonly body: { readonly error: WireError } };

export interface Dispatcher {
  dispatch(name: string, input: unknown, caller: Caller): Promise<Answer>;
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

export function createDispatcher(calls: readonly BoundCall[], deps: Deps): Dispatcher {
  const { db, log } = deps;
  const limiter = deps.limiter ?? new Limiter();
  const by_name = new Map(calls.map((bound) => [bound.name, bound]));
  const counts = new Map<string, { ok: number; refused: number; failed: number }>();
  let inflight = 0;

  async function transact<T>(
    caller: Caller,
    isolation: 'read committed' | 'repeatable read',
    work: (ctx: Ctx) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const effects: (() => Promise<void> | void)[] = [];
      try {
        const result = await db
          .transaction()
          .setIsolationLevel(isolation)
          .execute((tx) => work(context(caller, tx, effects)));
        for (const effect of effects) await runEffect(effect);
        return result;
      } catch (cause) {
        if (tries < tries_max && isConflict(cause)) continue;
        throw cause;
      }
    }
  }

  async function runEffect(effect: () => Promise<void> | void): Promise<void> {
    try {
      await effect();
    } catch (err) {
      log.error({ err }, 'an effect after commit failed');
    }
  }

  function context(caller: Caller, tx: Tx, effects: (() => Promise<void> | void)[]): Ctx {
    const now = new Date();
    return {
      actor: caller.actor,
      now,
      tx,
      log,
      async publish(contract, name, account, data) {
        const event = contract.events[name];
        // Through the shape: a property the contract does not name cannot leak.
        await record(tx, account, `${contract.room}.${name}`, event?.data.parse(data), now);
      },
      later: (job, payload, options) => deps.enqueue(job, payload, { ...options, tx }),
      after: (effect) => void effects.push(effect),
      follow(account, cursor) {
        const { follow } = caller;
        if (follow === undefined)
          throw new CallerError('app.live-only', 'This call needs the live connection.', 400);
        effects.push(() => follow(account, cursor));
      },
    };
  }

  async function answer(bound: BoundCall, input: unknown, caller: Caller): Promise<unknown> {
    if (bound.call.live && caller.follow === undefined) {
      throw new CallerError('app.live-only', 'This call needs the live connection.', 400);
    }
    const { rate } = bound.call;
    const wait_ms = rate
      ? limiter.take(`${bound.name} ${addressBlock(caller.actor.address)}`, rate)
      : 0;
    if (wait_ms > 0) {
      throw new LimitError(
        'app.too-often',
        `Too many requests from your network. Try again in ${Math.ceil(wait_ms / 1000)} s.`,
        wait_ms,
      );
    }
    const parsed = parseInput(bound, input);
    const isolation = bound.call.live ? 'repeatable read' : 'read committed';
    const result = await transact(caller, isolation, (ctx) => bound.run(ctx, parsed));
    return bound.call.out.parse(result);
  }

  async function dispatch(name: string, input: unknown, caller: Caller): Promise<Answer> {
    const bound = by_name.get(name);
    const arrived_ms = performance.now();
    if (inflight >= inflight_max)
      return refusal(
        new UnavailableError('app.busy', 'The server is busy. Try again in a moment.'),
        name,
      );
    if (bound === undefined)
      return refusal(new CallerError('app.unknown-call', 'There is no such call.', 404), name);
    let count = counts.get(name);
    if (count === undefined) counts.set(name, (count = { ok: 0, refused: 0, failed: 0 }));
    inflight += 1;
    try {
      const ok = await answer(bound, input, caller);
      count.ok += 1;
      return { status: 200, body: { ok } };
    } catch (cause) {
      const refused = refusal(cause, name);
      if (refused.status >= 500) count.failed += 1;
      else count.refused += 1;
      if (bound.call.steady_refusal_ms !== undefined)
        await steady(arrived_ms, bound.call.steady_refusal_ms);
      return refused;
    } finally {
      inflight -= 1;
    }
  }

  function refusal(cause: unknown, name: string): Answer {
    const known = isAway(cause)
      ? new UnavailableError(
          'app.database-away',
          'The database is not available just now. Try again in a moment.',
        )
      : cause;
    const { status, error } = toWire(known, randomUUID());
    if (error.id !== undefined)
      log.error({ err: cause, id: error.id, call: name }, 'a call failed');
    return { status, body: { error } };
  }

  return {
    dispatch,
    act: (work) => transact({ actor: system }, 'read committed', work),
    get inflight() {
      return inflight;
    },
    counts,
  };
}

/** Waits for the next multiple of `step_ms` after arrival. */
async function steady(arrived_ms: number, step_ms: number): Promise<void> {
  const spent = performance.now() - arrived_ms;
  await delay(Math.ceil(spent / step_ms) * step_ms - spent);
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

export type { Reader };
