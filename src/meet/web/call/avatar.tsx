import type { CSSProperties, ReactNode } from 'react';
import { hueOf, initialsOf } from './face.ts';
import css from './tile.module.css';

/** Initials in the colour of a person, where there is no picture. */
export function Face(props: { identity: string; name: string }): ReactNode {
  const hue = hueOf(props.identity);
  return (
    <span className={css.face} style={{ '--hue': hue } as CSSProperties} aria-hidden="true">
      {initialsOf(props.name)}
    </span>
  );
}
