import { useId, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { FrameProps } from './popover.tsx';
import css from './sheets.module.css';

/** A question that must be answered first. Escape is the answer that changes nothing. */
export function Question(props: FrameProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // It must be closed while it is still there: only then the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={css.dialog}
      aria-labelledby={heading}
      onClose={() => props.seating.sheet.set(null)}
    >
      <h2 id={heading}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
