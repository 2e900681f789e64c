/**
 * The member of a meeting's MLS group, as it runs in a browser's worker. It drives the delivery
 * service, and gives the page who is here, the keys of each epoch, the messages of members, and what
 * is wrong. No DOM; events and calls survive postMessage.
 */
import { Refused } from '../../../app/client.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { deriveDoor } from '../../../protocol/link/door.ts';
import { openRoot } from '../../../protocol/link/root.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { LeafKey } from '../../../protocol/encryption/ed25519.ts';
import { identityOf } from '../../../protocol/encryption/kdf.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { pause, wall_clock, type Clock } from './clock.ts';
import { enter, TurnedAway, type Memory, type Visitor } from './entering.ts';
import { Line, openDoors, type Doors } from './line.ts';
import type { Saying } from './messages.ts';
import type { EpochMedia } from './sending.ts';
import { Stay, type End, type Said } from './stay.ts';
import { sameView, type MemberView, type Phase } from './view.ts';

export interface MemberStart {
  readonly room: string;
  readonly link: {
    readonly version: number;
    readonly secret: Bytes;
    readonly fingerprint: Bytes;
    /** The link promises that a host is there. */
    readonly hosted: boolean;
  };
  readonly name: string;
  /** `https://<host>`. */
  readonly origin: string;
  readonly key: LeafKey;
  /** 32 bytes, in the browser that made the meeting: its leaf becomes a host. */
  readonly root_seed: Bytes | null;
  /** As last told by `memory`. */
  readonly memory: Memory | null;
}

export type MemberEvent =
  | { readonly kind: 'view'; readonly view: MemberView }
  | ({ readonly kind: 'keys' } & EpochMedia)
  | { readonly kind: 'switch'; readonly epoch: bigint }
  /** The epoch does not count: another one will have its number. */
  | { readonly kind: 'dropped'; readonly epoch: bigint }
  | ({ readonly kind: 'app' } & Said)
  /** To be sent to all as a data frame. */
  | { readonly kind: 'beat'; readonly bytes: Bytes }
  /** To be stored before anything of this epoch is relied on. */
  | ({ readonly kind: 'memory' } & Memory);

export interface Member {
  /** Resolves with the message's place in the log. */
  send(saying: Saying | { readonly kind: 'profile'; readonly name: string }): Promise<number>;
  /** A data frame of a beat, from the participant of that name. */
  hearBeat(id: string, bytes: Bytes): void;
  leave(): Promise<void>;
  token(): Promise<{ readonly token: string; readonly media_path: string }>;
}

/** What a test puts in place of the network and of time. */
export interface World {
  readonly clock: Clock;
  readonly openDoors: (origin: string, signal: AbortSignal) => Doors;
}

const leave_ms_max = 2000;
const before_entering_anew_ms = 200;

/** Enters the meeting, and stays in it until `leave`. */
export function startMember(
  start: MemberStart,
  onEvent: (event: MemberEvent) => void,
  world: Partial<World> = {},
): Member {
  const member = new GroupMember(start, onEvent, { clock: wall_clock, openDoors, ...world });
  void member.run();
  return member;
}

class GroupMember implements Member {
  readonly #start: MemberStart;
  readonly #onEvent: (event: MemberEvent) => void;
  readonly #world: World;
  readonly #ending = new AbortController();
  #line: Line | undefined;
  #stay: Stay | undefined;
  #memory: Memory | null;
  #phase: Phase = 'connecting';
  #fault: string | null = null;
  #id = '';
  #view: MemberView | undefined;
  #been_in = false;

  constructor(start: MemberStart, onEvent: (event: MemberEvent) => void, world: World) {
    this.#start = start;
    this.#onEvent = onEvent;
    this.#world = world;
    this.#memory = start.memory;
  }

