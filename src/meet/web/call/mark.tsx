import type { ReactNode } from 'react';

/** A drawn mark, and the words for those who do not see it. */
export function Mark(props: {
  readonly says: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className={props.className}>
      <span aria-hidden="true" style={{ display: 'contents' }}>
        {props.children}
      </span>
      <span className="visually-hidden">{props.says}</span>
    </span>
  );
}
