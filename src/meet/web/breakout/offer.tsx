/** The rooms that are open to somebody who is in none: over the tiles, and in the list of people. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel } from '../call/model.ts';
import panel from '../call/panel.module.css';
import { isHost } from '../call/rights.ts';
import { useValue } from '../call/use-value.ts';
import type { Breakouts } from '../group/breakouts.ts';
import { breakout_words } from './breakout.words.ts';
import type { BreakoutsModel } from './model.ts';
import css from './breakout.module.css';

interface DoorsProps {
  readonly breakouts: BreakoutsModel;
  readonly told: Breakouts;
}

/** A button into each room. */
export function RoomDoors({ breakouts, told }: DoorsProps): ReactNode {
  const w = useWords(breakout_words);
  return told.rooms.map((room) => (
    <button
      key={room.link}
      type="button"
      className={panel.act}
      data-look="main"
      onClick={() => breakouts.enter(room)}
    >
      {w.enter(room.name)}
    </button>
  ));
}

function Offer(props: { model: CallModel; breakouts: BreakoutsModel }): ReactNode {
  const w = useWords(breakout_words);
  const { model, breakouts } = props;
  const told = useValue(breakouts.told);
  const group = useValue(model.group);
  // Which offer was put aside: another one is shown again.
  const [refused, setRefused] = useState('');
  // A host has all rooms in the list of people, and is sent into none.
  if (told === null || isHost(group, group.own)) return null;
  const offer = JSON.stringify(told.rooms);
  if (offer === refused) return null;
  const [only] = told.rooms;
  return (
    <section className={css.offer} aria-label={w.title}>
      <output>{told.choose || !only ? w.choose : w.offered(only.name)}</output>
      <div className={css.doors}>
        <RoomDoors breakouts={breakouts} told={told} />
        <button type="button" className={panel.act} onClick={() => setRefused(offer)}>
          {w.stay}
        </button>
      </div>
    </section>
  );
}

/** Nothing where no room is open to oneself. */
export function BreakoutOffer(props: { model: CallModel }): ReactNode {
  const { model } = props;
  const breakouts = useValue(model.breakouts);
  return breakouts && <Offer model={model} breakouts={breakouts} />;
}