  async run(): Promise<void> {
    const { signal } = this.#ending;
    try {
      this.#id = await identityOf(this.#start.key.public_key);
      this.#show();
      const visitor = await this.#arrive();
      for (;;) {
        const entered = await enter({ ...visitor, memory: this.#memory });
        const end = await this.#stayIn(entered, { ...visitor, memory: this.#memory });
        if (end === 'removed') return this.#finish('removed', null);
        this.#phase = 'connecting';
        this.#show();
        await pause(this.#world.clock, before_entering_anew_ms, signal);
      }
    } catch (cause) {
      if (!signal.aborted) this.#finish(...this.#explain(cause));
    }
  }

  async send(
    saying: Saying | { readonly kind: 'profile'; readonly name: string },
  ): Promise<number> {
    const stay = this.#seated();
    return saying.kind === 'profile' ? stay.rename(saying.name) : stay.send(saying);
  }

  hearBeat(id: string, bytes: Bytes): void {
    this.#stay?.hearBeat(id, bytes);
  }

  async leave(): Promise<void> {
    const { clock } = this.#world;
    const said = this.#stay?.sayLeave().catch(() => undefined);
    // Whoever cannot reach the server leaves all the same: it will be lost to the others.
    if (said) await Promise.race([said, pause(clock, leave_ms_max, this.#ending.signal)]);
    this.#finish('over', null);
  }

  async token(): Promise<{ readonly token: string; readonly media_path: string }> {
    this.#seated();
    if (!this.#line) throw notIn();
    return this.#line.call('token', {});
  }

  #seated(): Stay {
    if (!this.#stay) throw notIn();
    return this.#stay;
  }

  async #arrive(): Promise<Visitor> {
    const { room, link, name, origin, key, root_seed } = this.#start;
    const { clock } = this.#world;
    const { signal } = this.#ending;
    const { version, secret, fingerprint, hosted } = link;
    const door = toBase64url(await deriveDoor(secret, room));
    const doors = this.#world.openDoors(origin, signal);
    const line = new Line({ doors, room, door, fingerprint, key, clock, signal });
    this.#line = line;
    return {
      line,
      clock,
      link: { room, version, secret, fingerprint },
      hosted,
      name,
      key,
      root: root_seed && (await openRoot(root_seed)),
      memory: this.#memory,
      signal,
      onWaiting: () => {
        this.#phase = 'waiting';
        this.#show();
      },
    };
  }

  #stayIn(entered: ConstructorParameters<typeof Stay>[0], visitor: Visitor): Promise<End> {
    const emit = this.#onEvent;
    return new Promise((resolve) => {
      const stay = new Stay(entered, visitor, {
        onMedia: (media) => emit({ kind: 'keys', ...media }),
        onDropped: (epoch) => emit({ kind: 'dropped', epoch }),
        onSwitch: (epoch) => emit({ kind: 'switch', epoch }),
        onSaid: (said) => emit({ kind: 'app', ...said }),
        onBeat: (bytes) => emit({ kind: 'beat', bytes }),
        onMemory: (memory) => {
          this.#memory = memory;
          emit({ kind: 'memory', ...memory });
        },
        onChange: () => this.#show(),
        onEnd: (end) => {
          if (this.#stay !== stay) return;
          this.#stay = undefined;
          stay.end();
          resolve(end);
        },
      });
      this.#stay = stay;
      this.#been_in = true;
      this.#phase = 'in';
    });
  }

  #explain(cause: unknown): [Phase, string] {
    if (cause instanceof TurnedAway) {
      return [cause.answer === 'denied' ? 'denied' : 'refused', `keys.${cause.answer}`];
    }
    if (cause instanceof Refusal) return ['refused', cause.code];
    if (cause instanceof Refused) {
      const ended = this.#been_in && cause.code === 'meet.no-meeting';
      return [ended ? 'over' : 'refused', cause.code];
    }
    return ['refused', 'app.internal'];
  }

  #finish(phase: Phase, fault: string | null): void {
    if (this.#ending.signal.aborted) return;
    this.#phase = phase;
    this.#fault = fault;
    this.#stay?.end();
    this.#stay = undefined;
    this.#show();
    this.#ending.abort(new DOMException('The member has ended.', 'AbortError'));
  }

  #show(): void {
    if (this.#ending.signal.aborted) return;
    const view = this.#look();
    if (this.#view && sameView(this.#view, view)) return;
    this.#view = view;
    this.#onEvent({ kind: 'view', view });
  }

  #look(): MemberView {
    const stay = this.#stay;
    const id = this.#id;
    // Until the first epoch is open here, its people are not known.
    if (!stay || stay.code === null) {
      const none = { epoch: null, leaf: null, code: null, gate: null, people: [] } as const;
      const phase = stay ? 'connecting' : this.#phase;
      return { phase, fault: this.#fault, id, pulse: 'well', ...none };
    }
    const { following, seats, needs, people, beating, code, fault } = stay;
    const { group, halt } = following;
    const halted = halt !== null && halt.why !== 'removed';
    return {
      phase: halted ? 'out-of-sync' : 'in',
      fault,
      epoch: group.epoch,
      leaf: group.leaf,
      id,
      code,
      gate: group.policy.gate,
      pulse: beating.state,
      people: seats.map(({ leaf, identity, key, key_hash, role }) => ({
        leaf,
        id: identity,
        key_hash,
        name: people.nameOf(key),
        role,
        beaten: leaf === group.leaf || beating.heard(key),
        away: needs.lost.has(identity),
      })),
    };
  }
}

function notIn(): Refused {
  const message = 'Not in the group of this meeting.';
  return new Refused({ fault: 'caller', code: 'keys.not-leaf', message });
}
