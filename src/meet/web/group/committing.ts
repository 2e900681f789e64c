/** Committing what the group needs, in turn: the first by rank at once, each next one later. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import type { RootKey } from '../../../protocol/link/root.ts';
import { deriveDoor, hashDoor } from '../../../protocol/link/door.ts';
import { appoint } from '../../../protocol/encryption/appointment.ts';
import { adds_max } from '../../../protocol/encryption/consents.ts';
import type { Admit } from '../../../protocol/encryption/admit.ts';
import { bytesOf } from '../../../protocol/encryption/json.ts';
import { identityOf } from '../../../protocol/encryption/kdf.ts';
import { chainOf, hosts_max, isHost, type Policy } from '../../../protocol/encryption/policy.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { commit, type Intent, type Pending } from '../../../protocol/mls/commit.ts';
import { linkSecret, rank, type Group, type Seat } from '../../../protocol/mls/group.ts';
import { checkKnock, type Knocker } from '../../../protocol/mls/knock.ts';
import { leaves_max } from '../../../protocol/mls/wire.ts';
import { Refused } from '../../../app/client.ts';
import type { Clock } from './clock.ts';
import type { WaitingKnock } from './delivery.ts';
import type { Following, Opened } from './following.ts';
import type { Line } from './line.ts';
import { planAct, type PolicyAct } from './hosting.ts';
import { readKnock, type Need, type Needs } from './needs.ts';
import type { Queue } from './queue.ts';
import { sends, type Send } from '../../../protocol/encryption/rights.ts';
import { Renewal, storm_min } from './renewal.ts';
import { keepStanding } from './standing.ts';

/** Between the first committer's turn and the next one's. */
export const turn_ms = 400;
const after_fault_ms = 2000;
/** What a host asked for and is not done yet. */
const asked_max = 32;

interface Adding {
  readonly waiting: WaitingKnock;
  readonly knocker: Knocker;
}

interface Asked {
  readonly act: PolicyAct;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** What the service is told beside a commit: it lands with it or not at all. */
interface Beside {
  readonly welcomes: { knock: string; welcome: string }[];
  readonly gone: string[];
  readonly hosts?: string[];
  readonly door?: { link: number; hash: string };
  readonly open?: boolean;
  readonly guests?: Send[];
  readonly stage?: string[];
}

export interface CommittingParts {
  readonly following: Following;
  readonly needs: Needs;
  readonly line: Line;
  readonly clock: Clock;
  readonly queue: Queue;
  /** Of a browser that holds the root's seed: it makes its leaf a host. */
  readonly root: RootKey | null;
  readonly seats: () => readonly Seat[];
  /** The service takes no commit of this member before it has come back. */
  readonly onAdrift: () => void;
}

export class Committing {
  readonly #parts: CommittingParts;
  #cancelTurn: (() => void) | null = null;
  /** Whether the turn that is waited for is to do what only this member would. */
  #urgent = false;
  #cancelLook: () => void = () => undefined;
  #cancelled = false;
  /** After a batch that could not be made: one by one, to find which. */
  #single = false;
  #asked: Asked[] = [];
  readonly #renewal: Renewal;
  /** Of the epoch that is open, as text. */
  #policy = '';

  constructor(parts: CommittingParts) {
    this.#parts = parts;
    this.#renewal = new Renewal(toBase64url(parts.following.group.key.public_key));
  }

  /**
   * Does what a host may do; resolves when it is done. Other members' commits that are quicker only
   * delay it.
   * @throws Refusal `commit.*`, `policy.*`, `mls.size` where too much waits; Refused
   */
  host(act: PolicyAct): Promise<void> {
    must(this.#asked.length < asked_max, 'mls.size', 'more than may wait');
    return new Promise((resolve, reject) => {
      this.#asked.push({ act, resolve, reject });
      this.#parts.queue.put(() => this.look());
    });
  }

  /** Another epoch has another order of ranks. */
  enterEpoch(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = null;
  }

  /** What a new epoch means for the keys of those in it. */
  async noteOpened({ group, by, added, removed, returned }: Opened): Promise<void> {
    const { seats, clock } = this.#parts;
    const policy = JSON.stringify(group.policy);
    const other = added.length > 0 || policy !== this.#policy;
    this.#policy = policy;
    const back = returned ? toBase64url(group.key.public_key) : null;
    const begun = {
      keys: seats().map(({ key }) => key),
      by: by?.key ?? back,
      added: added.length,
      path: returned || removed.length > 0 || !other,
      place: added.length < storm_min ? 0 : await this.#placeBefore(group, added),
    };
    this.#renewal.enterEpoch(begun, clock.now_ms());
  }

  /** One's own rank among those who were there before these came. */
  async #placeBefore(group: Group, added: Opened['added']): Promise<number> {
    const fresh = added.map(({ leaf }) => leaf);
    return (await rank(group, fresh)).indexOf(group.leaf);
  }

