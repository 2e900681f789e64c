import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import { HandIcon, MicrophoneIcon, MicrophoneOffIcon } from './icons.tsx';
import type { CallModel, Person } from './model.ts';
import { Face } from './avatar.tsx';
import { Mark } from './mark.tsx';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** Raised hands first, in their order; then as they came. */
function sortPeople(people: readonly Person[]): Person[] {
  return people.toSorted((one, other) => {
    const [before, after] = [one.hand_at ?? Infinity, other.hand_at ?? Infinity];
    return before === after ? 0 : before - after;
  });
}

function PersonRow(props: { person: Person; turn: number }): ReactNode {
  const w = useWords(controls_words);
  const { person, turn } = props;
  return (
    <li className={css.person}>
      <span className={css.dot}>
        <Face identity={person.identity} name={person.name} />
      </span>
      <span className={css.name}>
        <bdi translate="no">{person.you ? w.you(person.name) : person.name}</bdi>
      </span>
      <span className={css.marks}>
        {person.away && w.away}
        {person.hand_at !== null && (
          <Mark className={css.up} says={w.hand_place(turn)}>
            <HandIcon size={16} /> {turn}
          </Mark>
        )}
        {person.muted ? (
          <Mark says={w.muted}>
            <MicrophoneOffIcon size={16} />
          </Mark>
        ) : (
          <MicrophoneIcon size={16} />
        )}
      </span>
    </li>
  );
}

export function PeoplePanel(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const people = sortPeople(useValue(props.model.people));
  return (
    <div className={css.scroll} role="presentation">
      <p className={css.by}>{w.count(people.length)}</p>
      <ul aria-label={w.people}>
        {people.map((person, index) => (
          <PersonRow key={person.identity} person={person} turn={index + 1} />
        ))}
      </ul>
    </div>
  );
}
