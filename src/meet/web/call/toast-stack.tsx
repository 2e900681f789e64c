import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import type { ControlsWords } from './controls.words.ts';
import type { CallModel, Notice } from './model.ts';
import { useValue } from './use-value.ts';
import css from './controls.module.css';

function say(w: ControlsWords, notice: Notice): string {
  switch (notice.kind) {
    case 'joined':
    case 'left':
    case 'hand':
    case 'waiting':
    case 'time-up':
    case 'renamed':
    case 'wrote-direct':
    case 'mentioned':
    case 'not-there':
      return w.toast[notice.kind](notice.name);
    case 'put-out':
      return w.put_out(notice.name, notice.by);
    case 'fallback':
    case 'gone':
      return w[notice.kind][notice.device](notice.name);
    case 'silenced':
    case 'allowed':
      return w[notice.kind][notice.what];
    case 'forbidden':
      return w.forbidden[notice.what];
    case 'unruly':
      return w.unruly(notice.name);
    case 'fault':
      return w.fault[notice.device][notice.fault];
    default:
      return w.toast[notice.kind];
  }
}

/** The one polite live region of the call. It stands from the start, so that it is heard. */
export function ToastStack(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const toasts = useValue(props.model.toasts);
  return (
    <output className={css.toasts} aria-live="polite" aria-atomic="false">
      {toasts.map((toast) => (
        <p key={toast.id} className={css.toast}>
          {say(w, toast.notice)}
        </p>
      ))}
    </output>
  );
}
