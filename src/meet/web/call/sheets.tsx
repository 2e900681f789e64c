import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import type { ControlsWords } from './controls.words.ts';
import * as icons from './icons.tsx';
import type { Sheet } from './seating.ts';
import { keys } from './shortcuts.ts';
import { EncryptionSheet } from './encryption-sheet.tsx';
import { LayoutButtons } from './top-bar.tsx';
import { Popover } from './popover.tsx';
import { PutOutSheet } from './put-out-sheet.tsx';
import { Question } from './question.tsx';
import { ScreenButton } from './toolbar.tsx';
import type { Controls } from './toolbar.tsx';
import { useValue } from './use-value.ts';
import css from './sheets.module.css';

function MoreRow(props: { name: string; onPress: () => void; children: ReactNode }): ReactNode {
  return (
    <button type="button" className={css.row} onClick={props.onPress}>
      {props.children} {props.name}
    </button>
  );
}

function MoreSheet(props: Controls & { onPip: (() => void) | null }): ReactNode {
  const w = useWords(controls_words);
  const { model, seating, narrow, onPip } = props;
  const close = (act: () => void) => () => {
    seating.sheet.set(null);
    act();
  };
  return (
    <Popover {...props} title={w.more} at="bottom">
      {narrow && (
        <>
          <div className={css.inline}>
            <LayoutButtons {...props} />
            <ScreenButton model={model} />
          </div>
          <MoreRow name={w.people} onPress={close(() => seating.panel.set('people'))}>
            <icons.PeopleIcon size={20} />
          </MoreRow>
          <MoreRow name={w.settings} onPress={close(() => seating.panel.set('settings'))}>
            <icons.SettingsIcon size={20} />
          </MoreRow>
        </>
      )}
      {onPip !== null && (
        <MoreRow name={w.pip} onPress={close(onPip)}>
          <icons.PipIcon size={20} />
        </MoreRow>
      )}
      <MoreRow name={w.shortcuts} onPress={() => seating.sheet.set('shortcuts')}>
        <icons.KeysIcon size={20} />
      </MoreRow>
      {narrow && model.host && (
        <MoreRow name={w.end} onPress={() => seating.sheet.set('end')}>
          <icons.EndIcon size={20} />
        </MoreRow>
      )}
    </Popover>
  );
}

/** Every key with what it does. */
function listKeys(w: ControlsWords): [string, string][] {
  return [
    [keys.microphone, `${w.mute} / ${w.unmute}`],
    [w.space, w.talk],
    [keys.camera, `${w.stop_video} / ${w.start_video}`],
    [keys.screen, `${w.share} / ${w.stop_share}`],
    [keys.hand, `${w.raise_hand} / ${w.lower_hand}`],
    [keys.chat, w.chat],
    [keys.people, w.people],
    [keys.layout, `${w.grid} / ${w.speaker}`],
    [keys.leave, w.leave],
    [keys.shortcuts, w.shortcuts],
  ];
}

function ShortcutsSheet(props: Controls): ReactNode {
  const w = useWords(controls_words);
  return (
    <Question {...props} title={w.shortcuts}>
      <dl className={css.keys}>
        {listKeys(w).map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className={css.answers}>
        <button type="button" className="button" onClick={() => props.seating.sheet.set(null)}>
          {w.close}
        </button>
      </div>
    </Question>
  );
}

interface AskProps extends Controls {
  readonly title: string;
  readonly what: string | null;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
}

function Ask(props: AskProps): ReactNode {
  const { seating } = props;
  return (
    <Question {...props}>
      {props.what !== null && <p>{props.what}</p>}
      <div className={css.answers}>
        <button type="button" className="button" onClick={() => seating.sheet.set(null)}>
          {props.no}
        </button>
        <button
          type="button"
          className={`button ${css.danger}`}
          onClick={() => {
            seating.sheet.set(null);
            props.onYes();
          }}
        >
          {props.yes}
        </button>
      </div>
    </Question>
  );
}

/** Whatever sheet is open. `onPip` is null where the browser has no picture in picture. */
export function Sheets(props: Controls & { onPip: (() => void) | null }): ReactNode {
  const w = useWords(controls_words);
  const { model } = props;
  const open = useValue<Sheet | null>(props.seating.sheet);
  if (open === null) return null;
  if (open === 'more') return <MoreSheet {...props} />;
  if (open === 'encryption') return <EncryptionSheet {...props} />;
  if (open === 'shortcuts') return <ShortcutsSheet {...props} />;
  if (open === 'put-out') return <PutOutSheet {...props} />;
  const common = { ...props, children: null };
  if (open === 'leave') {
    const words = { title: w.leave_ask, what: null, yes: w.leave_now, no: w.stay };
    return <Ask {...common} {...words} onYes={() => model.leave()} />;
  }
  const words = { title: w.end_ask, what: w.end_what, yes: w.end, no: w.cancel };
  return <Ask {...common} {...words} onYes={() => model.endForEveryone()} />;
}
