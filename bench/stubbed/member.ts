/**
 * For the bench alone: a member that takes every step of the real one with the delivery service and
 * computes nothing. KeyPackage and info are random bytes as long as real ones, commit and Welcome the
 * list of who is there, in clear, and keys zeros. It leaves out what comes after the first picture: messages,
 * beats, coming back, hosts.
 */
import { toBase64url, fromBase64url } from '#src/protocol/link/base64url.ts';
import { deriveDoor } from '#src/protocol/link/door.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import { identityOf } from '#src/protocol/encryption/kdf.ts';
import { wall_clock } from '#src/meet/web/group/clock.ts';
import type { Entry, GroupState, WaitingKnock } from '#src/meet/web/group/delivery.ts';
import { hearAnswer, type Ticket } from '#src/meet/web/group/entering.ts';
import { Line, openDoors } from '#src/meet/web/group/line.ts';
import type { Member, MemberEvent, MemberStart } from '#src/meet/web/group/member.ts';
import type { Phase } from '#src/meet/web/group/view.ts';

/** As the worker imports them from the real one. */

interface Person {
  readonly id: string;
  readonly name: string;
}

/** What real ones weigh in a group of two. */
const weigh = { key_package: 330, info: 1800 } as const;
const key_bytes = 32;
const code = '00000 00000 00000 00000 00000 00000';

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

const text = new TextEncoder();

function write(people: readonly Person[]): string {
  return toBase64url(text.encode(JSON.stringify(people)));
}

function read(spelled: string): Person[] {
  return JSON.parse(new TextDecoder().decode(fromBase64url(spelled) ?? undefined)) as Person[];
}

export function startMember(start: MemberStart, onEvent: (event: MemberEvent) => void): Member {
  const member = new StubbedMember(start, onEvent);
  void member.run();
  return member;
}

class StubbedMember implements Member {
  readonly #start: MemberStart;
  readonly #onEvent: (event: MemberEvent) => void;
  readonly #ending = new AbortController();
  #line!: Line;
  #id = '';
  #phase: Phase = 'connecting';
  #group = '';
  #epoch = 0;
  #people: readonly Person[] = [];
  readonly #in: Promise<void>;
  #enter: () => void = () => undefined;

  constructor(start: MemberStart, onEvent: (event: MemberEvent) => void) {
    this.#start = start;
    this.#onEvent = onEvent;
    this.#in = new Promise((resolve) => (this.#enter = resolve));
  }

  async run(): Promise<void> {
    const { room, link, origin, key } = this.#start;
    const { signal } = this.#ending;
    this.#id = await identityOf(key.public_key);
    this.#show();
    const door = toBase64url(await deriveDoor(link.secret, room));
    const doors = openDoors(origin, signal);
    const { fingerprint } = link;
    this.#line = new Line({ doors, room, door, fingerprint, key, clock: wall_clock, signal });
    const { group, media } = await this.#line.prove();
    if (media) this.#onEvent({ kind: 'ticket', ticket: media });
    const name = await this.#start.name;
    if (group === null) await this.#begin(name);
    else await this.#askIn(name);
  }

  async #begin(name: string): Promise<void> {
    const group = toBase64url(random(16));
    await this.#line.call('create', {
      group,
      info: toBase64url(random(weigh.info)),
      open: true,
    });
    this.#take(group, 0, [{ id: this.#id, name }]);
  }

  async #askIn(name: string): Promise<void> {
    this.#phase = 'waiting';
    this.#show();
    const asked = {
      link: this.#start.link.version,
      key_package: random(weigh.key_package),
      sealed_name: text.encode(name),
      mac: random(key_bytes),
      admit: null,
    };
    const door = { line: this.#line, onTicket: () => undefined };
    const { number } = await hearAnswer(door, asked, this.#ending.signal);
    const { group, epoch, welcome } = await this.#line.call('welcome', { knock: number });
    this.#take(group, epoch, read(welcome));
  }

  #take(group: string, epoch: number, people: readonly Person[]): void {
    this.#group = group;
    this.#phase = 'in';
    this.#open(epoch, people, true);
    this.#enter();
    this.#line.watch(group, {
      signal: this.#ending.signal,
      onState: (state: GroupState) => void this.#addAll(state.knocks),
      onEvent: ({ event, data }) => {
        if (event === 'keys.appended') this.#follow(data as Entry);
        if (event === 'keys.knocked')
          void this.#addAll((data as { knocks: WaitingKnock[] }).knocks);
        if (event === 'keys.readied') {
          const { epoch: ready } = data as { epoch: number };
          this.#onEvent({ kind: 'switch', epoch: BigInt(ready) });
        }
      },
      onRefused: () => undefined,
    });
  }

  #follow({ kind, epoch, msg }: Entry): void {
    if (kind === 'commit' && epoch === this.#epoch && msg !== null) {
      this.#open(epoch + 1, read(msg), false);
    }
  }

  #open(epoch: number, people: readonly Person[], first: boolean): void {
    this.#epoch = epoch;
    this.#people = people;
    const leaves = people.map(({ id }, leaf) => ({
      leaf,
      identity: id,
      media: new Uint8Array(key_bytes),
    }));
    const media = { epoch: BigInt(epoch), own: this.#id, first, removed: false, leaves };
    this.#onEvent({ kind: 'keys', ...media });
    this.#show();
    void this.#line.call('ready', { group: this.#group, epoch });
  }

  /** Whoever began the group commits. */
  async #addAll(knocks: readonly WaitingKnock[]): Promise<void> {
    if (this.#people[0]?.id !== this.#id || knocks.length === 0) return;
    const added = knocks.map(({ id, name }) => ({
      id,
      name: new TextDecoder().decode(fromBase64url(name) ?? undefined),
    }));
    const after = write([...this.#people, ...added]);
    await this.#line.call('commit', {
      group: this.#group,
      epoch: this.#epoch,
      msg: after,
      info: toBase64url(random(weigh.info)),
      welcomes: knocks.map(({ knock }) => ({ knock, welcome: after })),
      gone: [],
    });
  }

  async token(): Promise<Ticket> {
    await this.#in;
    return this.#line.call('token', {});
  }

  async leave(): Promise<void> {
    this.#ending.abort();
  }

  async send(): Promise<number> {
    return 0;
  }
  async host(): Promise<void> {
    await this.#in;
  }
  hearBeat(): void {
    this.#show();
  }
  note(): void {}

  renew(): void {
    this.#show();
  }
  beatNow(): void {
    this.#show();
  }
  answer(): void {
    this.#show();
  }

  #show(): void {
    const inside = this.#phase === 'in';
    const people = this.#people.map(({ id, name }, leaf) => ({
      leaf,
      id,
      key_hash: '',
      name,
      role: 'guest' as const,
      beaten: true,
      away: false,
    }));
    this.#onEvent({
      kind: 'view',
      view: {
        phase: this.#phase,
        fault: null,
        epoch: inside ? BigInt(this.#epoch) : null,
        leaf: inside ? people.findIndex(({ id }) => id === this.#id) : null,
        id: this.#id,
        code: inside ? code : null,
        mode: 'meeting',
        guests: [],
        stage: [],
        codecs: [],
        gate: inside ? 'open' : null,
        pulse: 'well',
        waiting: [],
        people,
      },
    });
  }
}
