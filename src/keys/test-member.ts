/** A member as the tests make one: real keys and proofs, and messages of random bytes. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { EventFrame } from '../app/contract.ts';
import type { Events, Reader } from '../app/events.ts';
import type { Answer, Caller, Dispatcher, Line } from '../app/server.ts';
import type { Database } from '../app/database.ts';
import { CallerError } from '../app/error.ts';
import { appoint, type Appointment } from '../protocol/encryption/appointment.ts';
import { proveKey } from '../protocol/encryption/connection.ts';
import { generateLeafKey, type LeafKey } from '../protocol/encryption/ed25519.ts';
import type { Output } from '../app/contract.ts';
import type { GroupState, keys, KnockState } from './contract.ts';
import type { Media, Meeting, Meetings } from './desk.ts';
import { applyEvent, newGroup } from './group.ts';
import { readState } from './store.ts';

export const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
export const random = (length: number): string => b64(randomBytes(length));

/** Meetings as the meet room keeps them, so that this room is tested on the same rows. */
export const meetings: Meetings = {
  async enter(ctx, room, door) {
    const row = await ctx.tx
      .selectFrom('meeting')
      .select(['root', 'link', 'people_max', 'door_hash'])
      .where('id', '=', room)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    const shown = createHash('sha256').update(Buffer.from(door, 'base64url')).digest();
    if (!row?.door_hash.equals(shown)) throw new CallerError('meet.no-meeting', 'None.', 404);
    return row;
  },
  find: (ctx, room) => findMeeting(ctx, room, false),
  hold: (ctx, room) => findMeeting(ctx, room, true),
  async relink(ctx, room, { link, hash }) {
    const old = await ctx.tx
      .selectFrom('meeting')
      .select(['link', 'door_hash'])
      .where('id', '=', room)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await ctx.tx
      .updateTable('meeting')
      .set({ link, door_hash: hash })
      .where('id', '=', room)
      .execute();
    return { link: old.link, hash: old.door_hash };
  },
};

async function findMeeting(
  { tx }: Parameters<Meetings['find']>[0],
  room: string,
  held: boolean,
): Promise<Meeting | undefined> {
  const query = tx
    .selectFrom('meeting')
    .select(['root', 'link', 'people_max'])
    .where('id', '=', room)
    .where('ended_at', 'is', null);
  return (held ? query.forUpdate() : query).executeTakeFirst();
}

/** A media gate that notes whom it was asked to end. */
export function noteMedia(): Media & {
  readonly closed: string[];
  /** What the engine was told of permissions and silences, in order. */
  readonly told: unknown[];
} {
  const closed: string[] = [];
  const told: unknown[] = [];
  return {
    closed,
    told,
    permit: (_room, id, sends) => void told.push({ permit: id, sends }),
    quiet: (_room, ids, sends) => void told.push({ quiet: ids, sends }),
    mint: async (_ctx, { id }) => ({ token: `token of ${id}`, media_path: '/lk' }),
    close: async (_room, id) => void closed.push(id),
  };
}

