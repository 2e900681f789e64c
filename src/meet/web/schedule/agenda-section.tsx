/** The agenda in the list of people: a host writes it, and goes from item to item. */
import { useRef, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel } from '../call/model.ts';
import panel from '../call/panel.module.css';
import { useValue } from '../call/use-value.ts';
import { item_minutes_max, items_max, title_length_max } from '../group/schedule-limits.ts';
import type { AgendaItem } from '../group/schedule.ts';
import type { RunningAgenda, ScheduleModel } from './model.ts';
import { schedule_words } from './schedule.words.ts';
import css from './schedule.module.css';

interface DraftProps {
  readonly items: readonly AgendaItem[];
  readonly onChange: (items: readonly AgendaItem[]) => void;
}

function NewItem({ items, onChange }: DraftProps): ReactNode {
  const w = useWords(schedule_words);
  const title = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = title.current?.value.trim() ?? '';
    if (text === '') return title.current?.focus();
    const minutes = Math.round(Number(form.get('minutes')) || 1);
    onChange([
      ...items,
      { title: text, minutes: Math.min(item_minutes_max, Math.max(1, minutes)) },
    ]);
    event.currentTarget.reset();
    title.current?.focus();
  };
  return (
    <form className={css.write} onSubmit={submit}>
      <input
        ref={title}
        name="title"
        aria-label={w.title}
        placeholder={w.title}
        maxLength={title_length_max}
        autoComplete="off"
      />
      <input
        type="number"
        name="minutes"
        aria-label={w.minutes}
        min={1}
        max={item_minutes_max}
        defaultValue={10}
      />
      <button type="submit" className={panel.act} aria-disabled={items.length >= items_max}>
        {w.add}
      </button>
    </form>
  );
}

/** Before it is started: in this browser alone. */
function Draft({ items, onChange }: DraftProps): ReactNode {
  const w = useWords(schedule_words);
  const without = (at: number) => (): void => onChange(items.filter((_, other) => other !== at));
  return (
    <>
      {items.length === 0 && <p className={panel.hint}>{w.empty}</p>}
      <ol className={css.items} aria-label={w.agenda}>
        {items.map(({ title, minutes }, at) => (
          <li key={`${at} ${title}`}>
            <bdi translate="no">{title}</bdi>
            <span className={css.place}>{w.duration(minutes)}</span>
            <button
              type="button"
              className={panel.act}
              aria-label={w.remove(title)}
              onClick={without(at)}
            >
              ×
            </button>
          </li>
        ))}
      </ol>
      {items.length < items_max && <NewItem items={items} onChange={onChange} />}
    </>
  );
}

function Running(props: { agenda: RunningAgenda; schedule: ScheduleModel }): ReactNode {
  const w = useWords(schedule_words);
  const { agenda, schedule } = props;
  const { items, at } = agenda;
  const is_last = at + 1 >= items.length;
  return (
    <>
      <ol className={css.items} aria-label={w.agenda}>
        {items.map(({ title, minutes }, index) => (
          <li key={`${index} ${title}`} aria-current={index === at ? 'step' : undefined}>
            <bdi translate="no">{title}</bdi>
            <span className={css.place}>{w.duration(minutes)}</span>
          </li>
        ))}
      </ol>
      <button type="button" className={panel.act} onClick={() => schedule.go(items, at + 1)}>
        {is_last ? w.last : w.next}
      </button>
    </>
  );
}

function Section(props: { schedule: ScheduleModel }): ReactNode {
  const w = useWords(schedule_words);
  const { schedule } = props;
  const agenda = useValue(schedule.agenda);
  const [items, setItems] = useState<readonly AgendaItem[]>([]);
  return (
    <details className={panel.rights}>
      <summary>{w.agenda}</summary>
      {agenda ? (
        <Running agenda={agenda} schedule={schedule} />
      ) : (
        <>
          <Draft items={items} onChange={setItems} />
          {items.length > 0 && (
            <button
              type="button"
              className={panel.act}
              data-look="main"
              onClick={() => schedule.go(items, 0)}
            >
              {w.start}
            </button>
          )}
        </>
      )}
    </details>
  );
}

/** For hosts only. */
export function AgendaSection(props: { model: CallModel }): ReactNode {
  const schedule = useValue(props.model.schedule);
  return schedule && <Section schedule={schedule} />;
}
