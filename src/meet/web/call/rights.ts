/** What the policy lets somebody do. */
import { sends } from '../../../protocol/encryption/rights.ts';
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import type { GroupView } from './group.ts';

/** Whether a leaf may do that; `true` until the group is there and says otherwise. */
export function mayDo(view: GroupView, identity: string, right: GuestRight): boolean {
  const { leaves, guests, stage } = view;
  if (guests.includes(right) || (leaves.get(identity)?.role ?? 'guest') !== 'guest') return true;
  return stage.includes(identity) && sends.some((each) => each === right);
}

/** Whether somebody is of an event's audience: one of many, who only watch. */
export function isAudience({ mode, leaves, stage }: GroupView, identity: string): boolean {
  if (mode !== 'event' || stage.includes(identity)) return false;
  return (leaves.get(identity)?.role ?? 'guest') === 'guest';
}
