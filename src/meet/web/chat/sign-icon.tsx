import type { ReactNode } from 'react';
import type { Sign } from '../group/signs.ts';

/**
 * Signs are drawn, after Lucide (ISC): a font with pictures is not on every machine, and theirs would be
 * the only colours here that nobody chose.
 */
const drawings: Readonly<Record<Sign, string>> = {
  agree:
    'M7 10v12M15 5.88 14 10h5.83a2 2 0 0 1 1.92 2.56l-2.33 8A2 2 0 0 1 17.5 22H4a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2h2.76a2 2 0 0 0 1.79-1.11L12 2a3.13 3.13 0 0 1 3 3.88Z',
  heart:
    'M19 14c1.49-1.46 3-3.21 3-5.5A5.5 5.5 0 0 0 16.5 3c-1.76 0-3 .5-4.5 2-1.5-1.5-2.74-2-4.5-2A5.5 5.5 0 0 0 2 8.5c0 2.3 1.5 4.05 3 5.5l7 7Z',
  laugh: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M18 13a6 6 0 0 1-12 0ZM9 9h.01M15 9h.01',
  wow: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M12 13a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M9 9h.01M15 9h.01',
  cheer:
    'M9.94 15.5A2 2 0 0 0 8.5 14.06l-6.13-1.58a.5.5 0 0 1 0-.96L8.5 9.94A2 2 0 0 0 9.94 8.5l1.58-6.13a.5.5 0 0 1 .96 0l1.58 6.13a2 2 0 0 0 1.44 1.44l6.13 1.58a.5.5 0 0 1 0 .96l-6.13 1.58a2 2 0 0 0-1.44 1.44l-1.58 6.13a.5.5 0 0 1-.96 0ZM20 3v4M22 5h-4',
  question: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3M12 17h.01',
};

export function SignIcon({ sign }: { readonly sign: Sign }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d={drawings[sign]} />
    </svg>
  );
}
