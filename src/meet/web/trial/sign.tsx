import type { ReactNode } from 'react';
import type { State } from './steps.ts';
import css from './trial.module.css';

/** A shape beside the word, so that no state is told by its colour alone. */
const shapes: Readonly<Record<State, string>> = {
  waiting: 'M12 12h.01',
  running: 'M12 6v6l4 2',
  good: 'm6 12 4 4 8-8',
  fair: 'M12 7v6M12 17h.01',
  bad: 'm7 7 10 10M17 7 7 17',
  skipped: 'M7 12h10',
};

export function Sign({ state }: { readonly state: State }): ReactNode {
  return (
    <svg className={css.sign} data-state={state} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="11" />
      <path d={shapes[state]} />
    </svg>
  );
}
