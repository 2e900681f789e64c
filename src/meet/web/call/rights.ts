/** What the policy lets somebody do. */
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import type { GroupView } from './group.ts';

/** Whether a leaf may do that; `true` until the group is there and says otherwise. */
export function mayDo({ leaves, guests }: GroupView, identity: string, right: GuestRight): boolean {
  return guests.includes(right) || (leaves.get(identity)?.role ?? 'guest') !== 'guest';
}
