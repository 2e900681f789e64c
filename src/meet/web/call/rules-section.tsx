/** What a host lets guests do, and what a host does to all at once. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { modes } from '../../../protocol/encryption/rights.ts';
import type { GuestRight } from '../../../protocol/encryption/rights.ts';
import { host_words } from './host.words.ts';
import type { CallModel, Person } from './model.ts';
import { mayManage } from './person-acts.tsx';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** What there is in a call so far: reactions come later. */
const offered = ['mic', 'cam', 'share', 'chat'] as const satisfies readonly GuestRight[];

function Rights(props: { model: CallModel }): ReactNode {
  const w = useWords(host_words);
  const { model } = props;
  const { guests } = useValue(model.group);
  // What was pressed shows at once, while the group agrees on it.
  const [pressed, setPressed] = useState<Partial<Record<GuestRight, boolean>>>({});
  const change = (right: GuestRight, may: boolean): void => {
    setPressed((old) => ({ ...old, [right]: may }));
    const settle = (): void => setPressed(({ [right]: _done, ...others }) => others);
    void model.act({ kind: 'right', right, may }).then(settle);
  };
  return (
    <details className={css.rights}>
      <summary>{w.guests_may}</summary>
      {offered.map((right) => (
        <label key={right} className={css.check}>
          <input
            type="checkbox"
            checked={pressed[right] ?? guests.includes(right)}
            onChange={(event) => change(right, event.target.checked)}
          />
          {w.rights[right]}
        </label>
      ))}
    </details>
  );
}

/** What kind of meeting it is; and of an event, its beginning. */
function Kind(props: { model: CallModel }): ReactNode {
  const w = useWords(host_words);
  const { model } = props;
  const { mode, gate } = useValue(model.group);
  const what = useId();
  const choose = (value: string): void => {
    const chosen = modes.find((each) => each === value);
    if (chosen) void model.act({ kind: 'mode', mode: chosen });
  };
  return (
    <>
      <label className={css.field}>
        {w.mode}
        <select
          aria-describedby={what}
          value={mode}
          onChange={(event) => choose(event.target.value)}
        >
          {modes.map((each) => (
            <option key={each} value={each}>
              {w.modes[each]}
            </option>
          ))}
        </select>
        <span id={what} className={css.quiet}>
          {w.modes_what[mode]}
        </span>
      </label>
      {mode === 'event' && gate === 'lobby' && (
        <div className={css.host_link}>
          <button
            type="button"
            className={css.act}
            data-look="main"
            onClick={() => void model.act({ kind: 'gate', gate: 'open' })}
          >
            {w.start_event}
          </button>
          <p>{w.start_what}</p>
        </div>
      )}
    </>
  );
}

/** Those whom one may order, and of whom `holds` is true. */
function useIds(model: CallModel, holds: (person: Person) => boolean): string[] {
  const people = useValue(model.people);
  const group = useValue(model.group);
  const found = people.filter((person) => mayManage(group, person) && holds(person));
  return found.map(({ identity }) => identity);
}

/** For hosts only. */
export function RulesSection(props: { model: CallModel }): ReactNode {
  const w = useWords(host_words);
  const { model } = props;
  const speaking = useIds(model, ({ muted }) => !muted);
  const raised = useIds(model, ({ hand_at }) => hand_at !== null);
  const what = useId();
  const muteAll = (): void => {
    if (speaking.length > 0) void model.act({ kind: 'quiet', ids: speaking, what: ['mic'] });
  };
  return (
    <>
      <Kind model={model} />
      <div className={css.all}>
        <button
          type="button"
          className={css.act}
          aria-disabled={speaking.length === 0}
          onClick={muteAll}
        >
          {w.mute_all}
        </button>
        {raised.length > 0 && (
          <button
            type="button"
            className={css.act}
            onClick={() => void model.act({ kind: 'lower', ids: raised })}
          >
            {w.lower_all}
          </button>
        )}
        <button
          type="button"
          className={css.act}
          data-look="danger"
          aria-describedby={what}
          onClick={() => void model.act({ kind: 'panic' })}
        >
          {w.panic}
        </button>
      </div>
      <p id={what} className={css.hint}>
        {w.panic_what}
      </p>
      <Rights model={model} />
    </>
  );
}
