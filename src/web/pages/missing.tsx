import type { ReactNode } from 'react';
import { Mark } from '../design/mark.tsx';
import { useWords } from '../lang.ts';
import { missingWords } from './missing.words.ts';

/** The page of any address that is none of ours. It has no script. */
export function Missing(): ReactNode {
  const text = useWords(missingWords);
  return (
    <main className="notice">
      <Mark />
      <h1>{text.title}</h1>
      <p>{text.text}</p>
      <a className="button primary" href="/">
        {text.home}
      </a>
    </main>
  );
}
