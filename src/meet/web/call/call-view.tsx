import { Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { Aside, Bottom, Over, Top } from './late-parts.ts';
import type { CallModel } from './model.ts';
import { Seating } from './seating.ts';
import { Stage } from './stage.tsx';
import { stage_words } from './stage.words.ts';
import { useLife } from './use-life.ts';
import { useValue } from './use-value.ts';
import css from './call-view.module.css';

/**
 * The whole call on screen. It knows nothing of the media server: whatever implements the model
 * is shown, a meeting or a sample of one.
 */
export function CallView(props: { model: CallModel }): ReactNode {
  const { model } = props;
  const w = useWords(stage_words);
  const life = useLife();
  const [seating] = useState(() => new Seating(model, life));
  const idle = useValue(seating.idle);
  const aside = useValue(model.aside);
  if (aside !== null) {
    return (
      <Suspense>
        <Aside model={model} stay={aside} />
      </Suspense>
    );
  }
  const seated = { model, seating };
  return (
    <main className={css.call} aria-label={w.call} data-idle={idle}>
      <header className={css.top}>
        <Suspense>
          <Top {...seated} />
        </Suspense>
      </header>
      <div className={css.middle}>
        <Stage {...seated} />
        <Suspense>
          <Over {...seated} />
        </Suspense>
      </div>
      <footer className={css.bottom}>
        <Suspense>
          <Bottom {...seated} />
        </Suspense>
      </footer>
    </main>
  );
}
