/**
 * Who waits at the door, as a host's browser sees them (encryption design, sections 3.3 and 3.5):
 * whom a person has to decide about, and who needs no asking.
 */
import { isHost } from '../../../protocol/encryption/policy.ts';
import { Refusal } from '../../../protocol/encryption/refusal.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import type { Group, Seat } from '../../../protocol/mls/group.ts';
import { checkKnock } from '../../../protocol/mls/knock.ts';
import type { WaitingKnock } from './delivery.ts';
import { readKnock, type Needs } from './needs.ts';

export interface Waiting {
  /** To admit or to deny. */
  readonly knock: string;
  /** The identity its leaf will have. */
  readonly id: string;
  /** What it calls itself: by somebody with the link, and by nobody else's word. */
  readonly name: string;
  /** What it wants a host to read. */
  readonly note: string;
}

/** Beyond that many, those who left longest ago are asked about like strangers. */
const former_max = 1000;

export class Doorway {
  readonly #needs: Needs;
  /** By knock; null: it was found bad. */
  readonly #read = new Map<string, Waiting | null>();
  /** Who was a leaf while one was here: they return through any gate. */
  readonly #former = new Set<string>();
  readonly #denied = new Set<string>();
  /** By identity. */
  readonly #places = new Map<string, number>();
  #next = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  remember(seats: readonly Seat[]): void {
    for (const { identity } of seats) {
      this.#former.delete(identity);
      this.#former.add(identity);
    }
    for (const identity of this.#former) {
      if (this.#former.size <= former_max) break;
      this.#former.delete(identity);
    }
  }

  /**
   * Looks at the knocks as the gate stands, and lets in who needs no asking. Returns who is to be
   * shown, and which knocks to answer with no: of the banned, and in a locked meeting of everybody
   * new, so that nobody waits for nothing. For who is no host, and where all may come in, none.
   */
  async judge(
    group: Group,
    now_ms: number,
  ): Promise<{ readonly waiting: readonly Waiting[]; readonly denied: readonly string[] }> {
    const { policy, key } = group;
    const { knocks, admitted } = this.#needs;
    for (const map of [this.#read, this.#denied])
      for (const knock of map.keys()) if (!knocks.has(knock)) map.delete(knock);
    const waiting: Waiting[] = [];
    const denied: string[] = [];
    if (!isHost(policy, toBase64url(key.public_key))) {
      admitted.clear();
      return { waiting, denied };
    }
    for (const knock of knocks.values()) {
      const banned = policy.banned.includes(knock.id);
      const free = policy.gate === 'open' || knock.admit !== null || admitted.has(knock.knock);
      if (free && !banned) continue;
      if (this.#former.has(knock.id) && !banned) admitted.add(knock.knock);
      else if (banned || policy.gate === 'locked') {
        if (!this.#denied.has(knock.knock)) denied.push(knock.knock);
        this.#denied.add(knock.knock);
      } else {
        const read = await this.#readOnce(group, knock, now_ms);
        if (read) waiting.push(read);
      }
    }
    return { waiting: this.#inOrder(waiting), denied };
  }

  /** As they came first: who knocks again, to say something else, keeps their place. */
  #inOrder(waiting: Waiting[]): Waiting[] {
    for (const { id } of waiting) if (!this.#places.has(id)) this.#places.set(id, this.#next++);
    for (const id of this.#places.keys()) {
      if (this.#places.size <= former_max) break;
      this.#places.delete(id);
    }
    const placeOf = ({ id }: Waiting): number => this.#places.get(id) ?? 0;
    return waiting.toSorted((one, other) => placeOf(one) - placeOf(other));
  }

  async #readOnce(group: Group, knock: WaitingKnock, now_ms: number): Promise<Waiting | null> {
    const known = this.#read.get(knock.knock);
    if (known !== undefined) return known;
    let read: Waiting | null = null;
    try {
      const { name, note, identity } = await checkKnock(group, readKnock(knock), now_ms);
      if (identity === knock.id) read = { knock: knock.knock, id: identity, name, note };
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
    }
    this.#read.set(knock.knock, read);
    return read;
  }
}
