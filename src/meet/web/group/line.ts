/** A member's way to the delivery service, across broken connections. */
import { createApi, Refused, unreachable } from '../../../app/client.ts';
import type { Api } from '../../../app/client.ts';
import type { EventFrame, Input, Output } from '../../../app/contract.ts';
import { connectLive } from '../../../app/live.ts';
import type { Followed, Live } from '../../../app/live.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { rootFingerprint } from '../../../protocol/link/fingerprint.ts';
import { equal } from '../../../protocol/encryption/bytes.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { proveKey } from '../../../protocol/encryption/connection.ts';
import type { Signer } from '../../../protocol/encryption/ed25519.ts';
import { must } from '../../../protocol/encryption/refusal.ts';
import { pause } from './clock.ts';
import type { Clock } from './clock.ts';
import { bytesFrom } from './delivery.ts';
import type { Calls, Delivery, Proven } from './delivery.ts';

/** Both doors of the server. Given from outside where a test stands in between. */
export interface Doors {
  readonly live: Live<Delivery>;
  /** Over HTTP, where a message may be larger than a frame of the live connection. */
  readonly posted: Api<Delivery>;
}

export function openDoors(origin: string, signal: AbortSignal): Doors {
  const live = connectLive<Delivery>(`${origin.replace(/^http/, 'ws')}/ws`, signal);
  return { live, posted: createApi<Delivery>(origin) };
}

export interface LineParts {
  readonly doors: Doors;
  readonly room: string;
  /** Derived from the link, base64url; another when the link changes. */
  readonly door: string;
  /** Of the root key, from the link. */
  readonly fingerprint: Bytes;
  readonly key: Signer;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A host's appointments, and the policy's number they are signed over. */
export interface HostProof {
  readonly chain: NonNullable<Input<Calls['prove']>['chain']>;
  readonly created: number;
}

export interface Hearing<State> {
  readonly onState: (state: State) => void;
  readonly onEvent: (frame: EventFrame) => void;
  readonly onRefused: (error: Refused) => void;
  readonly signal: AbortSignal;
}

/** Calls that take the pass. */
type Name = Exclude<keyof Calls, 'hello' | 'prove' | 'knock' | 'watch'>;
type In<Call extends Name> = Omit<Input<Calls[Call]>, 'pass'>;
type Out<Call extends Name> = Output<Calls[Call]>;

/** Either they or their answers may be larger than a frame of the live connection. */
const posted: ReadonlySet<string> = new Set<Name>([
  'create',
  'welcome',
  'commit',
  'resync',
  'app',
  'log',
  'info',
]);
/** The connection on which the key was proven is gone. */
const unproven = new Set(['keys.not-proven', 'keys.other-line', 'keys.no-hello']);
const answer_ms_max = 20_000;
const failures_max = 5;

export class Line {
  /** The root key of the room, once `prove` has found it to be the link's. */
  root: Bytes | undefined;
  /** What makes this member a host to the service; told with each proof. */
  #host_proof: HostProof | undefined;
  #showing: Promise<unknown> = Promise.resolve();
  /** Derived from the link as it is now, base64url. */
  door: string;
  readonly #parts: LineParts;
  /** Never logged, and sent to nobody but the service. */
  #pass = '';

  constructor(parts: LineParts) {
    this.#parts = parts;
    this.door = parts.door;
  }

  /**
   * Proves the key on the connection there is; tries until that succeeds.
   * @throws Refused what the service refuses for good; Refusal `join.root`
   */
  async prove(): Promise<Proven> {
    for (let failures = 0; ; failures += 1) {
      this.#parts.signal.throwIfAborted();
      try {
        return await this.#proveOnce();
      } catch (cause) {
        // The connection may break between the nonce and its use.
        const stale = cause instanceof Refused && cause.code === 'keys.bad-proof';
        const again = failures < failures_max && stale;
        await this.#waitAfter(cause, failures, again || isUnproven(cause));
      }
    }
  }

  /** Resolves once the service knows of these appointments and of no others. @throws as `prove` */
  async showHosting(proof: HostProof | undefined): Promise<void> {
    if (JSON.stringify(proof) !== JSON.stringify(this.#host_proof)) {
      this.#host_proof = proof;
      this.#showing = this.prove().catch((cause: unknown) => {
        this.#host_proof = undefined;
        throw cause;
      });
    }
    await this.#showing;
  }

  async #proveOnce(): Promise<Proven> {
    const { doors, room, fingerprint, key } = this.#parts;
    const { keys } = doors.live.api;
    const { nonce, root } = await keys.hello({ room, door: this.door });
    const root_key = bytesFrom(root, 32);
    const right = equal(await rootFingerprint(root_key), fingerprint);
    must(right, 'join.root', "a root that is not the link's");
    this.root = root_key;
    const sig = toBase64url(await proveKey(key, bytesFrom(nonce, 32), room));
    const proof = { room, key: toBase64url(key.public_key), sig };
    const proven = await keys.prove({ ...proof, ...this.#host_proof }).catch((cause: unknown) => {
      // Of a group that has ended: its hosts are none in the next one.
      const over = isRefused(cause, 'keys.no-group') || isRefused(cause, 'keys.bad-chain');
      if (!over || !this.#host_proof) throw cause;
      this.#host_proof = undefined;
      return keys.prove(proof);
    });
    this.#pass = proven.pass;
    return proven;
  }

