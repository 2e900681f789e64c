/** The way into a meeting's group: beginning it, being taken in, or coming back to one's seat. */
import type { RootKey } from '../../../protocol/link/root.ts';
import type { Link } from '../../../protocol/link/link.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { admit, type Admit } from '../../../protocol/encryption/admit.ts';
import { appoint } from '../../../protocol/encryption/appointment.ts';
import type { LeafKey } from '../../../protocol/encryption/ed25519.ts';
import { encodeJson } from '../../../protocol/encryption/json.ts';
import { chainOf, newPolicy } from '../../../protocol/encryption/policy.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { create, newGroupId } from '../../../protocol/mls/create.ts';
import { retire, sealGroupInfo } from '../../../protocol/mls/group.ts';
import type { Group } from '../../../protocol/mls/group.ts';
import { join } from '../../../protocol/mls/join.ts';
import { knock, type Knock } from '../../../protocol/mls/knock.ts';
import { newLeaf, type Leaf } from '../../../protocol/mls/leaf.ts';
import { pause } from './clock.ts';
import type { Clock } from './clock.ts';
import { bytesFrom, epochFrom, handed_bytes_max } from './delivery.ts';
import type { KnockAnswer, Proven } from './delivery.ts';
import { isRefused, type Line } from './line.ts';
import type { ExtraCodec } from '../../../protocol/encryption/profile.ts';
import type { Note } from './note.ts';
import { rehearse } from './rehearsal.ts';
import { comeBack } from './returning.ts';

/** What a browser keeps of a group beyond its state, which is in memory only. */
export interface Memory {
  /** base64url. */
  readonly group: string;
  /** The highest epoch it was in: nothing older is taken from the server again. */
  readonly epoch: bigint;
}

/** What the media engine lets a leaf in by. */
export interface Ticket {
  readonly token: string;
  readonly media_path: string;
  /** In the group, when it was given. */
  readonly people: number;
}

/** What one comes with. */
export interface Visitor {
  readonly line: Line;
  readonly clock: Clock;
  readonly link: Link;
  /** The link promises a host: nobody but a holder of the root key begins the group. */
  readonly hosted: boolean;
  readonly name: string;
  readonly note: Note;
  readonly codecs: readonly ExtraCodec[];
  readonly key: LeafKey;
  readonly root: RootKey | null;
  readonly memory: Memory | null;
  readonly signal: AbortSignal;
  /**
   * Told with the Welcome before it is opened, and where all may come in with the knock: the way to
   * the media engine takes a while.
   */
  readonly onTicket: (ticket: Ticket) => void;
  /** Told before one is to enter, where all may come in: a ticket that is good from the knock on. */
  readonly onTicketAhead: (ticket: Ticket) => void;
  /** Told when one has to be let in. */
  readonly onWaiting: () => void;
}

export interface Entered {
  readonly group: Group;
  /** The entry of the log up to which `group` has followed. */
  readonly seq: number;
}

/** Why nobody will let this visitor in. */
export class TurnedAway extends Error {
  readonly answer: KnockAnswer;
  constructor(answer: KnockAnswer) {
    super(`The answer to the knock was: ${answer}.`);
    this.name = 'TurnedAway';
    this.answer = answer;
  }
}

/** What can be done before one is to enter. */
export interface Early {
  /** As of then: the meeting may have changed since. Null where the service could not be asked. */
  readonly proven: Proven | null;
  readonly leaf: Leaf;
  readonly made_ms: number;
}

const between_knocks_ms = 500;
/** How often one who waits looks whether there is still a group that could let it in. */
const look_ms = 5000;
/** The first look, where what was known of the group may be old. */
const early_look_ms = 1000;
/** A KeyPackage is good for 24 hours. */
const early_leaf_ms_max = 12 * 3_600_000;

