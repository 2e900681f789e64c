import { Suspense, lazy, useEffect, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { useTitle } from '../../web/design/masthead.tsx';
import { useWords } from '../../web/lang.ts';
import { useStore } from '../../web/store.ts';
import type { Entry, LeaveReason } from './entry.ts';
import { Join } from './join.tsx';
import { joinWords } from './join.words.ts';
import { createVisit } from './visit.ts';

const Trouble = lazy(() => import('./trouble.tsx'));

type CallView = ComponentType<{ entry: Entry; onLeft: (reason: LeaveReason) => void }>;

/** `/m/<room>`: the door of a meeting, the call behind it, and what comes after. */
export function Meet(): ReactNode {
  const text = useWords(joinWords);
  const [visit] = useState(createVisit);
  const [Call, setCall] = useState<CallView | null>(null);
  const { over, problem, entry } = useStore(visit.store);
  const is_wanted = entry !== null;

  useEffect(() => {
    const page = new AbortController();
    void visit.start(window.early?.media ?? null, page.signal);
    // Another link pasted over this one changes the fragment alone, and loads nothing.
    addEventListener('hashchange', () => location.reload(), { signal: page.signal });
    return () => page.abort();
  }, [visit]);

  // While the person looks at their picture, the call is fetched; it is there when they press Join.
  useEffect(() => {
    const load = async (): Promise<void> => {
      const call = await import('./call/index.tsx');
      setCall(() => call.Call);
      await call.warm();
    };
    return whenIdle(is_wanted, () => void load().catch(visit.fail));
  }, [is_wanted, visit]);

  useEffect(() => {
    if (entry && Call) document.documentElement.dataset['inside'] = '';
  }, [entry, Call]);

  useTitle(`${text.title} – Conclave`);
  if (entry && Call) return <Call entry={entry} onLeft={visit.leave} />;
  if (problem ?? over) {
    return (
      <Suspense>
        <Trouble visit={visit} />
      </Suspense>
    );
  }
  return <Join visit={visit} />;
}

/** Runs `act` now, or once the page has nothing better to do; gives the way to call it off. */
function whenIdle(now: boolean, act: () => void): () => void {
  if (now || !('requestIdleCallback' in window)) {
    act();
    return () => undefined;
  }
  const id = requestIdleCallback(act, { timeout: 3000 });
  return () => cancelIdleCallback(id);
}
