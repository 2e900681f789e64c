/**
 * Everything of the call that is not a tile: bars, panels, sheets, keys. One script, loaded while
 * the call connects; its three parts stand at the top, over the tiles, and at the bottom.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MouseEvent, PointerEvent, ReactNode, RefObject } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BreakoutOffer } from '../breakout/offer.tsx';
import { Now } from '../schedule/now.tsx';
import { controls_words } from './controls.words.ts';
import { listenToDrags } from './dragging.ts';
import { SoundIcon } from './icons.tsx';
import { useIdle } from './idle.ts';
import type { CallModel } from './model.ts';
import { SidePanel } from './panel.tsx';
import { PipWindow, canPip, openPip } from './pip.tsx';
import type { Seating } from './seating.ts';
import { Sheets } from './sheets.tsx';
import { listenToKeys } from './shortcuts.ts';
import { ToastStack } from './toast-stack.tsx';
import { Toolbar } from './toolbar.tsx';
import type { Controls } from './toolbar.tsx';
import { TopBar } from './top-bar.tsx';
import { TroubleCard } from './trouble-card.tsx';
import { useDue } from './use-due.ts';
import { useValue } from './use-value.ts';
import css from './controls.module.css';

export { Alone, Pages, Pin } from './tile-tools.tsx';
export { Aside } from '../breakout/aside.tsx';

export interface Seated {
  readonly model: CallModel;
  readonly seating: Seating;
}

const narrow_query = '(width < 720px)';
/** What lasts shorter than this is not worth a word. */
const told_after_ms = 600;

function useControls({ model, seating }: Seated): Controls {
  const [narrow, setNarrow] = useState(() => matchMedia(narrow_query).matches);
  useEffect(() => {
    const query = matchMedia(narrow_query);
    const read = (): void => setNarrow(query.matches);
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, []);
  return useMemo(() => ({ model, seating, narrow }), [model, seating, narrow]);
}

export function Top(props: Seated): ReactNode {
  return <TopBar {...useControls(props)} />;
}

/** Text that appears only once what it says has lasted. */
function Late(props: { text: string }): ReactNode {
  const due = useDue(told_after_ms);
  return due && <span className={css.banner}>{props.text}</span>;
}

function PhaseBanner(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const phase = useValue(props.model.phase);
  const waits = useValue(props.model.group).phase === 'waiting';
  return (
    <output className={css.status}>
      {phase === 'connecting' && !waits && <Late key={phase} text={w.connecting} />}
      {phase === 'reconnecting' && <Late key={phase} text={w.reconnecting} />}
    </output>
  );
}

function HearButton(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const blocked = useValue(props.model.sound_blocked);
  if (!blocked) return null;
  return (
    <div className={css.hear}>
      <button type="button" className="button primary" onClick={() => props.model.playSound()}>
        <SoundIcon size={20} /> {w.hear}
      </button>
      <p>{w.hear_why}</p>
    </div>
  );
}

export function Over(props: Seated): ReactNode {
  const controls = useControls(props);
  const { model } = props;
  return (
    <>
      {controls.narrow && (
        <div className={css.now}>
          <Now model={model} />
        </div>
      )}
      <SidePanel {...controls} />
      <PhaseBanner model={model} />
      <HearButton model={model} />
      <BreakoutOffer model={model} />
      <TroubleCard {...controls} />
      <ToastStack model={model} />
    </>
  );
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

/** Steps back when nobody looks for the controls. */
function useStepBack({ model, seating }: Seated): void {
  const sheet = useValue(seating.sheet);
  const panel = useValue(seating.panel);
  const alone = useValue(model.people).length === 1;
  const idle = useIdle(sheet !== null || panel !== null || alone);
  useEffect(() => seating.idle.set(idle), [seating, idle]);
}

/** Keeps what is at the bottom of the call above a phone's on-screen keyboard. */
function useKeyboardRoom(): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = window.visualViewport;
    const call = ref.current?.closest('main');
    if (!view || !call) return undefined;
    const fit = (): void => {
      const covered = window.innerHeight - view.height * view.scale;
      call.style.height = covered > 80 ? `${view.height}px` : '';
    };
    view.addEventListener('resize', fit);
    return () => view.removeEventListener('resize', fit);
  }, []);
  return ref;
}

export function Bottom(props: Seated): ReactNode {
  const { model, seating } = props;
  const controls = useControls(props);
  const { pip, open } = usePip(model, seating);
  useStepBack(props);
  const bar = useKeyboardRoom();
  useEffect(() => {
    const life = new AbortController();
    listenToKeys(window, model, seating, life.signal);
    listenToDrags(seating, life.signal);
    return () => life.abort();
  }, [model, seating]);
  const unseen = useRef(false);
  const touch = (event: PointerEvent): void => {
    unseen.current = seating.idle.get() && event.pointerType !== 'mouse';
  };
  // A finger that brings the controls back must not press the one it cannot see yet.
  const click = (event: MouseEvent): void => {
    if (!unseen.current) return;
    unseen.current = false;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div ref={bar} className={css.bar} onPointerDownCapture={touch} onClickCapture={click}>
        <Toolbar {...controls} />
      </div>
      <Sheets {...controls} onPip={open} />
      {pip !== null && <PipWindow model={model} seating={seating} host={pip} />}
    </>
  );
}
