/** What a host sees of breakout rooms that are open, and does about them. */
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel, Person } from '../call/model.ts';
import { message_max } from '../chat/model.ts';
import panel from '../call/panel.module.css';
import { useValue } from '../call/use-value.ts';
import type { Breakouts } from '../group/breakouts.ts';
import { breakout_words } from './breakout.words.ts';
import css from './breakout.module.css';
import { Countdown } from './countdown.tsx';
import type { BreakoutsModel } from './model.ts';
import { useWhere } from './use-where.ts';

interface OpenProps {
  readonly model: CallModel;
  readonly breakouts: BreakoutsModel;
  readonly told: Breakouts;
}

/** Each room with who says to be in it. */
function RoomList({ model, breakouts, told }: OpenProps): ReactNode {
  const w = useWords(breakout_words);
  const people = useValue(model.people);
  const where = useWhere(model);
  return (
    <ul aria-label={w.title} className={css.rooms}>
      {told.rooms.map((room) => {
        const inside = people.filter(({ identity }) => where.get(identity) === room.name);
        return (
          <li key={room.link}>
            <b translate="no">{room.name}</b>
            <span className={css.inside}>
              {inside.length === 0
                ? w.empty
                : inside.map(({ identity, name }) => (
                    <bdi key={identity} translate="no">
                      {name}
                    </bdi>
                  ))}
            </span>
            <button type="button" className={panel.act} onClick={() => breakouts.enter(room)}>
              {w.enter(room.name)}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function PlaceOf(props: OpenProps & { person: Person }): ReactNode {
  const w = useWords(breakout_words);
  const { breakouts, told, person } = props;
  const { identity, name } = person;
  const place = told.places.find(([id]) => id === identity)?.[1];
  // What was chosen shows at once, while the group hears of it.
  const [chosen, setChosen] = useState<string | null>(null);
  const choose = (value: string): void => {
    setChosen(value);
    const settle = (): void => setChosen(null);
    void breakouts.place(identity, value === '' ? null : Number(value)).then(settle, settle);
  };
  return (
    <label className={css.place}>
      <bdi translate="no">{name}</bdi>
      <select
        aria-label={w.place_of(name)}
        value={chosen ?? place ?? ''}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{w.none}</option>
        {told.rooms.map((room, at) => (
          <option key={room.link} value={at}>
            {room.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Hosts go where they like. */
function Places(props: OpenProps): ReactNode {
  const w = useWords(breakout_words);
  const people = useValue(props.model.people);
  const { leaves } = useValue(props.model.group);
  if (props.told.choose) return null;
  const guests = people.filter(({ identity }) => leaves.get(identity)?.role === 'guest');
  return (
    <fieldset aria-label={w.who} className={css.places}>
      {guests.map((person) => (
        <PlaceOf key={person.identity} {...props} person={person} />
      ))}
    </fieldset>
  );
}

function MessageToAll({ model }: OpenProps): ReactNode {
  const w = useWords(breakout_words);
  const [sent, setSent] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = new FormData(form).get('text');
    if (typeof text !== 'string') return;
    if (model.chat.get()?.write({ text, re: null, to: null }) !== true) return;
    form.reset();
    setSent(true);
  };
  return (
    <form className={css.message} onSubmit={submit}>
      <input
        name="text"
        aria-label={w.message}
        placeholder={w.message}
        maxLength={message_max}
        autoComplete="off"
        onChange={() => setSent(false)}
      />
      <button type="submit" className={panel.act}>
        {w.send}
      </button>
      <output className={css.sent}>{sent && w.sent}</output>
    </form>
  );
}

const times_s = [0, 30, 60, 120] as const;

function CallBack({ breakouts }: OpenProps): ReactNode {
  const w = useWords(breakout_words);
  const recalled = useValue(breakouts.recalled);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const seconds = Number(new FormData(event.currentTarget).get('seconds'));
    breakouts.recall(seconds).catch(() => undefined);
  };
  return (
    <form className={css.recall} onSubmit={submit}>
      <label className={panel.field}>
        {w.recall_in}
        <select name="seconds" defaultValue={60}>
          {times_s.map((seconds) => (
            <option key={seconds} value={seconds}>
              {w.recall_times[seconds]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className={panel.act} data-look="main">
        {w.recall}
      </button>
      <output className={css.sent}>{recalled !== null && <Countdown at_ms={recalled} />}</output>
    </form>
  );
}

export function OpenRooms(props: OpenProps): ReactNode {
  return (
    <>
      <RoomList {...props} />
      <Places {...props} />
      <MessageToAll {...props} />
      <CallBack {...props} />
    </>
  );
}
