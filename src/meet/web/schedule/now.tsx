/** What the meeting is at, and who has the word: in the bar at the top, for everybody. */
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel } from '../call/model.ts';
import { useValue } from '../call/use-value.ts';
import { Left } from './left.tsx';
import type { ScheduleModel } from './model.ts';
import { schedule_words } from './schedule.words.ts';
import css from './schedule.module.css';

interface NowProps {
  readonly model: CallModel;
  readonly schedule: ScheduleModel;
}

function AgendaNow({ schedule }: NowProps): ReactNode {
  const w = useWords(schedule_words);
  const agenda = useValue(schedule.agenda);
  const item = agenda?.items[agenda.at];
  if (!agenda || !item) return null;
  return (
    <section aria-label={w.agenda} className={css.now}>
      <span className={css.place}>{w.at(agenda.at + 1, agenda.items.length)}</span>
      <bdi className={css.title} translate="no">
        {item.title}
      </bdi>
      <Left ends_ms={agenda.ends_ms} />
    </section>
  );
}

function TurnNow({ model, schedule }: NowProps): ReactNode {
  const w = useWords(schedule_words);
  const turn = useValue(schedule.turn);
  const people = useValue(model.people);
  if (turn === null) return null;
  const name = people.find(({ identity }) => identity === turn.identity)?.name ?? '';
  return (
    <section aria-label={w.turn(name)} className={css.now}>
      <bdi className={css.title} translate="no">
        {w.speaks(name)}
      </bdi>
      <Left ends_ms={turn.ends_ms} />
    </section>
  );
}

/** Nothing where no host keeps time. */
export function Now(props: { model: CallModel }): ReactNode {
  const schedule = useValue(props.model.schedule);
  if (schedule === null) return null;
  return (
    <>
      <AgendaNow model={props.model} schedule={schedule} />
      <TurnNow model={props.model} schedule={schedule} />
    </>
  );
}
