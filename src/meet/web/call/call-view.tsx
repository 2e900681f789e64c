import { useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, PointerEvent, ReactNode, RefObject } from 'react';
import { useWords } from '../../../web/lang.ts';
import { call_words } from './call.words.ts';
import { SoundIcon } from './icons.tsx';
import { useIdle } from './idle.ts';
import type { CallModel } from './model.ts';
import { SidePanel } from './panel.tsx';
import { PipWindow, canPip, openPip } from './pip.tsx';
import { Seating } from './seating.ts';
import { Sheets } from './sheets.tsx';
import { listenToKeys } from './shortcuts.ts';
import { Stage } from './stage.tsx';
import { ToastStack } from './toast-stack.tsx';
import { Toolbar } from './toolbar.tsx';
import { TopBar } from './top-bar.tsx';
import { useLife } from './use-life.ts';
import { useValue } from './use-value.ts';
import css from './call-view.module.css';

const narrow_query = '(width < 720px)';
/** What lasts shorter than this is not worth a word. */
const told_after_ms = 600;

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(narrow_query).matches);
  useEffect(() => {
    const query = matchMedia(narrow_query);
    const read = (): void => setNarrow(query.matches);
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, []);
  return narrow;
}

/** Seating that lives as long as the view, with the keys that act on it. */
function useSeating(model: CallModel): Seating {
  const life = useLife();
  const [seating] = useState(() => new Seating(model, life));
  useEffect(() => {
    const controller = new AbortController();
    listenToKeys(window, model, seating, controller.signal);
    return () => controller.abort();
  }, [model, seating]);
  return seating;
}

/** Text that appears only once what it says has lasted. */
function Late(props: { text: string }): ReactNode {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), told_after_ms);
    return () => clearTimeout(timer);
  }, []);
  return due && <span className={css.banner}>{props.text}</span>;
}

function PhaseBanner(props: { model: CallModel }): ReactNode {
  const w = useWords(call_words);
  const phase = useValue(props.model.phase);
  return (
    <output className={css.status}>
      {phase === 'connecting' && <Late key={phase} text={w.connecting} />}
      {phase === 'reconnecting' && <Late key={phase} text={w.reconnecting} />}
    </output>
  );
}

function HearButton(props: { model: CallModel }): ReactNode {
  const w = useWords(call_words);
  const blocked = useValue(props.model.sound_blocked);
  if (!blocked) return null;
  return (
    <div className={css.hear}>
      <button type="button" className="button primary" onClick={() => props.model.playSound()}>
        <SoundIcon size={20} aria-hidden="true" /> {w.hear}
      </button>
      <p>{w.hear_why}</p>
    </div>
  );
}

/** Keeps what is at the bottom above a phone's on-screen keyboard. */
function useKeyboardRoom(): RefObject<HTMLElement | null> {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return undefined;
    const fit = (): void => {
      const covered = window.innerHeight - view.height * view.scale;
      if (ref.current) ref.current.style.height = covered > 80 ? `${view.height}px` : '';
    };
    view.addEventListener('resize', fit);
    return () => view.removeEventListener('resize', fit);
  }, []);
  return ref;
}

function usePip(model: CallModel, seating: Seating) {
  const [pip, setPip] = useState<Window | null>(null);
  useEffect(() => () => pip?.close(), [pip]);
  const start = async (): Promise<void> => {
    const opened = await openPip(() => setPip(null));
    setPip(opened);
    if (opened === null) return;
    const life = new AbortController();
    listenToKeys(opened, model, seating, life.signal);
    opened.addEventListener('pagehide', () => life.abort());
  };
  // Closing it before it opened is an answer, and nothing to report.
  const open = (): void => void start().catch(() => undefined);
  return { pip, open: canPip() ? open : null };
}

/**
 * The whole call on screen. It knows nothing of the media server: whatever implements the model
 * is shown, a meeting or a sample of one.
 */
export function CallView(props: { model: CallModel }): ReactNode {
  const { model } = props;
  const w = useWords(call_words);
  const seating = useSeating(model);
  const narrow = useNarrow();
  const sheet = useValue(seating.sheet);
  const panel = useValue(seating.panel);
  const alone = useValue(model.people).length === 1;
  const idle = useIdle(sheet !== null || panel !== null || alone);
  const root = useKeyboardRoom();
  const { pip, open } = usePip(model, seating);
  const controls = useMemo(() => ({ model, seating, narrow }), [model, seating, narrow]);
  const shown_by_touch = useRef(false);
  const touch = (event: PointerEvent): void => {
    shown_by_touch.current = idle && event.pointerType !== 'mouse';
  };
  // A finger that brings the controls back must not press the one it cannot see yet.
  const click = (event: MouseEvent): void => {
    if (!shown_by_touch.current) return;
    shown_by_touch.current = false;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <main ref={root} className={css.call} aria-label={w.call} data-idle={idle}>
      <header className={css.top}>
        <TopBar {...controls} />
      </header>
      <div className={css.middle}>
        <Stage model={model} seating={seating} />
        <SidePanel {...controls} />
        <PhaseBanner model={model} />
        <HearButton model={model} />
        <ToastStack model={model} />
      </div>
      <footer className={css.bottom} onPointerDownCapture={touch} onClickCapture={click}>
        <Toolbar {...controls} />
      </footer>
      <Sheets {...controls} onPip={open} />
      {pip !== null && <PipWindow model={model} seating={seating} host={pip} />}
    </main>
  );
}
