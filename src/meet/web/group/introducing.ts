/** Names in the group: newcomers cannot read what was said before them, so they are told them again. */
import { isHost } from '../../../protocol/encryption/policy.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { rank } from '../../../protocol/mls/group.ts';
import type { Member } from '../../../protocol/mls/group.ts';
import type { Opened } from './following.ts';
import { encodeMessage, profiles_max } from './saying.ts';
import type { Order } from './saying.ts';
import type { Stay } from './stay.ts';

/** What is said to others without waiting for it. */
type Tell = (promise: Promise<unknown>) => void;

/** After an epoch was opened: one's own name in the first, those of all where that is one's turn. */
export async function greet(stay: Stay, opened: Opened, tell: Tell): Promise<void> {
  const { group, by, added, returned } = opened;
  if (by === null) {
    const own = await stay.introduce();
    tell(stay.post(() => encodeMessage({ kind: 'profiles', list: [own] }), true));
    return;
  }
  const committed = by.leaf === group.leaf && added.length > 0;
  if (committed || (returned && (await isFirst(stay, by)))) carryProfiles(stay, tell);
}

/** Who came back has committed itself: then the first by rank of the others carries the names. */
async function isFirst({ following, seats, needs }: Stay, returned: Member): Promise<boolean> {
  const { group } = following;
  const away = seats.filter(({ identity }) => needs.lost.has(identity));
  const without = [returned.leaf, ...away.map(({ leaf }) => leaf)];
  return (await rank(group, without))[0] === group.leaf;
}

function carryProfiles(stay: Stay, tell: Tell): void {
  const all = stay.people.all();
  for (let at = 0; at < all.length; at += profiles_max) {
    const list = all.slice(at, at + profiles_max);
    tell(stay.post(() => encodeMessage({ kind: 'profiles', list }), true));
  }
}

/** A host has given somebody a name. Whose it is says it of themselves from then on, if they obey. */
export function takeName(
  stay: Stay,
  { id, name }: Extract<Order, { readonly kind: 'rename' }>,
  tell: Tell,
): void {
  const seat = stay.seats.find(({ identity }) => identity === id);
  if (!seat) return;
  stay.people.give(seat.key, name);
  if (seat.leaf === stay.following.group.leaf) tell(stay.rename(name));
}

/** Hosts tell newcomers of names they gave to whoever does not say them. */
export function tellGiven(stay: Stay, tell: Tell): void {
  const { group } = stay.following;
  if (!isHost(group.policy, toBase64url(group.key.public_key))) return;
  for (const { key, identity } of stay.seats) {
    const name = stay.people.given.get(key);
    if (name !== undefined) tell(stay.send({ kind: 'rename', id: identity, name }));
  }
}
