import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createMeeting } from '../../meet/web/create.ts';
import { Icon } from '../design/icon.tsx';
import { LinkField } from '../design/link-field.tsx';
import { Masthead } from '../design/masthead.tsx';
import { useLang, useWords } from '../lang.ts';
import { explain } from '../refusal.ts';
import { homeWords } from './home.words.ts';
import style from './home.module.css';
import { Ring } from './ring.tsx';

/** `/`: one button to make a meeting, one field to join one. */
export function Home(): ReactNode {
  const text = useWords(homeWords);
  return (
    <div className={style.page}>
      <Masthead />
      <main className={style.main}>
        <div className={style.words}>
          <h1 className={style.title}>{text.title}</h1>
          <p className={style.lead}>{text.lead}</p>
          <NewMeeting />
          <LinkField label={text.link} action={text.join} empty={text.empty} faults={text.faults} />
          <ul className={style.facts}>
            {text.facts.map(([name, rest]) => (
              <li key={name}>
                <strong>{name}</strong> <span>{rest}</span>
              </li>
            ))}
          </ul>
          <p className={style.encryption}>
            {text.encryption} <a href="/test">{text.test}</a>
          </p>
        </div>
        <Ring />
      </main>
    </div>
  );
}

function NewMeeting(): ReactNode {
  const text = useWords(homeWords);
  const lang = useLang();
  const [busy, setBusy] = useState(false);
  const [cause, setCause] = useState<unknown>(null);
  const button = useRef<HTMLButtonElement>(null);

  // The shortcut of the installed app. Back from the meeting this is the page without it.
  useEffect(() => {
    if (location.search !== '?new') return;
    history.replaceState(null, '', '/');
    button.current?.click();
  }, []);

  async function create(): Promise<void> {
    if (busy) return;
    setBusy(true);
    setCause(null);
    try {
      location.assign(await createMeeting());
    } catch (error) {
      setCause(error);
      setBusy(false);
    }
  }

  return (
    <div>
      <button
        ref={button}
        type="button"
        className={`button primary ${style.create}`}
        aria-disabled={busy}
        onClick={() => void create()}
      >
        <Icon name="plus" />
        {text.create}
      </button>
      <output className={`fault ${busy ? style.busy : ''}`}>
        {busy ? text.creating : cause !== null && explain(cause, lang)}
      </output>
    </div>
  );
}
