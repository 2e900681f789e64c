import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BreakoutsSection } from '../breakout/breakouts-section.tsx';
import { useWhere } from '../breakout/use-where.ts';
import { AgendaSection } from '../schedule/agenda-section.tsx';
import { useListed } from './audience.tsx';
import { controls_words } from './controls.words.ts';
import { DoorSection } from './door-section.tsx';
import type { GroupView } from './group.ts';
import { host_words } from './host.words.ts';
import { HandIcon, MicrophoneIcon, MicrophoneOffIcon, MoreIcon } from './icons.tsx';
import type { CallModel, Person } from './model.ts';
import { Face } from './avatar.tsx';
import { Mark } from './mark.tsx';
import { PersonActs } from './person-acts.tsx';
import { isHost } from './rights.ts';
import { RulesSection } from './rules-section.tsx';
import type { Seating } from './seating.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

interface PanelProps {
  readonly model: CallModel;
  readonly seating: Seating;
}

/** Raised hands first, in their order; then as they came. */
function sortPeople(people: readonly Person[]): Person[] {
  return people.toSorted((one, other) => {
    const [before, after] = [one.hand_at ?? Infinity, other.hand_at ?? Infinity];
    return before === after ? 0 : before - after;
  });
}

interface MarksProps {
  readonly person: Person;
  readonly turn: number;
  readonly role: string;
  readonly lit: string | null;
}

function Marks(props: MarksProps): ReactNode {
  const w = useWords(controls_words);
  const { person, turn, role, lit } = props;
  return (
    <span className={css.marks}>
      {role}
      {lit}
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
  );
}

interface ManageProps {
  readonly opener: RefObject<HTMLButtonElement | null>;
  readonly name: string;
  readonly is_open: boolean;
  readonly onPress: () => void;
}

/** Who was managed may be gone, or out of reach: a keyboard that was here stays in the list. */
function Manage(props: ManageProps): ReactNode {
  const { opener, name, is_open, onPress } = props;
  useLayoutEffect(() => {
    const button = opener.current;
    const list = button?.closest('ul');
    return () => {
      if (document.activeElement === button) setTimeout(() => list?.focus());
    };
  }, [opener]);
  return (
    <button
      ref={opener}
      type="button"
      className={css.manage}
      aria-label={name}
      aria-expanded={is_open}
      onClick={onPress}
    >
      <MoreIcon size={18} />
    </button>
  );
}

/** Of a class, for its teacher: who has said nothing since one came. Nobody else is told. */
function isSilent({ model, person }: PanelProps & { person: Person }, group: GroupView): boolean {
  const { role } = group.leaves.get(person.identity) ?? {};
  return group.mode === 'class' && role === 'guest' && !model.heard.has(person.identity);
}

function PersonRow(props: PanelProps & { person: Person; turn: number }): ReactNode {
  const w = useWords(controls_words);
  const h = useWords(host_words);
  const { model, person, turn } = props;
  const group = useValue(model.group);
  const [is_open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  const manages = !person.you && group.leaves.has(person.identity);
  const leaf = group.leaves.get(person.identity);
  const is_host = isHost(group, group.own);
  const is_unruly = useValue(model.unruly).has(person.identity) && is_host;
  const where = useWhere(model).get(person.identity);
  const is_lit = useValue(model.spotlight) === person.identity;
  // A server could copy a host's leaf into a group of its own: nobody is called a host unheard.
  const role = leaf && (leaf.confirmed || person.you) ? h.roles[leaf.role] : '';
  const part = group.stage.includes(person.identity) ? h.stage : role;
  return (
    <li>
      <div className={css.person}>
        <span className={css.dot}>
          <Face identity={person.identity} name={person.name} />
        </span>
        <span className={css.name}>
          <bdi translate="no">{person.you ? w.you(person.name) : person.name}</bdi>
          {where !== undefined && <span className={css.where}>{where}</span>}
          {is_host && isSilent(props, group) && <span className={css.where}>{h.unheard}</span>}
          {is_unruly && <span className={css.unruly}>{h.unruly}</span>}
        </span>
        <Marks person={person} turn={turn} role={part} lit={is_lit ? h.lit : null} />
        {manages && (
          <Manage
            opener={opener}
            name={h.manage(person.name)}
            is_open={is_open}
            onPress={() => setOpen(!is_open)}
          />
        )}
      </div>
      {manages && is_open && <PersonActs {...props} onChosen={close} />}
    </li>
  );
}

export function PeoplePanel(props: PanelProps): ReactNode {
  const w = useWords(controls_words);
  const { model } = props;
  const everybody = useValue(model.people);
  const { people, audience } = useListed(model, sortPeople(everybody));
  const group = useValue(model.group);
  return (
    <div className={css.scroll} role="presentation">
      {isHost(group, group.own) && (
        <>
          <DoorSection model={model} />
          <RulesSection model={model} />
          <AgendaSection model={model} />
        </>
      )}
      <BreakoutsSection model={model} />
      <p className={css.by}>{w.count(everybody.length)}</p>
      {audience}
      <ul aria-label={w.people} tabIndex={-1}>
        {people.map((person, index) => (
          <PersonRow key={person.identity} {...props} person={person} turn={index + 1} />
        ))}
      </ul>
    </div>
  );
}