/** Proves the key and makes a leaf, while a person still looks at their picture. */
export async function prepare(visitor: Visitor): Promise<Early> {
  const { line, clock, key } = visitor;
  const made_ms = clock.now_ms();
  const [proven, leaf] = await Promise.all([
    // Whatever is wrong is found again, and told, when one enters.
    line.prove().catch(() => null),
    newLeaf(key, made_ms),
  ]);
  if (proven?.media && !wasIn(visitor, proven)) visitor.onTicketAhead(proven.media);
  void rehearse(made_ms);
  return { proven, leaf, made_ms };
}

/** Who was in this group before and is no leaf of it may have been put out: the answer comes first. */
function wasIn({ memory }: Visitor, { group }: Proven): boolean {
  return group !== null && memory?.group === group.group;
}

/**
 * Into the group, by whichever way is open.
 * @throws TurnedAway; Refusal what the server or a committer offered was refused; Refused
 */
export async function enter(visitor: Visitor, early: Early | null = null): Promise<Entered> {
  const { line, clock, root, hosted, signal } = visitor;
  for (let first = early; ; first = null) {
    const proven = first?.proven ?? (await line.prove());
    const back = proven.group?.leaf ? await takeSeat(visitor, proven.group.group) : null;
    if (back) return back;
    const entered =
      proven.group === null && (root !== null || !hosted)
        ? await begin(visitor)
        : await askIn(visitor, proven, first);
    if (entered) return entered;
    await pause(clock, between_knocks_ms, signal);
  }
}

/**
 * Back to one's own seat; null where the tree has none any more. To the service, who was removed
 * while connected is a leaf still.
 */
async function takeSeat(visitor: Visitor, group: string): Promise<Entered | null> {
  try {
    return await comeBack(visitor, group);
  } catch (cause) {
    if (cause instanceof Refusal && cause.code === 'resync.seat') return null;
    throw cause;
  }
}

/** Begins the group; null where another was quicker. A holder of the root key is its host. */
async function begin(visitor: Visitor): Promise<Entered | null> {
  const { line, clock, link, key, root } = visitor;
  const created = clock.now_ms();
  const id = newGroupId();
  const open = newPolicy(toBase64url(line.root ?? new Uint8Array()), link.version, created);
  const place = { room: link.room, group: id, created };
  const hosts = root ? [await appoint(root, key.public_key, place)] : [];
  const policy = { ...open, hosts };
  const group = await create(await newLeaf(key, clock.now_ms()), link, id, policy);
  const info = toBase64url(await sealGroupInfo(group));
  const { made } = await line.call('create', {
    group: toBase64url(id),
    info,
    open: policy.gate === 'open',
  });
  if (!made) {
    retire(group, null);
    return null;
  }
  if (root) {
    await line.showHosting({ chain: chainOf(policy, toBase64url(key.public_key)), created });
  }
  return { group, seq: 0 };
}

/** Knocks, waits, and takes the Welcome; null where it is to be tried from the start. */
async function askIn(
  visitor: Visitor,
  proven: Proven,
  early: Early | null,
): Promise<Entered | null> {
  const { link, name, note, key, root } = visitor;
  visitor.onWaiting();
  const changed = note.changed().then((): Heard => ({ number: '', answer: 'void' }));
  const leaf = await leafOf(visitor, early);
  const consent = root && proven.group ? await admitSelf(root, key, proven.group) : null;
  // Left while the leaf was made: nobody knocks.
  visitor.signal.throwIfAborted();
  const waiting = new AbortController();
  const end = (): void => waiting.abort();
  visitor.signal.addEventListener('abort', end, { once: true });
  try {
    const asked = await knock(leaf, link, { name, note: note.text }, consent);
    const onTicket = wasIn(visitor, proven) ? () => undefined : visitor.onTicket;
    const heard = hearAnswer({ line: visitor.line, onTicket }, asked, waiting.signal);
    const first_ms = early === null ? look_ms : early_look_ms;
    const door = watchDoor(visitor, first_ms, waiting.signal);
    const { number, answer } = await Promise.race([heard, door, changed]);
    if (answer === 'denied' || answer === 'relinked') throw new TurnedAway(answer);
    return answer === 'welcomed' ? await takeWelcome(visitor, leaf, number) : null;
  } finally {
    waiting.abort();
    visitor.signal.removeEventListener('abort', end);
  }
}

