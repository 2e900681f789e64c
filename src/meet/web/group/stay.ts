/** One stay in a group: from entering it until one leaves, is removed, or has to enter anew. */
import { Refused } from '../../../app/client.ts';
import type { EventFrame } from '../../../app/contract.ts';
import type { Link } from '../../../protocol/link/link.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import type { SignedProfile } from '../../../protocol/encryption/profile.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { leaveGroup, verifyCode } from '../../../protocol/mls/group.ts';
import type { Member } from '../../../protocol/mls/group.ts';
import type { Expectation } from '../../../protocol/mls/receive.ts';
import { Beating } from './beating.ts';
import { Committing } from './committing.ts';
import type { Entry, GroupState, WaitingKnock } from './delivery.ts';
import { linkOf, type Entered, type Memory, type Visitor } from './entering.ts';
import type { PolicyAct } from './hosting.ts';
import { sendDirect } from './direct.ts';
import { Following, isRemoval, type Halt, type Listener, type Opened } from './following.ts';
import { greet, takeName, tellGiven } from './introducing.ts';
import { placeSaid, type Said } from './said.ts';
import { decodeMessage, encodeMessage } from './saying.ts';
import type { Direct, Saying } from './saying.ts';
import { Needs } from './needs.ts';
import { Outbox } from './outbox.ts';
import { People } from './people.ts';
import { isRefused } from './line.ts';
import { Queue } from './queue.ts';
import { comeBack } from './returning.ts';
import { readPeople, type Person } from './seats.ts';
import { Sending, type EpochMedia } from './sending.ts';
import type { PutOut } from './view.ts';
import { keepStanding } from './standing.ts';
import { Doorway, type Waiting } from './waiting.ts';

/** Why a stay ended: for `elsewhere` one has to enter anew, after `put-out` one may not. */
export type End = 'put-out' | 'elsewhere';

export interface Host {
  readonly onMedia: (media: EpochMedia) => void;
  readonly onDropped: (epoch: bigint) => void;
  readonly onSwitch: (epoch: bigint) => void;
  readonly onSaid: (said: Said) => void;
  /** Somebody has come, or come back: what was said before, they do not know. */
  readonly onGreeting: (id: string) => void;
  readonly onBeat: (bytes: Bytes) => void;
  readonly onMemory: (memory: Memory) => void;
  /** A host removed somebody, whose key may not come back. */
  readonly onPutOut: (put_out: PutOut) => void;
  /** The link is another one from now on: its secret came out of the group. */
  readonly onLink: (link: Link) => void;
  readonly onChange: () => void;
  readonly onEnd: (end: End) => void;
}

export class Stay implements Listener {
  /** As of the open epoch. */
  seats: readonly Person[] = [];
  code: string | null = null;
  /** Of what was refused, and of what failed. */
  fault: string | null = null;
  readonly following: Following;
  /** Who has to be let in or sent away by a person; empty for who is no host. */
  waiting: readonly Waiting[] = [];
  readonly needs = new Needs();
  readonly people = new People();
  readonly beating: Beating;
  readonly #visitor: Visitor;
  readonly #host: Host;
  readonly #queue = new Queue((cause) => this.#failed(cause));
  readonly #outbox: Outbox;
  readonly #sending: Sending;
  readonly #committing: Committing;
  readonly #doorway = new Doorway(this.needs);
  readonly #ending = new AbortController();
  #name: string;
  #epoch_max = -1n;

