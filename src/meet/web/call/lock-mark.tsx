import type { ReactNode } from 'react';
import { LockIcon, OpenLockIcon } from './icons.tsx';
import type { LockState } from './lock.ts';

/** Closed only where all is confirmed; the words beside it say what it means. */
export function LockMark(props: { state: LockState; size: number }): ReactNode {
  const Icon = props.state === 'green' ? LockIcon : OpenLockIcon;
  return <Icon size={props.size} />;
}
