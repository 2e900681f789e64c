import type { ReactNode } from 'react';

/** Conclave's mark: a key whose bow is a ring of seats. The same drawing as files/favicon.svg. */
export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="12" cy="12" r="8.2" />
      <path d="m18.4 18.4 10 10M23.2 23.2l3-3M27 27l2.6-2.6" />
    </svg>
  );
}
