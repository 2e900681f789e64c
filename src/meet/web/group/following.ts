/** Following the log of a group: every entry once, in order, and nothing else moves the group. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import type { Bytes } from '../../../protocol/encryption/bytes.ts';
import { equal } from '../../../protocol/encryption/bytes.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { settle, type Pending } from '../../../protocol/mls/commit.ts';
import { memberList, retire, type Group, type Member } from '../../../protocol/mls/group.ts';
import { OutOfSync, receive, type Expectation } from '../../../protocol/mls/receive.ts';
import type { Clock } from './clock.ts';
import { bytesFrom, epochFrom, handed_bytes_max, type Entry } from './delivery.ts';
import type { Entered } from './entering.ts';
import type { Line } from './line.ts';
import type { Queue } from './queue.ts';

/** An epoch that has begun, and what began it. */
export interface Opened {
  readonly group: Group;
  /** Whose commit it was; null where one entered by it. */
  readonly by: Member | null;
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  readonly returned: boolean;
}

/**
 * A commit one does not stand behind. For 2 s the service may void it; until then, and where it is
 * not voided for good, nothing after it is applied.
 * - `removed`: it removes this member, which may knock again; `put-out`: which may not;
 * - `out`: it is lawful, and cannot be followed by this member;
 * - `refused`: it breaks a rule, or nobody can read it.
 */
export interface Halt {
  readonly seq: number;
  readonly why: 'removed' | 'put-out' | 'out' | 'refused';
  readonly code: string;
  readonly expected: Expectation | null;
}

/** Whether a halt stands for one's own removal, and nothing is wrong with the commit. */
export function isRemoval(why: Halt['why'] | undefined): boolean {
  return why === 'removed' || why === 'put-out';
}

export interface Listener {
  /** Within the queue: the group has moved. */
  onOpened(opened: Opened): Promise<void>;
  onMessage(by: Member, body: Bytes, seq: number): Promise<void>;
  /** The commit that began `epoch` does not count: the epoch before is open again. */
  onVoid(epoch: bigint): Promise<void>;
  onHalt(halt: Halt): void;
  /** The halting commit was voided. */
  onResumed(): void;
  /** It was not, and its time is over. */
  onHaltKept(halt: Halt): void;
}

interface Former {
  /** The last state before the epoch that is open now. */
  readonly group: Group;
  readonly seq: number;
  readonly forget: () => void;
}

/** How long a commit can be voided: the state before it is kept, and no longer. */
export const void_ms = 2000;

export class Following {
  /** The group as of the last entry. Only what runs in the queue may change it. */
  group: Group;
  /**
   * One's own commit that the service has not answered yet. It is kept while others close the epoch,
   * and while this member halts: where they are voided, the one under way may still be accepted.
   */
  pending: Pending | null = null;
  halt: Halt | null = null;
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #listener: Listener;
  readonly #id: string;
  /** Own messages under way, by their bytes: they cannot be decrypted by who sent them. */
  readonly #sent = new Map<string, { readonly epoch: bigint; readonly body: Bytes }>();
  #seq: number;
  #former: Former | null = null;
  #over = false;

  constructor(
    { group, seq }: Entered,
    parts: { line: Line; clock: Clock; queue: Queue; listener: Listener },
  ) {
    this.group = group;
    this.#seq = seq;
    this.#id = toBase64url(group.id);
    this.#line = parts.line;
    this.#clock = parts.clock;
    this.#queue = parts.queue;
    this.#listener = parts.listener;
  }

  /** The group's name as the service writes it. */
  get id(): string {
    return this.#id;
  }

  /** Whether a message of this epoch can be made and would count. */
  get open(): boolean {
    return !this.#over && this.halt === null;
  }

  /** Notes a message that was sent, to be heard again in its place in the log. */
  noteSent(message: Bytes, body: Bytes): void {
    this.#sent.set(toBase64url(message), { epoch: this.group.epoch, body });
  }

