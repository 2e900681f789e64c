import { useId, useRef, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { Masthead } from '../../web/design/masthead.tsx';
import { useLang, useWords } from '../../web/lang.ts';
import { explain } from '../../web/refusal.ts';
import { useStore } from '../../web/store.ts';
import { CopyLink } from './copy-link.tsx';
import style from './join.module.css';
import { joinWords } from './join.words.ts';
import { Preview } from './preview.tsx';
import type { VisitModel } from './visit.ts';

/** The page before the call: own picture, name, link, Join. */
export function Join({ visit }: { visit: VisitModel }): ReactNode {
  const text = useWords(joinWords);
  const { here, link_url } = useStore(visit.store);
  return (
    <div className={style.page}>
      <Masthead />
      <main className={style.main}>
        <Preview own={visit.own} />
        <div className={style.side}>
          <div>
            <h1 className={style.title}>{text.title}</h1>
            <output className={style.here}>{here && text.here(here.length)}</output>
          </div>
          <NameForm visit={visit} />
          <div className={style.invite}>
            <p>{text.invite}</p>
            <CopyLink url={link_url} />
          </div>
          <p className={style.small}>{text.encryption}</p>
        </div>
      </main>
    </div>
  );
}

function NameForm({ visit }: { visit: VisitModel }): ReactNode {
  const text = useWords(joinWords);
  const lang = useLang();
  const id = useId();
  const { joining, cause } = useStore(visit.store);
  const [is_missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    // The field is not controlled: what was typed before hydration is in it, and nowhere else.
    const name = field.current?.value.trim().replace(/\s+/g, ' ') ?? '';
    setMissing(name === '');
    if (name === '') return field.current?.focus();
    try {
      localStorage.setItem('name', name);
    } catch {
      // A browser that keeps nothing asks again the next time.
    }
    void visit.join(name);
  }

  const said = is_missing ? text.name_missing : cause ? explain(cause, lang) : '';
  return (
    <form className={style.form} onSubmit={submit} noValidate>
      <label htmlFor={id}>{text.name}</label>
      <input
        ref={field}
        id={id}
        className="field"
        name="name"
        maxLength={60}
        autoComplete="name"
        enterKeyHint="go"
        spellCheck={false}
        translate="no"
        aria-invalid={is_missing}
        aria-describedby={`${id}-said`}
      />
      <output id={`${id}-said`} className="fault">
        {joining ? <span className={style.late}>{text.connecting}</span> : said}
      </output>
      <button type="submit" className={`button primary ${style.join}`} aria-disabled={joining}>
        {text.join}
      </button>
    </form>
  );
}
