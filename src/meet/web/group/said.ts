/** A message of a member in its place in the log, and whether the policy lets them say it. */
import type { Policy } from '../../../protocol/encryption/policy.ts';
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import { isHost, roleOf } from '../../../protocol/encryption/policy.ts';
import type { Group, Member } from '../../../protocol/mls/group.ts';
import { readDirect } from './direct.ts';
import type { Heard, Message, Saying } from './saying.ts';
import type { Stay } from './stay.ts';

type Rooms = Extract<Message, { readonly kind: 'rooms' }>;
type Sealed = Extract<Message, { readonly kind: 'sealed' }>;

export interface Said {
  readonly leaf: number;
  readonly id: string;
  readonly name: string | null;
  /** One's own come back here too, so that all show them in one order. */
  readonly own: boolean;
  readonly seq: number;
  /**
   * Whether the policy of the epoch it stands in lets them say it, of whom they say it. What it does
   * not is to be acted upon by nobody: their client ignores the rules.
   */
  readonly lawful: boolean;
  readonly saying: Heard;
}

/** Hosts may everything; what guests may, the policy lists. `key` is a leaf's, base64url. */
export function mayDo(policy: Policy, key: string, right: GuestRight): boolean {
  return isHost(policy, key) || policy.guests.includes(right);
}

/** Whether `key` may give an order to somebody: to a root host only another one may. */
export function mayOrder(policy: Policy, key: string, to: string): boolean {
  if (!isHost(policy, key)) return false;
  return roleOf(policy, to) !== 'root host' || roleOf(policy, key) === 'root host';
}

/** What everybody may say at any time. */
const unruled = ['hand', 'aside'];
const written = ['chat', 'edit', 'direct', 'elsewhere'];

/** `keyOf` finds a leaf's key by its name at the media engine; who is not there is no obstacle. */
export function isLawful(
  policy: Policy,
  key: string,
  saying: Heard,
  keyOf: (id: string) => string | undefined,
): boolean {
  if (unruled.includes(saying.kind)) return true;
  if (written.includes(saying.kind)) return mayDo(policy, key, 'chat');
  if (saying.kind === 'react') return mayDo(policy, key, 'react');
  if (!isHost(policy, key)) return false;
  if (saying.kind === 'rename') return mayOrder(policy, key, keyOf(saying.id) ?? '');
  return !('ids' in saying) || saying.ids.every((id) => mayOrder(policy, key, keyOf(id) ?? ''));
}

/**
 * What it takes comes only where there are breakout rooms. Where it does not come, the group goes on, and
 * a host tells of them again as soon as somebody enters.
 */
async function unseal(group: Group, own: string, { list }: Rooms): Promise<Heard> {
  const opening = await import('./breakouts.ts').catch(() => null);
  const breakouts = (await opening?.openBreakouts(group, own, list)) ?? null;
  return { kind: 'breakouts', breakouts };
}

/** Of what is for somebody else nothing is read. */
async function openOwn(group: Group, own: string, message: Sealed): Promise<Heard> {
  const chat = message.to === own ? await readDirect(group, message) : null;
  return chat ? { kind: 'direct', to: own, ...chat } : { kind: 'elsewhere' };
}

function read(group: Group, own: string, message: Saying | Rooms | Sealed): Promise<Heard> | Heard {
  if (message.kind === 'rooms') return unseal(group, own, message);
  return message.kind === 'sealed' ? openOwn(group, own, message) : message;
}

export async function placeSaid(
  stay: Stay,
  by: Member,
  message: Saying | Rooms | Sealed,
  seq: number,
): Promise<Said> {
  const { following, seats, people } = stay;
  const { group } = following;
  const keyOf = (id: string): string | undefined =>
    seats.find(({ identity }) => identity === id)?.key;
  const own = seats.find(({ leaf }) => leaf === group.leaf)?.identity ?? '';
  const saying = await read(group, own, message);
  return {
    leaf: by.leaf,
    id: seats.find(({ leaf }) => leaf === by.leaf)?.identity ?? '',
    name: people.nameOf(by.key),
    own: by.leaf === group.leaf,
    seq,
    lawful: isLawful(group.policy, by.key, saying, keyOf),
    saying,
  };
}