  /** Makes new keys for oneself as soon as may be. */
  renew(): void {
    this.#renewal.want();
    this.#parts.queue.put(() => this.look());
  }

  /** Looks whether there is something to commit, and when it is one's turn. In the queue. */
  async look(): Promise<void> {
    this.#cancelLook();
    const { following, clock, queue } = this.#parts;
    if (this.#cancelled || !following.open || following.pending) return;
    const need = this.#need();
    const renewal_ms = this.#renewalAt();
    const next_ms = Math.min(need.next_ms ?? Infinity, renewal_ms);
    const renewing = renewal_ms <= clock.now_ms();
    if (next_ms !== Infinity && !renewing) this.#lookAfter(next_ms - clock.now_ms());
    const urgent = this.#isUrgent(need);
    if (this.#cancelTurn) {
      // In a large meeting one's turn may be half a minute away: what nobody else does is not kept.
      if (!urgent || this.#urgent) return;
      this.enterEpoch();
    }
    const idle = need.removes.length + need.knocks.length === 0;
    if (idle && !urgent && !renewing) return;
    const wait_ms = urgent || idle ? 0 : await this.#turn(need);
    if (wait_ms === null) return;
    this.#urgent = urgent;
    this.#cancelTurn = clock.after(wait_ms, () => {
      this.#cancelTurn = null;
      queue.put(() => this.#commit());
    });
  }

  /** What is this member's own to do: nobody else would. */
  #isUrgent({ knocks }: Need): boolean {
    const { admitted } = this.#parts.needs;
    if (this.#asked.length > 0 || this.#claiming()) return true;
    return knocks.some(({ knock }) => admitted.has(knock));
  }

  end(cause: unknown): void {
    this.#cancelled = true;
    for (const { reject } of this.#asked.splice(0)) reject(cause);
    this.#cancelLook();
    this.#cancelTurn?.();
  }

  #need(): Need {
    const { following, needs, clock, seats } = this.#parts;
    return needs.judge(following.group, seats(), clock.now_ms());
  }

  #renewalAt(): number {
    const { needs, seats } = this.#parts;
    const away = seats().filter(({ identity }) => needs.lost.has(identity));
    return this.#renewal.dueAt(new Set(away.map(({ key }) => key)));
  }

  #lookAfter(wait_ms: number): void {
    const { clock, queue } = this.#parts;
    this.#cancelLook();
    this.#cancelLook = clock.after(Math.max(0, wait_ms), () => queue.put(() => this.look()));
  }

