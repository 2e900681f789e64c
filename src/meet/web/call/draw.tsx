import type { ReactNode } from 'react';

/** An icon of 24 by 24 made of one path, shown in `size` CSS pixels; it says nothing by itself. */
export function draw(path: string) {
  return function Icon(props: { size: number }): ReactNode {
    return (
      <svg
        width={props.size}
        height={props.size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d={path} />
      </svg>
    );
  };
}
