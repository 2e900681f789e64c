/**
 * What a host does to the meeting (encryption design, sections 3.9 and 4): each is one commit of a
 * new policy, some with a Remove. Planned from the group as it is when the commit is made, so that
 * an act whose commit lost is planned anew.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { appoint } from '../../../protocol/encryption/appointment.ts';
import type { Appointment } from '../../../protocol/encryption/appointment.ts';
import { bytesOf } from '../../../protocol/encryption/json.ts';
import { banned_max, hosts_max, isHost, roleOf } from '../../../protocol/encryption/policy.ts';
import { modeOf, stage_max, withMode } from '../../../protocol/encryption/policy.ts';
import { guest_rights, rights_of_mode } from '../../../protocol/encryption/rights.ts';
import type { Gate, Policy } from '../../../protocol/encryption/policy.ts';
import type { GuestRight, Mode } from '../../../protocol/encryption/rights.ts';
import { must } from '../../../protocol/encryption/refusal.ts';
import type { Group, Seat } from '../../../protocol/mls/group.ts';
import type { Breakouts } from './breakouts.ts';
import type { Order } from './saying.ts';

/** Each is a commit of a new policy. `id` is the identity of a leaf. */
export type PolicyAct =
  | { readonly kind: 'gate'; readonly gate: Gate }
  /** Whether guests may do that from now on. */
  | { readonly kind: 'right'; readonly right: GuestRight; readonly may: boolean }
  /** Another kind of occasion, with the rights that it begins with; an event's door is a lobby. */
  | { readonly kind: 'mode'; readonly mode: Mode }
  /** Onto the stage of an event, or back into its audience. */
  | { readonly kind: 'stage'; readonly id: string; readonly on: boolean }
  /** Nobody new, and guests may do nothing. What they send is stopped beside it (ordering.ts). */
  | { readonly kind: 'panic' }
  /** Out, and its key may not come back; `relink`: nor may anybody who has only the old link. */
  | { readonly kind: 'remove'; readonly id: string; readonly relink: boolean }
  | { readonly kind: 'relink' }
  | { readonly kind: 'appoint'; readonly id: string }
  /** Takes it back. */
  | { readonly kind: 'dismiss'; readonly id: string };

/** Told anew whenever something of it changes; `to`: only to these, who came later. */
export interface BreakoutsAct {
  readonly kind: 'breakouts';
  readonly breakouts: Breakouts;
  readonly to: readonly string[] | null;
}

export type HostAct = PolicyAct | Order | BreakoutsAct;

export interface Plan {
  readonly policy: Policy;
  readonly remove: readonly number[];
}

/**
 * What to commit, or null where it is done already.
 * @throws Refusal `commit.policy` where one is no host, or may not do this to that person;
 * `commit.remove` where they are not there
 */
export async function planAct(
  group: Group,
  seats: readonly Seat[],
  act: PolicyAct,
): Promise<Plan | null> {
  const { policy } = group;
  const own = toBase64url(group.key.public_key);
  must(isHost(policy, own), 'commit.policy', 'only a host may');
  if ('id' in act) return planPerson(group, seats, act);
  const next = ruled(policy, act);
  return JSON.stringify(next) === JSON.stringify(policy) ? null : { policy: next, remove: [] };
}

type PersonAct = Extract<PolicyAct, { readonly id: string }>;

/** What the rules for all become by it. */
function ruled(policy: Policy, act: Exclude<PolicyAct, PersonAct>): Policy {
  switch (act.kind) {
    case 'gate':
      return { ...policy, gate: act.gate };
    case 'relink':
      return { ...policy, link: policy.link + 1 };
    case 'panic':
      return { ...policy, gate: 'locked', guests: [], ...(policy.stage && { stage: [] }) };
    case 'mode': {
      // Chosen again, it would take back what hosts have changed since.
      if (act.mode === modeOf(policy)) return policy;
      const gate = act.mode === 'event' ? 'lobby' : policy.gate;
      return withMode({ ...policy, gate, guests: rights_of_mode[act.mode] }, act.mode);
    }
    default: {
      const { right, may } = act;
      const allowed = (each: GuestRight): boolean =>
        each === right ? may : policy.guests.includes(each);
      return { ...policy, guests: guest_rights.filter(allowed) };
    }
  }
}

async function planPerson(
  group: Group,
  seats: readonly Seat[],
  act: PersonAct,
): Promise<Plan | null> {
  const { policy } = group;
  const own = toBase64url(group.key.public_key);
  const seat = seats.find(({ identity }) => identity === act.id);
  if (act.kind === 'remove') {
    if (!seat) return null;
    mustOutrank(policy, own, seat);
    const without = await dropHost(group, seat.key);
    const banned = [...policy.banned.filter((id) => id !== act.id), act.id].slice(-banned_max);
    const link = policy.link + (act.relink ? 1 : 0);
    const next = { ...without, banned, link };
    const { stage } = next;
    const left = stage && { stage: stage.filter((id) => id !== act.id) };
    return { policy: { ...next, ...left }, remove: [seat.leaf] };
  }
  if (act.kind === 'stage') return planStage(policy, seat, act);
  must(seat !== undefined, 'commit.remove', 'nobody of that name is there');
  const there = isHost(policy, seat.key);
  if (act.kind === 'dismiss') {
    mustOutrank(policy, own, seat);
    return there ? { policy: await dropHost(group, seat.key), remove: [] } : null;
  }
  if (there) return null;
  must(policy.hosts.length < hosts_max, 'commit.policy', 'as many hosts as may be');
  const entry = await appointLeaf(group, seat.key);
  return { policy: { ...policy, hosts: [...policy.hosts, entry] }, remove: [] };
}

/** Who is gone can be taken off the stage, and not be put on it. */
function planStage(
  policy: Policy,
  seat: Seat | undefined,
  { id, on }: Extract<PolicyAct, { readonly kind: 'stage' }>,
): Plan | null {
  const { stage } = policy;
  must(stage !== undefined, 'commit.policy', 'only an event has a stage');
  must(seat !== undefined || !on, 'commit.remove', 'nobody of that name is there');
  if (stage.includes(id) === on) return null;
  must(!on || stage.length < stage_max, 'commit.policy', 'as many on the stage as may be');
  const others = stage.filter((each) => each !== id);
  return { policy: { ...policy, stage: on ? [...others, id] : others }, remove: [] };
}

function mustOutrank(policy: Policy, own: string, seat: Seat): void {
  must(seat.key !== own, 'commit.remove', 'nobody removes oneself');
  const may = seat.role !== 'root host' || roleOf(policy, own) === 'root host';
  must(may, 'commit.policy', 'only a root host may do that to another');
}

function appointLeaf({ key, room, id, policy }: Group, leaf: string): Promise<Appointment> {
  return appoint(key, bytesOf(leaf), { room, group: id, created: policy.created });
}

/**
 * The policy without one of its hosts. Whom that host had appointed would fall with it; they are
 * not what was judged, and so are appointed anew.
 */
async function dropHost(group: Group, key: string): Promise<Policy> {
  const { policy } = group;
  const keep = ({ key: each }: Appointment): boolean => each !== key;
  const renew = async (entry: Appointment): Promise<Appointment> =>
    entry.by === key ? appointLeaf(group, entry.key) : entry;
  return {
    ...policy,
    hosts: await Promise.all(policy.hosts.filter(keep).map(renew)),
    past: await Promise.all(policy.past.filter(keep).map(renew)),
  };
}
