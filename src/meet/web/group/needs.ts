/** What the group needs done next by whoever commits: decided from what this member has seen. */
import { bytesFrom } from './delivery.ts';
import type { WaitingKnock } from './delivery.ts';
import { decodeJson } from '../../../protocol/encryption/json.ts';
import { readAdmit } from '../../../protocol/encryption/admit.ts';
import type { Leave } from '../../../protocol/encryption/leave.ts';
import type { Seat } from '../../../protocol/mls/group.ts';
import type { Group } from '../../../protocol/mls/group.ts';
import type { Knock } from '../../../protocol/mls/knock.ts';

/** Who was lost is removed after this long: longer where a way back needs somebody's consent. */
export const grace_ms = { open: 5000, gated: 60_000 } as const;
/** Removes that come due within this time go into one commit. */
const together_ms = 1000;
/** An added leaf that has said nothing for this long will not come. */
const silent_ms = 15_000;

export interface Need {
  readonly removes: readonly Seat[];
  readonly leaves: readonly Leave[];
  readonly knocks: readonly WaitingKnock[];
  /** When something more may be due by time alone, or null. */
  readonly next_ms: number | null;
}

/** Members and visitors as the service tells of them. */
export class Needs {
  /** By id: when this member heard that its connections are gone. */
  readonly lost = new Map<string, number>();
  readonly knocks = new Map<string, WaitingKnock>();
  /** Knocks that this member, a host, lets in through a gate that is not open. */
  readonly admitted = new Set<string>();
  /** By key: who said that it leaves. */
  readonly #leaving = new Map<string, Leave>();
  /** By key: whom this member saw added, and has not heard since. */
  readonly #silent = new Map<string, number>();
  /** Knocks that were found bad, in this epoch or for good. */
  readonly #bad = new Map<string, bigint | null>();

  /** @param forever not only as long as the tree stays what it is. */
  refuse(knock: string, epoch: bigint, forever: boolean): void {
    this.#bad.set(knock, forever ? null : epoch);
  }

  setLost(ids: readonly string[], now_ms: number): void {
    for (const id of this.lost.keys()) if (!ids.includes(id)) this.lost.delete(id);
    for (const id of ids) if (!this.lost.has(id)) this.lost.set(id, now_ms);
  }

  setKnocks(knocks: readonly WaitingKnock[]): void {
    this.knocks.clear();
    for (const knock of knocks) this.knocks.set(knock.knock, knock);
    for (const map of [this.#bad, this.admitted])
      for (const knock of map.keys()) if (!this.knocks.has(knock)) map.delete(knock);
  }

  leave(entry: Leave): void {
    this.#leaving.set(entry.key, entry);
  }

  /** A leave whose proof does not hold for the leaf as it is. */
  forgetLeaves(): void {
    this.#leaving.clear();
  }

  /** A leaf has come, or has taken its seat again with other keys. */
  arrive(key: string, now_ms: number): void {
    this.#leaving.delete(key);
    this.#silent.set(key, now_ms);
  }

  hear(key: string): void {
    this.#silent.delete(key);
  }

  /** Of what is known of leaves, only what concerns those that are there. */
  keep(seats: readonly Seat[]): void {
    const keys = new Set(seats.map(({ key }) => key));
    for (const map of [this.#leaving, this.#silent])
      for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
    const ids = new Set(seats.map(({ identity }) => identity));
    for (const id of this.lost.keys()) if (!ids.has(id)) this.lost.delete(id);
  }

  /** What this member could commit now, or null; and when to look again. */
  judge(group: Group, seats: readonly Seat[], now_ms: number): Need {
    const open = group.policy.gate === 'open';
    const grace = open ? grace_ms.open : grace_ms.gated;
    const own = seats.find(({ leaf }) => leaf === group.leaf);
    const leaves = new Map(this.#leaving);
    const due: { seat: Seat; at_ms: number }[] = [];
    for (const seat of seats) {
      if (seat.leaf === group.leaf) continue;
      const leaving = leaves.has(seat.key);
      if (!leaving && !mayRemove(own, seat)) continue;
      const lost = this.lost.get(seat.identity);
      const silent = this.#silent.get(seat.key);
      const times = [
        leaving ? now_ms : Infinity,
        lost === undefined ? Infinity : lost + grace,
        silent === undefined ? Infinity : silent + silent_ms,
      ];
      const at_ms = Math.min(...times);
      if (at_ms !== Infinity) due.push({ seat, at_ms });
    }
    const now = due.some(({ at_ms }) => at_ms <= now_ms);
    const removes = now ? due.filter(({ at_ms }) => at_ms <= now_ms + together_ms) : [];
    const later = due.filter((each) => !removes.includes(each)).map(({ at_ms }) => at_ms);
    return {
      removes: removes.map(({ seat }) => seat),
      // A guest needs no leave to be removed; a host's Remove is unlawful without it.
      leaves: removes.flatMap(({ seat }) => {
        const entry = seat.role === 'guest' ? undefined : leaves.get(seat.key);
        return entry ? [entry] : [];
      }),
      knocks: this.#answerable(group, open),
      next_ms: later.length > 0 ? Math.min(...later) : null,
    };
  }

  #answerable({ epoch, policy }: Group, open: boolean): WaitingKnock[] {
    return Array.from(this.knocks.values()).filter(({ knock, link, admit }) => {
      const bad = this.#bad.get(knock);
      if (bad === null || bad === epoch) return false;
      return link === policy.link && (open || admit !== null || this.admitted.has(knock));
    });
  }
}

function mayRemove(own: Seat | undefined, { role }: Seat): boolean {
  if (role === 'guest') return true;
  return role === 'co-host' ? own?.role !== 'guest' : own?.role === 'root host';
}

/** A knock as members judge it. Throws `json.*`, `mls.size`. */
export function readKnock(knock: WaitingKnock): Knock {
  return {
    link: knock.link,
    key_package: bytesFrom(knock.kp, 4096),
    sealed_name: bytesFrom(knock.name, 2304),
    mac: bytesFrom(knock.mac, 32),
    admit: knock.admit === null ? null : readAdmit(decodeJson(bytesFrom(knock.admit, 1024), 1024)),
  };
}
