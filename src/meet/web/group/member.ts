/**
 * The member of a meeting's MLS group, as it runs in a browser's worker. It drives the delivery
 * service, and gives the page who is here, the keys of each epoch, the messages of members, and what
 * is wrong. No DOM; events and calls survive postMessage.
 */
import { Refused } from '../../../app/client.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { deriveDoor } from '../../../protocol/link/door.ts';
import type { Link } from '../../../protocol/link/link.ts';
import { openRoot } from '../../../protocol/link/root.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { LeafKey } from '../../../protocol/encryption/ed25519.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import { identityOf } from '../../../protocol/encryption/kdf.ts';
import { note_length_max } from '../../../protocol/encryption/knock.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { retire } from '../../../protocol/mls/group.ts';
import { pause, wall_clock, type Clock } from './clock.ts';
import { enter, prepare, TurnedAway } from './entering.ts';
import type { Early, Entered, Memory, Ticket, Visitor } from './entering.ts';
import type { HostAct } from './hosting.ts';
import { lookOf, nothing_known } from './look.ts';
import { isRefused, Line, openDoors, type Doors } from './line.ts';
import { Note } from './note.ts';
import { actAsHost } from './ordering.ts';
import type { Said } from './said.ts';
import type { Direct, Saying } from './saying.ts';
import type { EpochMedia } from './sending.ts';
import { Stay, type End } from './stay.ts';
import { Over, sameView, type MemberView, type Phase, type PutOut } from './view.ts';

export interface MemberStart {
  readonly room: string;
  readonly link: {
    readonly version: number;
    readonly secret: Bytes;
    readonly fingerprint: Bytes;
    /** The link promises that a host is there. */
    readonly hosted: boolean;
  };
  /** Where it is promised, all that needs no name is done before it is there. */
  readonly name: string | Promise<string>;
  /** What this browser decodes besides what all do. */
  readonly codecs: readonly ExtraCodec[];
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
  /** Before one enters: good as soon as one has asked to. */
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | ({ readonly kind: 'app' } & Said)
  /** To be sent to all as a data frame. */
  | { readonly kind: 'beat'; readonly bytes: Bytes }
  /** The link has changed: whoever comes back or invites needs this one. */
  | { readonly kind: 'link'; readonly link: Link }
  | ({ readonly kind: 'put-out' } & PutOut)
  /** Who came, or came back, does not know what was said before. */
  | { readonly kind: 'greeting'; readonly id: string }
  /** To be stored before anything of this epoch is relied on. */
  | ({ readonly kind: 'memory' } & Memory);

export interface Member {
  /** Resolves with the message's place in the log. */
  send(
    saying: Saying | Direct | { readonly kind: 'profile'; readonly name: string },
  ): Promise<number>;
  /** A data frame of a beat, from the participant of that name. */
  hearBeat(id: string, bytes: Bytes): void;
  /** Somebody can be reached who could not before: they should not wait for the next beat. */
  beatNow(): void;
  /** @throws Refused; Refusal `commit.*`, `policy.*` */
  host(act: HostAct): Promise<void>;
  /** Lets in or sends away who waits; only a host's browser can. */
  answer(knock: string, admit: boolean): void;
  /** While one waits at the door: at most 300 UTF-16 units that the hosts read. */
  note(text: string): void;
  /** Makes new keys for oneself, without which no more frames could be sealed. */
  renew(): void;
  leave(): Promise<void>;
  /** A media token for the own leaf; waits until one is in. @throws Over; Refused */
  token(): Promise<Ticket>;
}

/** What a test puts in place of the network and of time. */
export interface World {
  readonly clock: Clock;
  readonly openDoors: (origin: string, signal: AbortSignal) => Doors;
}

const leave_ms_max = 2000;
const before_entering_anew_ms = 200;
/** How often it is asked again where a meeting is full, or a leaf is none at the moment. */
const before_asking_again_ms = 2000;

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
  /** Once it is another than one came with. */
  #link: Link | undefined;
  #phase: Phase = 'connecting';
  #fault: string | null = null;
  #id = '';
  readonly #note = new Note();
  #view: MemberView | undefined;
  #been_in = false;
  /** Of the knock or the Welcome, whichever came first; used once. Null once one was. */
  #ticket: Ticket | null | undefined;
  /** One was told ahead of the first entering: another would be tried when one is out again. */
  #told_ahead = false;
  /** Each looks whether what it waits for has come. */
  readonly #waiting = new Set<() => boolean>();

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
      const arrived = await this.#arrive();
      let early: Early | null = await prepare(arrived);
      const name = await this.#start.name;
      for (;;) {
        const visitor = { ...arrived, name, link: this.#link ?? arrived.link };
        const entered = await this.#enter(visitor, early);
        early = null;
        // Whoever leaves on the way in has no stay, and no secrets of one.
        if (signal.aborted) return retire(entered.group, null);
        const end = await this.#stayIn(entered, { ...visitor, memory: this.#memory });
        if (end === 'put-out') return this.#finish('removed', null);
        this.#phase = 'connecting';
        this.#show();
        await pause(this.#world.clock, before_entering_anew_ms, signal);
      }
    } catch (cause) {
      if (!signal.aborted) this.#finish(...this.#explain(cause));
    }
  }

