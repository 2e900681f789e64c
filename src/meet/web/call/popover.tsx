import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Controls } from './toolbar.tsx';
import css from './sheets.module.css';

export interface FrameProps extends Controls {
  readonly title: string;
  readonly children: ReactNode;
}

/** Something that explains itself beside what opened it; the call goes on under it. */
export function Popover(props: FrameProps & { at: 'top' | 'bottom' }): ReactNode {
  const { seating } = props;
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const life = new AbortController();
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      seating.sheet.set(null);
      if (opener instanceof HTMLElement) opener.focus();
    };
    const point = (event: PointerEvent): void => {
      if (!(event.target instanceof Element) || ref.current?.contains(event.target)) return;
      // The opener closes it by itself; closing here as well would open it again.
      if (event.target.closest('[aria-expanded="true"]') === null) seating.sheet.set(null);
    };
    document.addEventListener('keydown', press, { signal: life.signal });
    document.addEventListener('pointerdown', point, { signal: life.signal });
    ref.current?.focus();
    return () => life.abort();
  }, [seating]);
  return (
    <dialog
      ref={ref}
      open
      aria-label={props.title}
      tabIndex={-1}
      className={css.popover}
      data-at={props.at}
    >
      {props.children}
    </dialog>
  );
}
