import { Suspense, useRef, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { Refused } from '../../app/client.ts';
import { Masthead } from '../../web/design/masthead.tsx';
import { useWords } from '../../web/lang.ts';
import { useStore } from '../../web/store.ts';
import { CopyLink } from './copy-link.tsx';
import './join.css';
import { joinWords } from './join.words.ts';
import { later } from './later.ts';
import { Preview } from './preview.tsx';
import type { Visit } from './visit.ts';

const Explained = later((aside) => aside.Explained);

/** The page before the call: own picture, name, link, Join. */
export function Join({ visit }: { visit: Visit }): ReactNode {
  const text = useWords(joinWords);
  const { here, link_url } = useStore(visit.store);
  return (
    <div className="door">
      <p className="returning late">{text.connecting}</p>
      <Masthead />
      <main className="main">
        <Preview visit={visit} />
        <div className="side">
          <div>
            <h1 className="title">{text.title}</h1>
            <output className="here">{here && text.here(here.length)}</output>
          </div>
          <NameForm visit={visit} />
          <div className="invite">
            <p>{text.invite}</p>
            <CopyLink url={link_url} />
          </div>
          <p className="small">{text.encryption}</p>
        </div>
      </main>
    </div>
  );
}

function NameForm({ visit }: { visit: Visit }): ReactNode {
  const text = useWords(joinWords);
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

  return (
    <form className="form" onSubmit={submit}>
      <label htmlFor="name">{text.name}</label>
      <input
        ref={field}
        id="name"
        className="field"
        name="name"
        maxLength={60}
        autoComplete="name"
        enterKeyHint="go"
        spellCheck={false}
        translate="no"
        aria-invalid={is_missing}
        aria-describedby="said"
      />
      <output id="said" className="fault">
        {joining && <span className="late">{text.connecting}</span>}
        {!joining && is_missing && text.name_missing}
        {!joining && !is_missing && cause !== null && <Failure cause={cause} />}
      </output>
      <button type="submit" className="button primary join" aria-disabled={joining}>
        {text.join}
      </button>
    </form>
  );
}

/** What the server said no with is explained by a part that it sends; that it is away, at once. */
function Failure({ cause }: { cause: unknown }): ReactNode {
  const { unreachable } = useWords(joinWords);
  if (!(cause instanceof Refused) || cause.code === 'app.unreachable') return unreachable;
  return (
    <Suspense>
      <Explained cause={cause} />
    </Suspense>
  );
}