export interface Place {
  readonly dispatcher: Dispatcher;
  readonly events: Events;
  readonly room: string;
  readonly door: string;
  readonly root: LeafKey;
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

export function newRoom(): string {
  return Array.from(randomBytes(26), (byte) => alphabet[byte & 31]).join('');
}

/** An open meeting's row, as the meet room writes it. */
export async function insertMeeting(
  db: Database,
  { room, root, door }: { room: string; root: Uint8Array; door: Uint8Array },
): Promise<void> {
  const account = `meet:${room}`;
  await db.insertInto('account').values({ id: account }).execute();
  const row = {
    id: room,
    account,
    root: Buffer.from(root),
    link: 1,
    people_max: 500,
    door_hash: createHash('sha256').update(door).digest(),
    created_at: new Date(),
  };
  await db.insertInto('meeting').values(row).execute();
}

/** A meeting in the database, and what its link holds. */
export async function makePlace(
  db: Database,
  parts: Pick<Place, 'dispatcher' | 'events'>,
): Promise<Place> {
  const room = newRoom();
  const door = randomBytes(32);
  const root = await generateLeafKey();
  await insertMeeting(db, { room, root: root.public_key, door });
  return { ...parts, room, door: b64(door), root };
}

/** The group's state as a newcomer is told it; also of one that has ended. */
export function stateOf(dispatcher: Dispatcher, group: string): Promise<GroupState> {
  return dispatcher.act(async (ctx) => {
    const query = ctx.tx.selectFrom('mls_group').selectAll().where('id', '=', group);
    const row = await query.executeTakeFirst();
    return row ? readState(ctx, row) : newGroup(group);
  });
}

/** A group of `count` members who follow it. */
export async function gather(place: Place, count: number): Promise<[Member, ...Member[]]> {
  const first = await Member.arrive(place);
  const others: Member[] = [];
  while (others.length < count - 1) others.push(await Member.arrive(place));
  await first.create();
  if (others.length > 0) await first.admit(0, others);
  for (const member of [first, ...others]) await member.watch();
  return [first, ...others];
}

/** The policy's time, over which appointments are signed. */
export const created = 1_790_000_000_000;

/** Appoints `key` by the root or by a host's leaf key. */
export function appointBy(signer: LeafKey, key: LeafKey, { place, group }: Member) {
  const bytes = new Uint8Array(Buffer.from(group, 'base64url'));
  return appoint(signer, key.public_key, { room: place.room, group: bytes, created });
}

/** Proves a member to be a host by the root's own appointment. */
export async function makeHost(member: Member): Promise<void> {
  await member.appear([await appointBy(member.place.root, member.key, member)], created);
}

/** One live connection without its bytes: what Sockets hands to the dispatcher. */
export class Wire {
  readonly caller: Caller & { readonly line: Line };
  readonly #gone = new AbortController();
  readonly #readers = new Map<string, Reader>();
  readonly #events: Events;
  onEvent: (frame: EventFrame) => void = () => undefined;
  /** Told when the server ends the reading of an account. */
  onLeave: (account: string) => void = () => undefined;

  constructor(events: Events) {
    this.#events = events;
    const line: Line = {
      closed: this.#gone.signal,
      leave: (account) => {
        this.#leave(account);
        this.onLeave(account);
      },
    };
    this.caller = {
      // An address of its own: the limits by address are not what these tests are about.
      actor: { kind: 'guest', address: [...randomBytes(4)].join('.') },
      line,
      follow: (account, cursor) => this.#follow(account, cursor),
    };
  }

