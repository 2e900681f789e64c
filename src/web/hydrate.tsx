import { type ReactNode, useEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { replayEarly } from './early.ts';

/** Adopts the prerendered page, then makes again what was pressed before. */
export function hydrate(page: ReactNode): void {
  const root = document.getElementById('page');
  if (root) hydrateRoot(root, <Adopted>{page}</Adopted>);
}

function Adopted({ children }: { children: ReactNode }): ReactNode {
  useEffect(replayEarly, []);
  return children;
}
