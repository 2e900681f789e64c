import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel, Person } from '../call/model.ts';
import panel from '../call/panel.module.css';
import { useValue } from '../call/use-value.ts';
import type { ScheduleModel } from './model.ts';
import { schedule_words } from './schedule.words.ts';

const turns_min = [0, 1, 2, 5, 10] as const;

function Field(props: { schedule: ScheduleModel; person: Person }): ReactNode {
  const w = useWords(schedule_words);
  const { schedule, person } = props;
  const { identity, name } = person;
  const has_word = useValue(schedule.turn)?.identity === identity;
  return (
    <label className={panel.field}>
      {w.turn(name)}
      <select
        key={String(has_word)}
        defaultValue={has_word ? '' : 0}
        onChange={(event) => schedule.give(identity, Number(event.target.value))}
      >
        {has_word && <option value="">…</option>}
        {turns_min.map((minutes) => (
          <option key={minutes} value={minutes}>
            {w.turns[minutes]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** For hosts: how long somebody may speak. */
export function TurnField(props: { model: CallModel; person: Person }): ReactNode {
  const schedule = useValue(props.model.schedule);
  return schedule && <Field schedule={schedule} person={props.person} />;
}
