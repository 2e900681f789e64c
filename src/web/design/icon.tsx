import type { ReactNode } from 'react';
import type { IconName } from './sprite.tsx';

/** An icon beside a text, or in a control that has a name: it says nothing by itself. */
export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg className="icon" aria-hidden="true">
      <use href={`#${name}`} />
    </svg>
  );
}