  /** Who was in waits for a place where others took it meanwhile. */
  async #enter(visitor: Visitor, early: Early | null): Promise<Entered> {
    this.#ticket = this.#told_ahead ? null : undefined;
    this.#told_ahead = false;
    for (;;) {
      try {
        return await enter({ ...visitor, memory: this.#memory }, early);
      } catch (cause) {
        if (!this.#been_in || !isRefused(cause, 'keys.full')) throw cause;
        await pause(this.#world.clock, before_asking_again_ms, this.#ending.signal);
      }
    }
  }

  async send(
    saying: Saying | Direct | { readonly kind: 'profile'; readonly name: string },
  ): Promise<number> {
    const stay = this.#seated();
    return saying.kind === 'profile' ? stay.rename(saying.name) : stay.send(saying);
  }

  hearBeat(id: string, bytes: Bytes): void {
    this.#stay?.hearBeat(id, bytes);
  }

  beatNow(): void {
    this.#stay?.beating.beatNow();
  }

  async host(act: HostAct): Promise<void> {
    if (!this.#line) throw notIn();
    return actAsHost(this.#seated(), this.#line, act);
  }

  answer(knock: string, admit: boolean): void {
    this.#stay?.answer(knock, admit);
  }

  note(text: string): void {
    // Half of a character, cut or typed, could not be sent.
    this.#note.set(text.slice(0, note_length_max).replaceAll(/\p{Cs}/gu, ''));
  }

  renew(): void {
    this.#stay?.renew();
  }

  async leave(): Promise<void> {
    const { signal } = this.#ending;
    if (signal.aborted) return;
    const { clock } = this.#world;
    const said = this.#stay?.sayLeave();
    // Whoever cannot reach the server leaves all the same: it will be lost to the others.
    if (said) await Promise.race([said, pause(clock, leave_ms_max, signal)]).catch(() => undefined);
    this.#finish('over', null);
  }

  async token(): Promise<Ticket> {
    for (;;) {
      const line = await this.#untilLetIn();
      const ticket = this.#ticket;
      if (ticket) {
        this.#ticket = null;
        return ticket;
      }
      try {
        return await line.call('token', {});
      } catch (cause) {
        if (this.#ending.signal.aborted) throw new Over(this.#phase, this.#fault);
        // Removed a moment ago: the log will say so, and one enters anew.
        if (!isRefused(cause, 'keys.not-leaf')) throw cause;
        const { signal } = this.#ending;
        // How it ended, the next look says.
        await pause(this.#world.clock, before_entering_anew_ms, signal).catch(() => undefined);
      }
    }
  }

  /** Resolves with the line once one is in, or has been given a ticket; throws `Over`. */
  #untilLetIn(): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const { aborted } = this.#ending.signal;
        if (aborted) reject(new Over(this.#phase, this.#fault));
        else if (this.#line && (this.#ticket || this.#view?.phase === 'in')) resolve(this.#line);
        else return false;
        return true;
      };
      if (!look()) this.#waiting.add(look);
    });
  }

  #seated(): Stay {
    if (!this.#stay) throw notIn();
    return this.#stay;
  }

  async #arrive(): Promise<Visitor> {
    const { room, link, origin, codecs, key, root_seed } = this.#start;
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
      name: '',
      note: this.#note,
      codecs,
      key,
      root: root_seed && (await openRoot(root_seed)),
      memory: this.#memory,
      signal,
      onTicket: (ticket) => {
        // Left over, it would be tried when one is out again.
        if (this.#ticket === undefined) this.#ticket = ticket;
        this.#wake();
      },
      onTicketAhead: (ticket) => {
        this.#told_ahead = true;
        this.#onEvent({ kind: 'ticket', ticket });
      },
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
        onGreeting: (id) => emit({ kind: 'greeting', id }),
        onBeat: (bytes) => emit({ kind: 'beat', bytes }),
        onMemory: (memory) => {
          this.#memory = memory;
          emit({ kind: 'memory', ...memory });
        },
        onPutOut: (put_out) => emit({ kind: 'put-out', ...put_out }),
        onLink: (link) => {
          if (link.version === this.#link?.version) return;
          this.#link = link;
          emit({ kind: 'link', link });
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
      const { code } = cause;
      const ended = code === 'meet.ended' || (this.#been_in && code === 'meet.no-meeting');
      return [ended ? 'over' : 'refused', code];
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
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#waiting) if (look()) this.#waiting.delete(look);
  }

  #show(): void {
    if (this.#ending.signal.aborted) return;
    const view = this.#look();
    if (this.#view && sameView(this.#view, view)) return;
    this.#view = view;
    this.#onEvent({ kind: 'view', view });
    this.#wake();
  }

  #look(): MemberView {
    const stay = this.#stay;
    const id = this.#id;
    // Until the first epoch is open here, its people are not known.
    if (!stay || stay.code === null) {
      const phase = stay ? 'connecting' : this.#phase;
      return { ...nothing_known, phase, fault: this.#fault, id };
    }
    return lookOf(stay, id);
  }
}

function notIn(): Refused {
  const message = 'Not in the group of this meeting.';
  return new Refused({ fault: 'caller', code: 'keys.not-leaf', message });
}
