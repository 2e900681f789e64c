import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useLang, useWords } from '../../../web/lang.ts';
import { Now } from '../schedule/now.tsx';
import { BarButton } from './bar.tsx';
import { controls_words } from './controls.words.ts';
import { CopyIcon, GridIcon, SpeakerIcon } from './icons.tsx';
import { LockMark } from './lock-mark.tsx';
import type { Controls } from './toolbar.tsx';
import { keys } from './shortcuts.ts';
import { useValue } from './use-value.ts';
import css from './top-bar.module.css';

/** The time of day, which everybody in a meeting looks for. */
function Clock(): ReactNode {
  const lang = useLang();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setTimeout(() => setNow(new Date()), 60_000 - (now.getTime() % 60_000));
    return () => clearTimeout(timer);
  }, [now]);
  const text = now.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' });
  return <time className={css.clock}>{text}</time>;
}

/** Grid and Speaker: two buttons, one of them pressed. */
export function LayoutButtons(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { seating } = props;
  const mode = useValue(seating.mode);
  return (
    <div className={css.layouts}>
      <BarButton
        name={w.grid}
        look="plain"
        shortcut={keys.layout}
        pressed={mode === 'grid'}
        onPress={() => seating.mode.set('grid')}
      >
        <GridIcon size={20} />
      </BarButton>
      <BarButton
        name={w.speaker}
        look="plain"
        shortcut={keys.layout}
        pressed={mode === 'speaker'}
        onPress={() => seating.mode.set('speaker')}
      >
        <SpeakerIcon size={20} />
      </BarButton>
    </div>
  );
}

export function TopBar(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { model, seating, narrow } = props;
  const people = useValue(model.people);
  const open = useValue(seating.sheet) === 'encryption';
  const lock = useValue(model.lock);
  const state = useId();
  return (
    <>
      <div className={css.lock} data-state={lock.state}>
        <button
          type="button"
          aria-label={w.encryption}
          aria-describedby={state}
          aria-expanded={open}
          onClick={() => seating.toggleSheet('encryption')}
        >
          <LockMark state={lock.state} size={16} />
        </button>
        <span id={state}>{w.lock[lock.reason].short}</span>
      </div>
      <Clock />
      {!narrow && <Now model={model} />}
      <span className={css.space} />
      {!narrow && <LayoutButtons {...props} />}
      {people.length > 1 && (
        <button type="button" className={css.copy} onClick={() => model.copyLink()}>
          <CopyIcon size={16} />
          <span className={css.long}>{w.copy_link}</span>
        </button>
      )}
    </>
  );
}
