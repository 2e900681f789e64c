/**
 * The contract kit: what may cross the wire, named once and used by both sides.
 *
 * Generic parameters are constrained only by `Shape<T>`, never by a schema library's own type:
 * that keeps the browser's program shallow (docs/decisions). Schemas are zod on the server; the
 * browser imports contracts as types and carries no schema at all. Wire types have no
 * transforms, and every string and list has a maximum.
 */
export interface Shape<T> {
  parse(data: unknown): T;
}

/** How often one address may make a call: `burst` at once, then one each `refill_ms`. */
export interface Rate {
  readonly burst: number;
  readonly refill_ms: number;
}

export interface Call<In, Out> {
  readonly in: Shape<In>;
  readonly out: Shape<Out>;
  /** Only over the live connection, because the call follows an account's events. */
  readonly live?: boolean;
  readonly rate?: Rate;
  /**
   * Of the call's whole input as JSON, over HTTP; absent: the common limit. A frame of the live
   * connection has a limit of its own.
   */
  readonly body_bytes_max?: number;
  /**
   * Refusals leave at the next multiple of this many milliseconds after arrival, so that their
   * time does not tell an absent thing from a wrong key to it.
   */
  readonly steady_refusal_ms?: number;
}

export interface Event<Data> {
  readonly data: Shape<Data>;
}

export interface Contract<
  Calls extends Record<string, Call<unknown, unknown>>,
  Events extends Record<string, Event<unknown>>,
> {
  readonly room: string;
  readonly calls: Calls;
  readonly events: Events;
}

/** One call of a room: its input, its output, and its limits. */
export function call<In, Out>(definition: Call<In, Out>): Call<In, Out> {
  return definition;
}

/** One event of a room; its name is a past participle. */
export function event<Data>(data: Shape<Data>): Event<Data> {
  return { data };
}

/** A room's contract. On the wire its calls and events are named `room.name`. */
export function contract<
  Calls extends Record<string, Call<unknown, unknown>>,
  Events extends Record<string, Event<unknown>>,
>(room: string, parts: { calls: Calls; events: Events }): Contract<Calls, Events> {
  return { room, ...parts };
}

export type Input<C> = C extends Call<infer In, unknown> ? In : never;
export type Output<C> = C extends Call<unknown, infer Out> ? Out : never;
export type EventData<E> = E extends Event<infer Data> ? Data : never;

/** A call over the live connection: `id` is the caller's, and comes back with the answer. */
export interface CallFrame {
  readonly id: number;
  readonly call: string;
  readonly in: unknown;
}

/** An event as it is delivered. `seq` is the account's: the cursor to resume from. */
export interface EventFrame {
  readonly event: string;
  readonly account: string;
  readonly seq: number;
  readonly data: unknown;
}