  /** Milliseconds until one's turn; who is removed or lost has none. */
  async #turn({ removes }: Need): Promise<number | null> {
    const { following, needs, seats } = this.#parts;
    const away = seats().filter(({ identity }) => needs.lost.has(identity));
    const without = [...removes, ...away].map(({ leaf }) => leaf);
    const { group } = following;
    const order = await rank(
      group,
      without.filter((leaf) => leaf !== group.leaf),
    );
    const place = order.indexOf(group.leaf);
    return place < 0 ? null : place * turn_ms;
  }

  #claiming(): boolean {
    const { following, root } = this.#parts;
    const { policy, key } = following.group;
    if (root === null || policy.hosts.length >= hosts_max) return false;
    return !isHost(policy, toBase64url(key.public_key));
  }

  async #commit(): Promise<void> {
    const { following } = this.#parts;
    if (this.#cancelled || !following.open || following.pending) return;
    try {
      if (this.#claiming()) return await this.#claim();
      const [asked] = this.#asked;
      if (asked) return await this.#perform(asked);
      const need = this.#need();
      const adding = await this.#check(need.knocks);
      const idle = adding.length + need.removes.length === 0;
      if (idle && this.#renewalAt() > this.#parts.clock.now_ms()) return;
      await this.#make(need, adding);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.#lookAfter(after_fault_ms);
    }
  }

  async #make(need: Need, adding: readonly Adding[]): Promise<void> {
    const { following, needs } = this.#parts;
    const { group } = following;
    const intent: Intent = {
      add: adding.map(({ knocker }) => knocker),
      remove: need.removes.map(({ leaf }) => leaf),
      consents: { admits: admitsOf(adding), leaves: need.leaves },
    };
    try {
      const pending = await commit(group, intent);
      this.#single = false;
      this.#send(pending, {
        welcomes: pending.welcomes.flatMap(({ welcome }, at) => {
          const knock = adding[at]?.waiting.knock;
          return knock === undefined ? [] : [{ knock, welcome: toBase64url(welcome) }];
        }),
        gone: need.removes.map(({ identity }) => identity),
      });
    } catch (cause) {
      // With nothing to leave out it would fail again at once, and is tried later.
      const doubtful = need.leaves.length + adding.length > 0;
      if (!doubtful || !(cause instanceof Refusal)) throw cause;
      // A bad leave, or knocks that are good each by itself: what is doubtful goes first.
      if (need.leaves.length > 0) needs.forgetLeaves();
      else if (adding.length > 1) this.#single = true;
      else for (const { waiting } of adding) needs.refuse(waiting.knock, group.epoch, true);
      await this.look();
    }
  }

  /** Those of the knocks that may be added now, as many as a commit takes. */
  async #check(knocks: readonly WaitingKnock[]): Promise<Adding[]> {
    const { following, needs, clock, seats } = this.#parts;
    const { group } = following;
    const room = leaves_max - seats().length;
    const adding: Adding[] = [];
    const most = this.#single ? 1 : adds_max;
    for (const waiting of knocks) {
      if (adding.length >= Math.min(most, room)) break;
      try {
        const knocker = await checkKnock(group, readKnock(waiting), clock.now_ms());
        must(knocker.identity === waiting.id, 'knock.package', 'a knock with the key of another');
        adding.push({ waiting, knocker });
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        const passing = ['knock.copied', 'knock.link', 'knock.banned', 'admit.by'];
        needs.refuse(waiting.knock, group.epoch, !passing.includes(cause.code));
      }
    }
    return adding;
  }

  /** The holder of the root key lists its leaf (encryption design, section 4). */
  async #claim(): Promise<void> {
    const { following, line, root } = this.#parts;
    const { group } = following;
    if (!root) return;
    const { policy, room, id, key } = group;
    const created = policy.created;
    const entry = await appoint(root, key.public_key, { room, group: id, created });
    const hosts = [...policy.hosts, entry];
    const next: Policy = { ...policy, hosts };
    await line.showHosting({ chain: chainOf(next, entry.key), created });
    const pending = await commit(group, { policy: next });
    this.#send(pending, { welcomes: [], gone: [], hosts: await hostsOf(next) });
  }

  async #perform(asked: Asked): Promise<void> {
    const { following, line, seats } = this.#parts;
    const { group } = following;
    try {
      const plan = await planAct(group, seats(), asked.act);
      if (!plan) return await this.#conclude(asked, asked.resolve);
      const { policy, remove } = plan;
      await keepStanding(line, group);
      const pending = await commit(group, { policy, remove });
      const out = seats().filter(({ leaf }) => remove.includes(leaf));
      const gone = out.map(({ identity }) => identity);
      const door = policy.link === group.policy.link ? {} : { door: await doorOf(pending.next) };
      const told = { hosts: await hostsOf(policy), open: policy.gate === 'open', ...door };
      const guests = sends.filter((each) => policy.guests.includes(each));
      const stage = [...(policy.stage ?? [])];
      this.#send(pending, { welcomes: [], gone, guests, stage, ...told }, asked);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      await this.#conclude(asked, () => asked.reject(cause));
    }
  }

  async #conclude(asked: Asked, tell: () => void): Promise<void> {
    this.#asked = this.#asked.filter((each) => each !== asked);
    tell();
    await this.look();
  }

  /** Outside the queue, which the log needs to go on. The log decides whether it has won. */
  #send(pending: Pending, beside: Beside, asked: Asked | null = null): void {
    const { following, line, queue } = this.#parts;
    following.pending = pending;
    const epoch = Number(following.group.epoch);
    const { message, info } = pending;
    const bytes = { msg: toBase64url(message), info: toBase64url(info) };
    const input = { group: following.id, epoch, ...bytes, ...beside };
    line.call('commit', input).then(
      (answer) => queue.put(() => this.#answered(pending, 'seq' in answer, asked)),
      (cause: unknown) => queue.put(() => this.#failed(pending, cause, asked)),
    );
  }

  /** Whoever lost looks anew whether its intent still makes sense. */
  async #answered(pending: Pending, accepted: boolean, asked: Asked | null): Promise<void> {
    const { following } = this.#parts;
    if (!accepted) following.drop(pending);
    await following.pull();
    if (asked && accepted) await this.#conclude(asked, asked.resolve);
    else await this.look();
  }

  async #failed(pending: Pending, cause: unknown, asked: Asked | null): Promise<void> {
    const { following, onAdrift } = this.#parts;
    following.drop(pending);
    if (!(cause instanceof Refused) || this.#cancelled) return;
    if (cause.code === 'keys.adrift') return onAdrift();
    if (asked) await this.#conclude(asked, () => asked.reject(cause));
    this.#lookAfter(after_fault_ms);
  }
}

/** Identities of the hosts a policy lists: the service does not see it. */
function hostsOf({ hosts }: Policy): Promise<string[]> {
  return Promise.all(hosts.map(({ key }) => identityOf(bytesOf(key))));
}

/** The door of the link that begins with this state: its secret comes out of the group itself. */
async function doorOf(group: Group): Promise<{ link: number; hash: string }> {
  const door = await deriveDoor(linkSecret(group), group.room);
  return { link: group.policy.link, hash: toBase64url(await hashDoor(door)) };
}

/** Consents of those that are added, each of its own key. */
function admitsOf(adding: readonly Adding[]): Admit[] {
  return adding.flatMap(({ knocker }) => (knocker.admit ? [knocker.admit] : []));
}