  get accounts(): string[] {
    return [...this.#readers.keys()];
  }

  cut(): void {
    for (const account of this.accounts) this.#leave(account);
    this.#gone.abort();
  }

  #follow(account: string, cursor: number): void {
    if (this.#gone.signal.aborted) return;
    this.#leave(account);
    const take = (frame: string): void => {
      if (!this.#gone.signal.aborted) this.onEvent(JSON.parse(frame) as EventFrame);
    };
    const reader = { account, cursor, take };
    this.#readers.set(account, reader);
    this.#events.follow(reader);
  }

  #leave(account: string): void {
    const reader = this.#readers.get(account);
    if (reader) this.#events.leave(reader);
    this.#readers.delete(account);
  }
}

export class Refusal extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The code with which a call was refused. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const cause = await promise.then(
    (value) => assert.fail(`expected a refusal: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(cause instanceof Refusal, String(cause));
  return cause.code;
}

type Calls = typeof keys.calls;
type Out<Name extends keyof Calls> = Output<Calls[Name]>;

/** A person with a leaf key, on one connection at a time. */
export class Member {
  readonly place: Place;
  readonly key: LeafKey;
  wire: Wire;
  pass = '';
  id = '';
  link = 1;
  group = '';
  /** As the events say. */
  state: GroupState | undefined;
  cursor: number | null = null;
  readonly heard: EventFrame[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(place: Place, key: LeafKey) {
    this.place = place;
    this.key = key;
    this.wire = new Wire(place.events);
  }

  static async arrive(place: Place, key?: LeafKey): Promise<Member> {
    const member = new Member(place, key ?? (await generateLeafKey()));
    await member.prove();
    return member;
  }

  /** The answer, or a Refusal. `pass` and `group` are put in. */
  async call<Name extends keyof Calls>(name: Name, input: object = {}): Promise<Out<Name>> {
    const { dispatcher } = this.place;
    const whole = { pass: this.pass, group: this.group, ...input };
    const answer: Answer = await dispatcher.dispatch(`keys.${name}`, whole, this.wire.caller);
    if ('error' in answer.body) throw new Refusal(answer.body.error.code);
    return answer.body.ok as Out<Name>;
  }

  async prove(more: object = {}, door: string | null = this.place.door): Promise<Out<'prove'>> {
    const { room } = this.place;
    this.wire.onEvent = (frame) => this.#hear(frame);
    const { nonce } = await this.call('hello', { room, door });
    const bytes = new Uint8Array(Buffer.from(nonce, 'base64url'));
    const sig = b64(await proveKey(this.key, bytes, room));
    const proven = await this.call('prove', { room, key: b64(this.key.public_key), sig, ...more });
    ({ pass: this.pass, id: this.id, link: this.link } = proven);
    if (proven.group) this.group = proven.group.group;
    return proven;
  }

  /** Shows appointments of this key. */
  appear(chain: readonly Appointment[], at: number): Promise<Out<'prove'>> {
    return this.prove({ chain, created: at });
  }

  /** A new connection for the one that broke. */
  async reconnect(): Promise<void> {
    this.wire.cut();
    this.wire = new Wire(this.place.events);
    await this.prove();
  }

  async create(group = random(16)): Promise<void> {
    const answer = await this.call('create', { group, info: random(200) });
    this.group = answer.group;
  }

  /** Knocks; resolves with the number of the knock. */
  async knock(more: object = {}): Promise<string> {
    return (await this.ask(more)).knock;
  }

  /** Knocks; resolves with all that is answered at once. */
  async ask(more: object = {}): Promise<KnockState> {
    const bytes = { kp: random(300), name: random(60), mac: random(32), admit: null };
    const { state } = await this.call('knock', { link: this.link, ...bytes, ...more });
    assert.ok(state);
    return state;
  }

  async commit(epoch: number, more: object = {}): Promise<Out<'commit'>> {
    const bytes = { msg: random(300), info: random(300), welcomes: [], gone: [] };
    return this.call('commit', { epoch, ...bytes, ...more });
  }

  /** Takes in others who knock: one commit, and each takes its Welcome. */
  async admit(epoch: number, others: readonly Member[], more: object = {}): Promise<number> {
    const welcomes: { knock: string; welcome: string }[] = [];
    for (const other of others) welcomes.push({ knock: await other.knock(), welcome: random(300) });
    const answer = await this.commit(epoch, { welcomes, ...more });
    if (!('seq' in answer)) throw new Refusal('conflict');
    for (const [at, { knock }] of welcomes.entries()) await others[at]?.enter(knock);
    return answer.seq;
  }

  async enter(knock: string): Promise<Out<'welcome'>> {
    const welcome = await this.call('welcome', { knock });
    this.group = welcome.group;
    return welcome;
  }

  /** Follows the group, from where it was. */
  async watch(): Promise<void> {
    const answer = await this.call('watch', { cursor: this.cursor });
    if (answer.state === null) return;
    this.state = answer.state;
    this.cursor = answer.seq;
    for (const frame of this.#early.splice(0)) this.#hear(frame);
  }

  /** Resolves once `holds`, asked again at every event. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const ask = (): void => {
        if (!holds()) return;
        this.#waiting.delete(ask);
        resolve();
      };
      this.#waiting.add(ask);
      ask();
    });
  }

  /** Resolves with the first event of that name that was or will be heard. */
  async hears(name: string): Promise<EventFrame> {
    const find = (): EventFrame | undefined => this.heard.find(({ event }) => event === name);
    await this.until(() => find() !== undefined);
    return find() as EventFrame;
  }

  readonly #early: EventFrame[] = [];

  #hear(frame: EventFrame): void {
    if (frame.account === `keys:${this.group}`) {
      if (this.cursor === null || this.state === undefined) {
        this.#early.push(frame);
        return;
      }
      if (frame.seq <= this.cursor) return;
      this.cursor = frame.seq;
      this.state = applyEvent(this.state, frame);
    }
    this.heard.push(frame);
    for (const ask of this.#waiting) ask();
  }
}
