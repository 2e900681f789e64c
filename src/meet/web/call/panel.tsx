import { Suspense, lazy, useId, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BarButton } from './bar.tsx';
import { controls_words } from './controls.words.ts';
import { CloseIcon } from './icons.tsx';
import { load } from './load.ts';
import type { Controls } from './toolbar.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { useValue } from './use-value.ts';
import css from './panel.module.css';

/** Their scripts come when they are first opened. */
const ChatPanel = lazy(async () => {
  const { ChatPanel: panel } = await load(() => import('../chat/chat-panel.tsx'));
  return { default: panel };
});
const PeoplePanel = lazy(async () => {
  const { PeoplePanel: panel } = await load(() => import('./people-panel.tsx'));
  return { default: panel };
});

/** The side panel; on a phone it lies over the tiles. Escape closes it. */
export function SidePanel(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { model, seating } = props;
  const open = useValue(seating.panel);
  const heading = useId();
  const ref = useRef<HTMLElement>(null);
  // Before what stands in the panel takes the focus: it goes back to where it was.
  useLayoutEffect(() => {
    if (open === null) return undefined;
    const opener = document.activeElement;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') seating.panel.set(null);
    };
    ref.current?.addEventListener('keydown', close);
    return () => {
      // Only once the panel is gone it is known whether the focus is.
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && opener instanceof HTMLElement) opener.focus();
      });
    };
  }, [open, seating]);
  if (open === null) return null;
  return (
    <aside ref={ref} className={css.panel} aria-labelledby={heading}>
      <header className={css.head}>
        <h2 id={heading}>{w[open]}</h2>
        <BarButton name={w.close} look="plain" onPress={() => seating.panel.set(null)}>
          <CloseIcon size={20} />
        </BarButton>
      </header>
      <Suspense>
        {open === 'chat' && <ChatPanel model={model} />}
        {open === 'people' && <PeoplePanel model={model} seating={seating} />}
      </Suspense>
      {open === 'settings' && <SettingsPanel model={model} seating={seating} />}
    </aside>
  );
}
