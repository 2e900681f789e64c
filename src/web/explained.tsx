import type { ReactNode } from 'react';
import { useLang } from './lang.ts';
import { explain } from './refusal.ts';

/** What failed, as a sentence: loaded when something has. */
export function Explained({ cause }: { cause: unknown }): ReactNode {
  return explain(cause, useLang());
}
