/**
 * The caller's side of the contract kit: typed calls over HTTP. Runs in browsers and in Node
 * (tests); carries no schema. The live connection is in live.ts, so that a page which only calls
 * loads only this.
 */
import type { Call, Contract, Event, Input, Output } from './contract.ts';
import type { Fault, WireError } from './error.ts';

type AnyContract = Contract<Record<string, Call<unknown, unknown>>, Record<string, Event<unknown>>>;
export type Contracts = Record<string, AnyContract>;

/** `api.room.name(input)`: one function per call of every contract. */
export type Api<Cs extends Contracts> = {
  readonly [Room in keyof Cs]: {
    readonly [Name in keyof Cs[Room]['calls']]: (
      input: Input<Cs[Room]['calls'][Name]>,
      options?: { signal?: AbortSignal },
    ) => Promise<Output<Cs[Room]['calls'][Name]>>;
  };
};

/** The server refused, or could not be reached (`app.unreachable`, fault `ours`). */
export class Refused extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly retry_after_ms: number | undefined;
  constructor(error: WireError) {
    super(error.message);
    this.name = 'Refused';
    this.code = error.code;
    this.fault = error.fault;
    this.retry_after_ms = error.retry_after_ms;
  }
}

export function unreachable(): Refused {
  const message = 'The server could not be reached.';
  return new Refused({ fault: 'ours', code: 'app.unreachable', message });
}

type Send = (name: string, input: unknown, signal: AbortSignal | undefined) => Promise<unknown>;

/** Turns `send` into an object of functions by name. The types come from the contracts alone. */
export function bind<Cs extends Contracts>(send: Send): Api<Cs> {
  const rooms = new Proxy(
    {},
    {
      get: (_target, room) =>
        new Proxy(
          {},
          {
            get: (_calls, name) => (input: unknown, options?: { signal?: AbortSignal }) =>
              send(`${String(room)}.${String(name)}`, input, options?.signal),
          },
        ),
    },
  );
  return rooms as Api<Cs>;
}

/** Calls over `POST <origin>/rpc/<name>`; in a browser `origin` is ''. */
export function createApi<Cs extends Contracts>(origin = ''): Api<Cs> {
  return bind<Cs>(async (name, input, signal) => {
    let response: Response;
    let answer: { ok?: unknown; error?: WireError };
    try {
      response = await fetch(`${origin}/rpc/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
        signal: signal ?? null,
      });
      answer = (await response.json()) as typeof answer;
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw unreachable();
    }
    if (answer.error) throw new Refused(answer.error);
    if (!response.ok) throw unreachable();
    return answer.ok;
  });
}
