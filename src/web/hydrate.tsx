import { type ReactNode, useEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { replayEarly } from './early.ts';

/** Adopts the prerendered page, then makes again what was pressed before. */
export function hydrate(page: ReactNode): void {
  const root = document.getElementById('page');
  if (root) hydrateRoot(root, <Adopted>{page}</Adopted>);
}

function Adopted({ children }: { children: ReactNode }): ReactNode {
  useEffect(() => {
    // After what the page's own effects began has been drawn: a press must not find it empty.
    const timer = setTimeout(replayEarly, 0);
    return () => clearTimeout(timer);
  }, []);
  return children;
}
