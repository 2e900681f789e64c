/** Breakout rooms in the list of people: hosts make and fill them, others find their own again. */
import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel } from '../call/model.ts';
import panel from '../call/panel.module.css';
import { isHost } from '../call/rights.ts';
import { useValue } from '../call/use-value.ts';
import { rooms_max } from '../group/breakout-limits.ts';
import type { Breakouts } from '../group/breakouts.ts';
import { breakout_words } from './breakout.words.ts';
import css from './breakout.module.css';
import { is_framed } from './frame.ts';
import type { BreakoutsModel, Sharing } from './model.ts';
import { RoomDoors } from './offer.tsx';
import { OpenRooms } from './open-rooms.tsx';

function useIsHost(model: CallModel): boolean {
  const group = useValue(model.group);
  return isHost(group, group.own);
}

const sharings: readonly Sharing[] = ['chance', 'hand', 'choice'];

type Making = 'not' | 'under way' | 'failed';

/** Before there are any. */
function MakeRooms(props: { breakouts: BreakoutsModel }): ReactNode {
  const w = useWords(breakout_words);
  const [making, setMaking] = useState<Making>('not');
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (making === 'under way') return;
    const form = new FormData(event.currentTarget);
    const count = Math.min(rooms_max, Math.max(2, Number(form.get('count')) || 2));
    const sharing = sharings.find((each) => each === form.get('sharing')) ?? 'chance';
    setMaking('under way');
    const names = Array.from({ length: count }, (_, at) => w.room(at + 1));
    const made = props.breakouts.open(names, sharing);
    setMaking(
      await made.then(
        () => 'not',
        () => 'failed',
      ),
    );
  };
  return (
    <form className={css.make} onSubmit={(event) => void submit(event)}>
      <label className={panel.field}>
        {w.how_many}
        <input type="number" name="count" min={2} max={rooms_max} defaultValue={2} required />
      </label>
      <label className={panel.field}>
        {w.who}
        <select name="sharing">
          {sharings.map((each) => (
            <option key={each} value={each}>
              {w.sharings[each]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className={panel.act} aria-disabled={making === 'under way'}>
        {making === 'under way' ? w.opening : w.open}
      </button>
      <output className={css.failed}>{making === 'failed' && w.open_failed}</output>
      <p className={panel.hint}>{w.what}</p>
    </form>
  );
}

function Rooms(props: { model: CallModel; breakouts: BreakoutsModel; told: Breakouts }): ReactNode {
  const is_host = useIsHost(props.model);
  if (is_host) return <OpenRooms {...props} />;
  return (
    <div className={css.doors}>
      <RoomDoors {...props} />
    </div>
  );
}

function Section(props: { model: CallModel; breakouts: BreakoutsModel }): ReactNode {
  const w = useWords(breakout_words);
  const { model, breakouts } = props;
  const is_host = useIsHost(model);
  const told = useValue(breakouts.told);
  if (told === null && !is_host) return null;
  return (
    <details className={panel.rights} open={told !== null}>
      <summary>{w.title}</summary>
      {told === null ? (
        <MakeRooms breakouts={breakouts} />
      ) : (
        <Rooms model={model} breakouts={breakouts} told={told} />
      )}
    </details>
  );
}

export function BreakoutsSection(props: { model: CallModel }): ReactNode {
  const { model } = props;
  const breakouts = useValue(model.breakouts);
  // A room has none of its own.
  if (is_framed) return null;
  return breakouts && <Section model={model} breakouts={breakouts} />;
}
