import type { ReactNode } from 'react';
import { LinkField } from '../../web/design/link-field.tsx';
import { Masthead } from '../../web/design/masthead.tsx';
import { useWords } from '../../web/lang.ts';
import { refusalWords } from '../../web/refusal.words.ts';
import { useStore } from '../../web/store.ts';
import type { LeaveReason } from './entry.ts';
import { readPlace } from './seat.ts';
import { troubleWords } from './trouble.words.ts';
import type { Problem, Visit } from './visit.ts';

type Next = 'link' | 'home' | 'rejoin' | 'again' | 'none';

interface Notice {
  readonly title: string;
  readonly text: string;
  readonly next: Next;
}

/** The page has changed under its reader: the title is read out, and the keyboard begins there. */
function beginHere(heading: HTMLElement | null): void {
  heading?.focus();
}

/** A page that says what keeps the person out of the call, and the one thing to do. */
export function Trouble({ visit }: { visit: Visit }): ReactNode {
  const { problem, over, people_max } = useStore(visit.store);
  const text = useWords(troubleWords);
  const unfit = useWords(refusalWords);

  const gone = { title: text.gone, text: text.gone_text, next: 'home' } as const;
  const ended = { title: text.ended, text: text.ended_text, next: 'home' } as const;
  const problems: Readonly<Record<Problem, Notice>> = {
    absent: { title: text.incomplete, text: text.incomplete_text, next: 'link' },
    malformed: { title: text.incomplete, text: text.malformed_text, next: 'link' },
    gone,
    ended,
    denied: { title: text.denied, text: text.denied_text, next: 'again' },
    full: { title: text.full, text: text.full_text(people_max), next: 'again' },
    insecure: { title: text.unfit, text: unfit.insecure, next: 'none' },
    old: { title: text.unfit, text: unfit.old, next: 'none' },
  };
  const reasons: Readonly<Record<LeaveReason, Notice>> = {
    left: { title: text.left, text: text.left_text, next: 'rejoin' },
    removed: { title: text.removed, text: text.removed_text, next: 'home' },
    denied: { title: text.denied, text: text.denied_text, next: 'rejoin' },
    failed: { title: text.failed, text: text.failed_text, next: 'rejoin' },
    ended,
  };
  // Who was put out knows no new link: that they were is what they need to read.
  const put_out = over === 'removed';
  const shown = problem && !put_out ? problems[problem] : reasons[over ?? 'left'];

  return (
    <div className="door">
      <Masthead />
      <main className="notice">
        <h1 key={shown.title} ref={beginHere} tabIndex={-1}>
          {shown.title}
        </h1>
        <p>{shown.text}</p>
        <NextStep next={shown.next} visit={visit} />
        {over === 'failed' && (
          <a className="button plain" href="/test">
            {text.test}
          </a>
        )}
      </main>
    </div>
  );
}

function NextStep({ next, visit }: { next: Next; visit: Visit }): ReactNode {
  const text = useWords(troubleWords);
  const { joining } = useStore(visit.store);
  const home = (
    <a className={next === 'home' ? 'button primary' : 'button plain'} href="/">
      {text.home}
    </a>
  );
  if (next === 'none') return null;
  if (next === 'home') return home;
  if (next === 'link') {
    return (
      <LinkField label={text.link} action={text.open} empty={text.empty} faults={text.faults} />
    );
  }
  return (
    <>
      <button
        type="button"
        className="button primary"
        aria-disabled={joining}
        onClick={() => void visit.join(readPlace(visit.link.room).name)}
      >
        {next === 'rejoin' ? text.rejoin : text.again}
      </button>
      {next === 'rejoin' && home}
    </>
  );
}
