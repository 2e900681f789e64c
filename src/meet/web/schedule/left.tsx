import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { spellLeft } from '../breakout/countdown.tsx';
import { useNow } from '../call/use-now.ts';
import { schedule_words } from './schedule.words.ts';
import css from './schedule.module.css';

/** From here on it is shown that little is left. */
const short_ms = 30_000;

/** How much is left until `ends_ms`, counted down. */
export function Left(props: { ends_ms: number }): ReactNode {
  const w = useWords(schedule_words);
  const left_ms = props.ends_ms - useNow();
  const short = left_ms < short_ms;
  return (
    <span role="timer" className={css.left} data-short={short}>
      {left_ms > 0 ? w.left(spellLeft(left_ms)) : w.over}
    </span>
  );
}
