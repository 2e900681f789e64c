import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { host_words } from './host.words.ts';
import { controls_words } from './controls.words.ts';
import { Question } from './question.tsx';
import type { Controls } from './toolbar.tsx';
import { useValue } from './use-value.ts';
import css from './sheets.module.css';

/** Asks a host before somebody is put out, and whether the link they hold is to work any more. */
export function PutOutSheet(props: Controls): ReactNode {
  const w = useWords(host_words);
  const { cancel } = useWords(controls_words);
  const { model, seating } = props;
  const person = useValue(seating.asked);
  if (person === null) return null;
  const answer = (relink: boolean) => () => {
    seating.sheet.set(null);
    void model.act({ kind: 'remove', id: person.identity, relink });
  };
  return (
    <Question {...props} title={w.remove_ask(person.name)}>
      <p>{w.remove_what}</p>
      <div className={css.answers}>
        <button type="button" className="button" onClick={() => seating.sheet.set(null)}>
          {cancel}
        </button>
        <button type="button" className={`button ${css.danger}`} onClick={answer(false)}>
          {w.remove_now}
        </button>
        <button type="button" className={`button ${css.danger}`} onClick={answer(true)}>
          {w.remove_relink}
        </button>
      </div>
    </Question>
  );
}
