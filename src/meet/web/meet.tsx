import { Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTitle } from '../../web/design/masthead.tsx';
import { useWords } from '../../web/lang.ts';
import { useStore } from '../../web/store.ts';
import { Join } from './join.tsx';
import { joinWords } from './join.words.ts';
import { later } from './later.ts';
import { Visit } from './visit.ts';

const Trouble = later((aside) => aside.Trouble);

/** `/m/<room>`: the door of a meeting, the call behind it, and what comes after. */
export function Meet(): ReactNode {
  const text = useWords(joinWords);
  const [visit] = useState(() => new Visit());
  const { over, problem, entry, inside } = useStore(visit.store);

  useEffect(() => {
    const page = new AbortController();
    void visit.start(window.early?.media ?? {}, page.signal).catch(visit.fail);
    // Another link pasted over this one changes the fragment alone, and loads nothing.
    addEventListener('hashchange', () => location.reload(), { signal: page.signal });
    return () => page.abort();
  }, [visit]);

  useTitle(`${text.title} – Conclave`);
  if (entry && inside) return <inside.Call entry={entry} onLeft={visit.leave} />;
  if (problem ?? over) {
    return (
      <Suspense>
        <Trouble visit={visit} />
      </Suspense>
    );
  }
  return <Join visit={visit} />;
}