  constructor(entered: Entered, visitor: Visitor, host: Host) {
    const { line, clock, root, name } = visitor;
    this.#visitor = visitor;
    this.#host = host;
    this.#name = name;
    const { signal } = this.#ending;
    const queue = this.#queue;
    this.following = new Following(entered, { line, clock, queue, listener: this });
    const { following, needs } = this;
    this.#outbox = new Outbox({ following, line, clock, queue, signal });
    this.#sending = new Sending(clock, host.onSwitch);
    this.beating = new Beating(clock, host.onBeat, host.onChange);
    this.#committing = new Committing({
      following,
      needs,
      line,
      clock,
      queue,
      root,
      seats: () => this.seats,
      onAdrift: () => this.#comeBack(null),
    });
    const { group } = entered;
    queue.put(() => this.onOpened({ group, by: null, added: [], removed: [], returned: false }));
    this.#watch();
  }

  /** Resolves with the message's place in the log. @throws Refusal `json.*`, `mls.size` */
  async send(saying: Saying | Direct): Promise<number> {
    if (saying.kind === 'direct') return sendDirect(this, saying.to, saying);
    const body = encodeMessage(saying);
    return this.post(() => body);
  }

  /**
   * As `send`, where what is said depends on the epoch: it is made in the one it goes out in.
   * @param first before all that waits.
   */
  post(make: () => Bytes | Promise<Bytes>, first = false): Promise<number> {
    return this.#outbox.send(make, first);
  }

  /** A new name for oneself. @throws Refusal `profile.name`, `json.*` */
  async rename(name: string): Promise<number> {
    const own = await this.introduce(name);
    this.#name = name;
    this.#host.onChange();
    return this.post(() => encodeMessage({ kind: 'profiles', list: [own] }));
  }

  /** @throws Refusal `commit.*`, `policy.*`; Refused */
  host(act: PolicyAct): Promise<void> {
    return this.#committing.host(act);
  }

  /** A host lets somebody in, or sends them away. A knock that is over meanwhile is no fault. */
  answer(knock: string, admit: boolean): void {
    if (!admit) return this.#deny([knock]);
    if (this.needs.knocks.has(knock)) this.needs.admitted.add(knock);
    this.#goOn();
  }

  /** Tells the others that one leaves; resolves when the log has it. */
  async sayLeave(): Promise<void> {
    await this.#outbox.send(async () => {
      const leave = await leaveGroup(this.following.group);
      return encodeMessage({ kind: 'leave', leave });
    }, true);
  }

  /** Ends everything of this stay, and overwrites its secrets. */
  end(): void {
    if (this.#ending.signal.aborted) return;
    const cause = new DOMException('The stay in the group is over.', 'AbortError');
    this.#ending.abort(cause);
    this.#outbox.end(cause);
    this.#committing.end(cause);
    this.#sending.end();
    this.beating.end();
    this.#queue.put(() => this.following.end());
  }

  async onOpened(opened: Opened): Promise<void> {
    const { group, by, added, removed, returned } = opened;
    const { clock, line } = this.#visitor;
    const before = this.seats;
    this.seats = await readPeople(group);
    this.code = await verifyCode(group);
    this.fault = null;
    this.#tellPutOut(opened, before);
    // A commit may be void: those who were here before it keep their names so long.
    this.people.keep(new Set([...before, ...this.seats].map(({ key }) => key)));
    this.needs.keep(this.seats);
    this.#doorway.remember(this.seats);
    for (const { key } of added) this.needs.arrive(key, clock.now_ms());
    if (returned && by) this.needs.arrive(by.key, clock.now_ms());
    this.#remember(group.epoch);
    const how = { first: by === null, removed: removed.length > 0 };
    this.#host.onMedia(await this.#sending.open(group, how));
    this.#sending.look();
    this.beating.enterEpoch(group, this.seats);
    this.#committing.enterEpoch();
    await this.#committing.noteOpened(opened);
    await greet(this, opened, (promise) => this.#tell(promise));
    this.#tell(keepStanding(line, group));
    const link = linkOf(group, this.#visitor.link);
    if (link.version !== this.#visitor.link.version) this.#host.onLink(link);
    const epoch = Number(group.epoch);
    this.#tell(line.call('ready', { group: this.following.id, epoch }));
    this.#goOn();
  }

  async onMessage(by: Member, body: Bytes, seq: number): Promise<void> {
    this.needs.hear(by.key);
    const message = this.#read(body);
    if (message === null) return;
    if (message.kind === 'profiles') {
      if (await this.people.take(message.list, this.following.group.id)) this.#host.onChange();
      // Whoever carries the names of others has more than one.
      const came = this.seats.find(({ key }) => key === by.key);
      if (came && message.list.length === 1) this.#meet(came.identity);
    } else if (message.kind === 'leave') {
      const own = by.leaf === this.following.group.leaf;
      if (message.leave.key === by.key && !own) this.needs.leave(message.leave);
    } else this.#hear(await placeSaid(this, by, message, seq));
  }

  #meet(id: string): void {
    tellGiven(this, (promise) => this.#tell(promise));
    this.#host.onGreeting(id);
  }

  #hear(said: Said): void {
    if (said.saying.kind === 'rename' && said.lawful) {
      takeName(this, said.saying, (promise) => this.#tell(promise));
      this.#host.onChange();
    }
    this.#host.onSaid(said);
  }

  async onVoid(epoch: bigint): Promise<void> {
    const { group } = this.following;
    this.seats = await readPeople(group);
    this.code = await verifyCode(group);
    this.#host.onDropped(epoch);
    this.#sending.drop(epoch);
    this.beating.enterEpoch(group, this.seats);
    this.#committing.enterEpoch();
    this.#goOn();
  }

  onHalt({ seq, why, code }: Halt): void {
    this.#committing.enterEpoch();
    if (isRemoval(why)) return;
    this.fault = code;
    this.#host.onChange();
    const { line } = this.#visitor;
    this.#tell(line.call('refuse', { group: this.following.id, seq }));
  }

  onResumed(): void {
    this.fault = null;
    this.#goOn();
  }

  /** What broke a rule is never followed, and there is no way past it: the fault stays. */
  onHaltKept({ why, expected }: Halt): void {
    // Who was only thought lost is back by knocking: a removal that bans nobody is no judgement.
    if (why === 'removed') this.#host.onEnd('elsewhere');
    if (why === 'put-out') this.#host.onEnd('put-out');
    if (why === 'out') this.#comeBack(expected);
  }

  /** New keys for oneself: frames have used up what these are good for. */
  renew(): void {
    this.#committing.renew();
  }

  /** A beat that the participant of that name sent. */
  hearBeat(id: string, bytes: Bytes): void {
    this.beating.hear(id, bytes).catch((cause: unknown) => this.#failed(cause));
  }

  #tellPutOut({ group, by, removed }: Opened, before: readonly Person[]): void {
    if (by === null) return;
    for (const { key } of removed) {
      const id = before.find((seat) => seat.key === key)?.identity ?? '';
      if (!group.policy.banned.includes(id)) continue;
      this.#host.onPutOut({ id, name: this.people.nameOf(key), by: this.people.nameOf(by.key) });
    }
  }

  /** One's own profile. @throws Refusal `profile.name`, `json.*` */
  introduce(name = this.#name): Promise<SignedProfile> {
    const { key, clock, codecs } = this.#visitor;
    const said = { name, codecs };
    return this.people.introduce(key, this.following.group.id, said, clock.now_ms());
  }

  #remember(epoch: bigint): void {
    if (epoch <= this.#epoch_max) return;
    this.#epoch_max = epoch;
    this.#host.onMemory({ group: this.following.id, epoch });
  }

  #read(body: Bytes): ReturnType<typeof decodeMessage> | null {
    try {
      return decodeMessage(body);
    } catch (cause) {
      if (cause instanceof Refusal) return null;
      throw cause;
    }
  }

  #watch(): void {
    this.#visitor.line.watch(this.following.id, {
      signal: this.#ending.signal,
      onState: (state) => this.#queue.put(() => this.#takeState(state)),
      onEvent: (frame) => this.#queue.put(() => this.#takeEvent(frame)),
      onRefused: () => this.#host.onEnd('elsewhere'),
    });
  }

  async #takeState(state: GroupState): Promise<void> {
    const now_ms = this.#visitor.clock.now_ms();
    this.needs.setLost(state.lost, now_ms);
    this.needs.setKnocks(state.knocks);
    await this.following.pull(state.seq);
    if (state.ready) this.#sending.allReady(BigInt(state.epoch));
    if (state.ended) this.#host.onEnd('elsewhere');
    this.#goOn();
  }

  async #takeEvent({ event, data }: EventFrame): Promise<void> {
    const { needs, following } = this;
    const now_ms = this.#visitor.clock.now_ms();
    const { ids = [], knocks = [] } = data as {
      ids?: string[];
      knocks?: (WaitingKnock & { readonly answer?: string })[];
    };
    if (event === 'keys.appended') await following.hear(data as Entry);
    if (event === 'keys.knocked') needs.setKnocks([...needs.knocks.values(), ...knocks]);
    if (event === 'keys.answered') for (const { knock } of knocks) needs.knocks.delete(knock);
    if (event === 'keys.readied') this.#sending.allReady(BigInt((data as { epoch: number }).epoch));
    if (event === 'keys.lost') needs.setLost([...needs.lost.keys(), ...ids], now_ms);
    if (event === 'keys.found') for (const id of ids) needs.lost.delete(id);
    if (event === 'keys.parted') this.#part(ids, now_ms);
    if (event === 'keys.ended') this.#host.onEnd('elsewhere');
    this.#goOn();
  }

  /** No leaves any more to the service: whoever is one in the tree can do nothing there. */
  #part(ids: readonly string[], now_ms: number): void {
    const { needs, following, seats } = this;
    const own = seats.find(({ leaf }) => leaf === following.group.leaf)?.identity ?? '';
    // Of a removal one has read oneself, the time to be voided is waited for.
    if (ids.includes(own) && !isRemoval(following.halt?.why)) this.#host.onEnd('elsewhere');
    const there = seats.filter(({ identity }) => ids.includes(identity));
    const parted = there.map(({ identity }) => identity);
    needs.setLost([...needs.lost.keys(), ...parted], now_ms);
  }

  #goOn(): void {
    this.#queue.put(() => this.#attend());
    this.#queue.put(() => this.#committing.look());
    this.#outbox.pump().catch((cause: unknown) => this.#failed(cause));
    this.#host.onChange();
  }

  /** Looks who waits at the door. */
  async #attend(): Promise<void> {
    const { group } = this.following;
    const { waiting, denied } = await this.#doorway.judge(group, this.#visitor.clock.now_ms());
    const before = JSON.stringify(this.waiting);
    this.waiting = waiting;
    this.#deny(denied);
    if (JSON.stringify(waiting) !== before) this.#host.onChange();
  }

  #deny(knocks: readonly string[]): void {
    const { line } = this.#visitor;
    for (const knock of knocks) {
      const denied = line.call('deny', { knock }).catch((cause: unknown) => {
        if (!isRefused(cause, 'keys.no-knock')) throw cause;
      });
      this.#tell(denied);
    }
  }

  /** Back to one's own seat, from what the service has. Nothing else goes on meanwhile. */
  #comeBack(expected: Expectation | null): void {
    const { link } = this.#visitor;
    this.#queue.put(async () => {
      const { group, id } = this.following;
      const memory = { group: id, epoch: group.epoch };
      const visitor = { ...this.#visitor, link: linkOf(group, link), memory };
      await this.following.replace(await comeBack(visitor, id, expected ?? undefined));
    });
  }

  /** For what is said to the service and needs no answer. */
  #tell(promise: Promise<unknown>): void {
    promise.catch((cause: unknown) => this.#failed(cause));
  }

  #failed(cause: unknown): void {
    if (this.#ending.signal.aborted || this.#visitor.signal.aborted) return;
    if (cause instanceof Refused && cause.code === 'keys.not-leaf') return;
    this.fault = cause instanceof Refusal || cause instanceof Refused ? cause.code : 'app.internal';
    this.#host.onChange();
  }
}
