/** What the policy lets somebody do. */
import { sends } from '../../../protocol/encryption/rights.ts';
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import type { GroupView } from './group.ts';

export function isHost({ leaves }: GroupView, identity: string): boolean {
  return (leaves.get(identity)?.role ?? 'guest') !== 'guest';
}

/** Whether a leaf may do that; `true` until the group is there and says otherwise. */
export function mayDo(view: GroupView, identity: string, right: GuestRight): boolean {
  const { guests, stage } = view;
  if (guests.includes(right) || isHost(view, identity)) return true;
  return stage.includes(identity) && sends.some((each) => each === right);
}

/** Whether somebody is of an event's audience: one of many, who only watch. */
export function isAudience(view: GroupView, identity: string): boolean {
  const { mode, stage } = view;
  return mode === 'event' && !stage.includes(identity) && !isHost(view, identity);
}