  /**
   * Calls with the pass until there is an answer, with the same bytes each time: the service
   * answers what it has seen as before.
   * @throws Refused what the caller did; or the signal's reason
   */
  async call<Call extends Name>(name: Call, input: In<Call>): Promise<Out<Call>> {
    for (let failures = 0; ; failures += 1) {
      this.#parts.signal.throwIfAborted();
      try {
        return await this.#send(name, { ...input, pass: this.#pass });
      } catch (cause) {
        if (isUnproven(cause)) await this.prove();
        else await this.#waitAfter(cause, failures, false);
      }
    }
  }

  #send<Call extends Name>(name: Call, input: object): Promise<Out<Call>> {
    const { doors } = this.#parts;
    type Send = (input: object, options: { signal: AbortSignal }) => Promise<Out<Call>>;
    const by_post = posted.has(name);
    const send = (by_post ? doors.posted : doors.live.api).keys[name] as unknown as Send;
    // The live connection sees for itself that it is dead, and its calls wait for the next one.
    return this.#within(by_post ? answer_ms_max : null, (signal) => send(input, { signal }));
  }

  /** Ends with the member, and after a while in which nobody answered. */
  async #within<Value>(
    wait_ms: number | null,
    act: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const { clock, signal } = this.#parts;
    const ending = new AbortController();
    const end = (): void => ending.abort(unreachable());
    const cancel = wait_ms === null ? null : clock.after(wait_ms, end);
    signal.addEventListener('abort', end, { once: true });
    const ended = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(unreachable()), { once: true });
    });
    try {
      return await Promise.race([act(ending.signal), ended]);
    } finally {
      cancel?.();
      signal.removeEventListener('abort', end);
    }
  }

  /** Waits as long as it makes sense to wait, or throws where trying again makes none. */
  async #waitAfter(cause: unknown, failures: number, again: boolean): Promise<void> {
    const { clock, signal } = this.#parts;
    if (signal.aborted) throw signal.reason;
    if (!(cause instanceof Refused)) throw cause;
    const { code, fault, retry_after_ms } = cause;
    const passing = code === 'app.unreachable' || fault !== 'caller';
    const hopeless = code === 'app.internal' && failures >= failures_max;
    if (!again && (!passing || hopeless)) throw cause;
    const wait_ms = retry_after_ms ?? Math.min(2000, 100 * 2 ** Math.min(failures, 10));
    await pause(clock, Math.min(wait_ms, 30_000), signal);
  }

  /** Follows the group's events, and proves the key on every new connection first. */
  watch(group: string, hearing: Hearing<Output<Calls['watch']>['state'] & object>): void {
    const { keys } = this.#parts.doors.live.api;
    this.#follow((pass, cursor) => keys.watch({ pass, group, cursor }), hearing);
  }

  /** Knocks with the same bytes on every new connection, and follows the answer. */
  knock(
    knock: Omit<Input<Calls['knock']>, 'pass'>,
    hearing: Hearing<Output<Calls['knock']>['state'] & object>,
  ): void {
    const { keys } = this.#parts.doors.live.api;
    this.#follow((pass) => keys.knock({ pass, ...knock }), hearing);
  }

  /** What was proven on this connection holds on it; only a new connection wants another proof. */
  async #askProven<State>(
    ask: (pass: string, cursor: number | null) => Promise<Followed<State>>,
    cursor: number | null,
  ): Promise<Followed<State>> {
    const proven = this.#pass;
    if (proven !== '') {
      try {
        return await ask(proven, cursor);
      } catch (cause) {
        if (!isUnproven(cause)) throw cause;
      }
    }
    const { pass } = await this.#proveOnce();
    return ask(pass, cursor);
  }

  #follow<State>(
    ask: (pass: string, cursor: number | null) => Promise<Followed<State>>,
    hearing: Hearing<State>,
  ): void {
    this.#parts.doors.live.follow<State>({
      ...hearing,
      ask: async (cursor) => {
        try {
          return await this.#askProven(ask, cursor);
        } catch (cause) {
          // The connection broke in between: the next one asks again.
          if (isUnproven(cause) || isRefused(cause, 'keys.bad-proof')) throw unreachable();
          throw cause;
        }
      },
    });
  }
}

function isUnproven(cause: unknown): boolean {
  return cause instanceof Refused && unproven.has(cause.code);
}

export function isRefused(cause: unknown, code: string): cause is Refused {
  return cause instanceof Refused && cause.code === code;
}