  /** Takes an entry that was told. In the queue. */
  async hear(entry: Entry): Promise<void> {
    if (entry.seq <= this.#seq) return;
    if (entry.seq === this.#seq + 1 && entry.msg !== null) await this.#take(entry);
    else await this.pull(entry.seq);
  }

  /** Reads the log up to `seq`, or to its end. In the queue. Throws `mls.malformed`; Refused. */
  async pull(seq = Infinity): Promise<void> {
    while (!this.#over && this.#seq < seq) {
      const page = await this.#line.call('log', { group: this.#id, from: this.#seq + 1 });
      if (page.entries.length === 0 && seq === Infinity) return;
      const before = this.#seq;
      for (const entry of page.entries) {
        if (entry.seq <= this.#seq) continue;
        must(entry.seq === this.#seq + 1, 'mls.malformed', 'a log with a gap');
        await this.#take(entry);
      }
      must(this.#seq > before, 'mls.malformed', 'a log that ends before its end');
      if (seq === Infinity && this.#seq >= page.seq) return;
    }
  }

  /** The state one came back with replaces the one that could not follow. In the queue. */
  async replace({ group, seq }: Entered): Promise<void> {
    this.#forgetFormer();
    const old = this.group;
    this.group = group;
    this.#seq = seq;
    this.halt = null;
    this.#abandon();
    retire(old, group);
    await this.#listener.onOpened({ group, by: null, added: [], removed: [], returned: true });
  }

  /** One's own commit will not be in the log. In the queue. */
  drop(pending: Pending): void {
    if (this.pending === pending) this.#abandon();
  }

  /** Overwrites what is left. In the queue; nothing is followed after it. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#abandon();
    this.#forgetFormer();
    retire(this.group, null);
  }

  async #take(entry: Entry): Promise<void> {
    this.#seq = entry.seq;
    if (entry.kind === 'void') return this.#undo(entry);
    if (this.#over || this.halt) return;
    const message = bytesFrom(entry.msg, handed_bytes_max.message);
    if (entry.kind === 'app') return this.#takeMessage(entry, message);
    try {
      must(epochFrom(entry.epoch) === this.group.epoch, 'mls.epoch', 'a log out of order');
      await this.#close(entry.seq, message);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      const out = cause instanceof OutOfSync;
      const expected = out ? cause.expected : null;
      this.#stop({ seq: entry.seq, why: out ? 'out' : 'refused', code: cause.code, expected });
    }
  }

  /** A message counts only in the epoch it stands in; what cannot be read harms its sender only. */
  async #takeMessage(entry: Entry, message: Bytes): Promise<void> {
    if (BigInt(entry.epoch) !== this.group.epoch) return;
    const { group } = this;
    const text = toBase64url(message);
    const own = this.#sent.get(text);
    if (own) {
      this.#sent.delete(text);
      const key = toBase64url(group.key.public_key);
      return this.#listener.onMessage({ leaf: group.leaf, key }, own.body, entry.seq);
    }
    try {
      const received = await receive(group, message);
      if (received.kind !== 'app') return;
      this.group = received.group;
      await this.#listener.onMessage(received.by, received.body, entry.seq);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
    }
  }

  /** A commit closes the epoch: one's own, or the one that was quicker. */
  async #close(seq: number, message: Bytes): Promise<void> {
    const before = this.group;
    const { pending } = this;
    if (pending && equal(pending.message, message)) {
      this.pending = null;
      settle(pending, true);
      const there = new Set(memberList(before).map(({ key }) => key));
      const after = memberList(pending.next);
      const stay = new Set(after.map(({ key }) => key));
      await this.#move(seq, {
        group: pending.next,
        by: { leaf: before.leaf, key: toBase64url(before.key.public_key) },
        added: after.filter(({ key }) => !there.has(key)),
        removed: memberList(before).filter(({ key }) => !stay.has(key)),
        returned: false,
      });
      return;
    }
    const received = await receive(before, message);
    if (received.kind === 'removed') {
      const why = received.for_good ? 'put-out' : 'removed';
      this.#stop({ seq, why, code: 'mls.removed', expected: null });
      return;
    }
    must(received.kind === 'commit', 'mls.kind', 'no commit');
    await this.#move(seq, received);
  }

  async #move(seq: number, opened: Opened): Promise<void> {
    const group = this.group;
    // What could still have been voided cannot be any more: another epoch stands on it.
    this.#forgetFormer();
    this.group = opened.group;
    for (const [text, { epoch }] of this.#sent) {
      if (epoch < group.epoch) this.#sent.delete(text);
    }
    const cancel = this.#clock.after(void_ms, () => {
      this.#queue.put(() => {
        if (this.#former === former) this.#forgetFormer();
      });
    });
    const former: Former = { group, seq, forget: cancel };
    this.#former = former;
    await this.#listener.onOpened(opened);
  }

  #forgetFormer(): void {
    if (!this.#former) return;
    this.#former.forget();
    retire(this.#former.group, this.group);
    this.#former = null;
  }

  #abandon(): void {
    if (this.pending) settle(this.pending, false);
    this.pending = null;
  }

  async #undo({ of }: Entry): Promise<void> {
    if (this.#over) return;
    if (this.halt) {
      if (this.halt.seq !== of) return;
      this.halt = null;
      this.#listener.onResumed();
      return;
    }
    const former = this.#former;
    if (former?.seq !== of) {
      // A void that comes too late: a server that takes back a Remove looks the same.
      this.#stop({ seq: of ?? 0, why: 'refused', code: 'mls.epoch', expected: null });
      return;
    }
    former.forget();
    this.#former = null;
    const dropped = this.group;
    this.#abandon();
    this.group = former.group;
    retire(dropped, this.group);
    await this.#listener.onVoid(dropped.epoch);
  }

  #stop(halt: Halt): void {
    this.halt = halt;
    this.#listener.onHalt(halt);
    this.#clock.after(void_ms, () => {
      this.#queue.put(() => {
        if (this.halt === halt && !this.#over) this.#listener.onHaltKept(halt);
      });
    });
  }
}
