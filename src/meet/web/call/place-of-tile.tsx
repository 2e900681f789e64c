/** Where somebody's tile stands among the others, by keyboard: as dragging.ts does by hand. */
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { host_words } from './host.words.ts';
import type { Person } from './model.ts';
import type { Seating } from './seating.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

interface PlaceProps {
  readonly seating: Seating;
  readonly person: Person;
}

export function PlaceOfTile({ seating, person }: PlaceProps): ReactNode {
  const w = useWords(host_words);
  const order = useValue(seating.order);
  const at = order.indexOf(person.identity);
  if (at < 0 || order.length < 2) return null;
  const change = (by: 1 | -1) => (): void => {
    const other = order[at + by];
    if (other !== undefined) seating.exchange(person.identity, other);
  };
  return (
    <fieldset className={css.acts} aria-label={w.place_of(person.name)}>
      <button type="button" className={css.act} aria-disabled={at === 0} onClick={change(-1)}>
        {w.earlier}
      </button>
      <button
        type="button"
        className={css.act}
        aria-disabled={at === order.length - 1}
        onClick={change(1)}
      >
        {w.later}
      </button>
      <output>{w.place(at + 1, order.length)}</output>
    </fieldset>
  );
}
