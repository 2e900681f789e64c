/** What a host sees of the door: who waits at it, and who comes in without waiting. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { gates } from '../../../protocol/encryption/policy.ts';
import type { Waiting } from '../group/waiting.ts';
import { Face } from './avatar.tsx';
import { cleanName } from './face.ts';
import { folded } from './folded.ts';
import { host_words } from './host.words.ts';
import type { CallModel } from './model.ts';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

function WaitingRow(props: { model: CallModel; who: Waiting }): ReactNode {
  const w = useWords(host_words);
  const { model, who } = props;
  const name = cleanName(who.name);
  const described = useId();
  return (
    <li className={css.person}>
      <span className={css.dot}>
        <Face identity={who.id} name={name} />
      </span>
      <span id={described} className={css.name}>
        <bdi translate="no">{name}</bdi> <code translate="no">{who.id.slice(0, 8)}</code>
        {who.note !== '' && (
          <q className={css.said} translate="no" dir="auto">
            {who.note}
          </q>
        )}
      </span>
      <span className={css.marks}>
        <button
          type="button"
          className={css.act}
          aria-describedby={described}
          onClick={() => model.answer(who.knock, false)}
        >
          {w.refuse}
        </button>
        <button
          type="button"
          className={css.act}
          data-look="main"
          aria-describedby={described}
          onClick={() => model.answer(who.knock, true)}
        >
          {w.admit}
        </button>
      </span>
    </li>
  );
}

/** More than these are not found by looking. */
const found_at_a_glance = 8;

/** Nothing where nobody waits. */
function WaitingList(props: { model: CallModel; waiting: readonly Waiting[] }): ReactNode {
  const w = useWords(host_words);
  const heading = useId();
  const { model, waiting } = props;
  const [sought, setSought] = useState('');
  if (waiting.length === 0) return null;
  const shown = waiting.filter(({ name }) => folded(name).includes(folded(sought)));
  const admitAll = (): void => waiting.forEach(({ knock }) => model.answer(knock, true));
  return (
    <section aria-labelledby={heading} className={css.door}>
      <h3 id={heading} className={css.by}>
        {w.waiting(waiting.length)}
      </h3>
      {waiting.length > found_at_a_glance && (
        <input
          type="search"
          aria-label={w.seek}
          placeholder={w.seek}
          value={sought}
          spellCheck={false}
          onChange={(event) => setSought(event.target.value)}
        />
      )}
      <ul aria-labelledby={heading}>
        {shown.map((who) => (
          <WaitingRow key={who.knock} model={model} who={who} />
        ))}
      </ul>
      {waiting.length > 1 && (
        <button type="button" className={css.act} data-look="main" onClick={admitAll}>
          {w.admit_all}
        </button>
      )}
    </section>
  );
}

/** For hosts only. */
export function DoorSection(props: { model: CallModel }): ReactNode {
  const w = useWords(host_words);
  const { model } = props;
  const { gate, waiting } = useValue(model.group);
  const choose = (value: string): void => {
    const chosen = gates.find((each) => each === value);
    if (chosen) void model.act({ kind: 'gate', gate: chosen });
  };
  return (
    <>
      <WaitingList model={model} waiting={waiting} />
      <label className={css.field}>
        {w.gate}
        <select value={gate ?? 'open'} onChange={(event) => choose(event.target.value)}>
          {gates.map((each) => (
            <option key={each} value={each}>
              {w.gates[each]}
            </option>
          ))}
        </select>
      </label>
      {model.host && (
        <div className={css.host_link}>
          <button type="button" className={css.act} onClick={() => model.copyHostLink()}>
            {w.copy_host_link}
          </button>
          <p>{w.host_link_what}</p>
        </div>
      )}
    </>
  );
}
