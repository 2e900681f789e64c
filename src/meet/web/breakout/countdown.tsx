import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { useNow } from '../call/use-now.ts';
import { breakout_words } from './breakout.words.ts';

/** Minutes and seconds that are left, never below 0:00. */
export function spellLeft(left_ms: number): string {
  const seconds = Math.max(0, Math.ceil(left_ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long until everybody is brought back. `at_ms`: since 1970. */
export function Countdown(props: { at_ms: number }): ReactNode {
  const w = useWords(breakout_words);
  const { at_ms } = props;
  const now_ms = useNow();
  return <span role="timer">{w.back_in(spellLeft(at_ms - now_ms))}</span>;
}