/** Each leaf is for one knock. */
async function leafOf({ key, clock }: Visitor, early: Early | null): Promise<Leaf> {
  const now_ms = clock.now_ms();
  if (early && now_ms - early.made_ms < early_leaf_ms_max) return early.leaf;
  return newLeaf(key, now_ms);
}

/** The root's own consent: its holder returns through any gate. */
function admitSelf(
  root: RootKey,
  key: LeafKey,
  { group, epoch }: NonNullable<Proven['group']>,
): Promise<Admit> {
  return admit(root, key.public_key, bytesFrom(group, 16), epochFrom(epoch));
}

export interface Heard {
  readonly number: string;
  readonly answer: KnockAnswer;
}

/** Knocks, and resolves with what it was answered. */
export function hearAnswer(
  { line, onTicket }: Pick<Visitor, 'line' | 'onTicket'>,
  asked: Knock,
  signal: AbortSignal,
): Promise<Heard> {
  const { link, key_package, sealed_name, mac } = asked;
  const wire = {
    link,
    kp: toBase64url(key_package),
    name: toBase64url(sealed_name),
    mac: toBase64url(mac),
    admit: asked.admit && toBase64url(encodeJson(asked.admit, 1024)),
  };
  return new Promise((resolve, reject) => {
    let number = '';
    const take = (answer: KnockAnswer | null | undefined): void => {
      if (answer) resolve({ number, answer });
    };
    line.knock(wire, {
      signal,
      onState: (state) => {
        number = state.knock;
        if (state.media) onTicket(state.media);
        take(state.answer);
      },
      onEvent: ({ event, data }) => {
        const { knocks = [] } = data as { knocks?: { knock: string; answer: KnockAnswer }[] };
        if (event === 'keys.answered') take(knocks.find((each) => each.knock === number)?.answer);
      },
      onRefused: (cause) =>
        isRefused(cause, 'keys.relinked') ? resolve({ number, answer: 'relinked' }) : reject(cause),
    });
  });
}

/** Resolves when there is no group any more in which somebody could answer. */
async function watchDoor(
  { line, clock }: Visitor,
  first_ms: number,
  signal: AbortSignal,
): Promise<Heard> {
  try {
    for (let wait_ms = first_ms; ; wait_ms = look_ms) {
      await pause(clock, wait_ms, signal);
      const { group } = await line.prove();
      if (group === null) return { number: '', answer: 'void' };
    }
  } catch {
    // Whoever knocks hears the same fault.
    return new Promise(() => undefined);
  }
}

async function takeWelcome(visitor: Visitor, leaf: Leaf, number: string): Promise<Entered | null> {
  const { line, clock, link, hosted, memory } = visitor;
  const given = await line.call('welcome', { knock: number }).catch((cause: unknown) => {
    if (isRefused(cause, 'keys.no-welcome')) return null;
    throw cause;
  });
  if (!given) return null;
  const { token, media_path, people } = given;
  visitor.onTicket({ token, media_path, people });
  const epoch = epochFrom(given.epoch);
  const older = memory?.group === given.group && epoch < memory.epoch;
  must(!older, 'resync.old', 'an info older than what was seen');
  const entrance = {
    link,
    hosted,
    group: bytesFrom(given.group, 16),
    epoch,
    info: bytesFrom(given.info, handed_bytes_max.info),
    now_ms: clock.now_ms(),
  };
  const group = await join(leaf, bytesFrom(given.welcome, handed_bytes_max.welcome), entrance);
  return { group, seq: given.seq };
}

/** The link of a group as it is now: a new version of it came out of the group itself. */
export function linkOf(group: Group, link: Link): Link {
  const secret = group.links.get(group.policy.link);
  return secret ? { ...link, version: group.policy.link, secret } : link;
}
