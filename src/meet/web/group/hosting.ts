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
import { guest_rights } from '../../../protocol/encryption/rights.ts';
import type { Gate, Policy } from '../../../protocol/encryption/policy.ts';
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import { must } from '../../../protocol/encryption/refusal.ts';
import type { Group, Seat } from '../../../protocol/mls/group.ts';
import type { Breakouts } from './breakouts.ts';
import type { Order } from './saying.ts';

/** Each is a commit of a new policy. `id` is the identity of a leaf. */
export type PolicyAct =
  | { readonly kind: 'gate'; readonly gate: Gate }
  /** Whether guests may do that from now on. */
  | { readonly kind: 'right'; readonly right: GuestRight; readonly may: boolean }
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
  const rule = ruleOf(policy, act);
  return same(policy, rule) ? null : { policy: { ...policy, ...rule }, remove: [] };
}

type Rule = Pick<Policy, 'gate' | 'guests' | 'link'>;
type PersonAct = Extract<PolicyAct, { readonly id: string }>;

/** What the rules for all become by it. */
function ruleOf({ gate, guests, link }: Policy, act: Exclude<PolicyAct, PersonAct>): Rule {
  if (act.kind === 'gate') return { gate: act.gate, guests, link };
  if (act.kind === 'relink') return { gate, guests, link: link + 1 };
  if (act.kind === 'panic') return { gate: 'locked', guests: [], link };
  const { right, may } = act;
  const allowed = (each: GuestRight): boolean => (each === right ? may : guests.includes(each));
  return { gate, guests: guest_rights.filter(allowed), link };
}

function same(policy: Policy, { gate, guests, link }: Rule): boolean {
  return policy.gate === gate && policy.link === link && policy.guests.join() === guests.join();
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
    return { policy: { ...without, banned, link }, remove: [seat.leaf] };
  }
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
