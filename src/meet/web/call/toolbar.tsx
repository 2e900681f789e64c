import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import { BarButton } from './bar.tsx';
import { controls_words } from './controls.words.ts';
import { host_words } from './host.words.ts';
import * as icons from './icons.tsx';
import type { CallModel } from './model.ts';
import type { Panel, Seating } from './seating.ts';
import { keys } from './shortcuts.ts';
import { useValue } from './use-value.ts';
import css from './toolbar.module.css';

export interface Controls {
  readonly model: CallModel;
  readonly seating: Seating;
  readonly narrow: boolean;
}

export function MicrophoneButton(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const { on, busy } = useValue(props.model.microphone);
  return (
    <BarButton
      name={on ? w.mute : w.unmute}
      shortcut={keys.microphone}
      busy={busy}
      {...(on ? {} : { look: 'off' as const })}
      onPress={() => props.model.setMicrophone(!on)}
    >
      {on ? <icons.MicrophoneIcon size={22} /> : <icons.MicrophoneOffIcon size={22} />}
    </BarButton>
  );
}

export function CameraButton(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const { on, busy } = useValue(props.model.camera);
  return (
    <BarButton
      name={on ? w.stop_video : w.start_video}
      shortcut={keys.camera}
      busy={busy}
      {...(on ? {} : { look: 'off' as const })}
      onPress={() => props.model.setCamera(!on)}
    >
      {on ? <icons.CameraIcon size={22} /> : <icons.CameraOffIcon size={22} />}
    </BarButton>
  );
}

export function ScreenButton(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const { on, busy } = useValue(props.model.screen);
  if (!props.model.can_share) return null;
  return (
    <BarButton
      name={on ? w.stop_share : w.share}
      shortcut={keys.screen}
      busy={busy}
      {...(on ? { look: 'danger' as const } : {})}
      onPress={() => props.model.setScreen(!on)}
    >
      {on ? <icons.StopShareIcon size={22} /> : <icons.ShareIcon size={22} />}
    </BarButton>
  );
}

function HandButton(props: { model: CallModel }): ReactNode {
  const w = useWords(controls_words);
  const people = useValue(props.model.people);
  const up = people.some((person) => person.you && person.hand_at !== null);
  return (
    <BarButton
      name={up ? w.lower_hand : w.raise_hand}
      shortcut={keys.hand}
      pressed={up}
      onPress={() => props.model.raiseHand(!up)}
    >
      <icons.HandIcon size={22} />
    </BarButton>
  );
}

/** How many wait at the door, for a host. */
function useWaits(model: CallModel): { count: number; text: string } | undefined {
  const h = useWords(host_words);
  const { length } = useValue(model.group).waiting;
  return length > 0 ? { count: length, text: h.waits(length) } : undefined;
}

function PanelButton(props: Controls & { panel: Panel; children: ReactNode }): ReactNode {
  const w = useWords(controls_words);
  const { model, seating, panel } = props;
  const open = useValue(seating.panel) === panel;
  const messages = useValue(model.messages);
  const seen = useValue(seating.seen);
  const unread =
    panel === 'chat' && !open ? messages.filter(({ you, at }) => !you && at > seen).length : 0;
  const waits = useWaits(model);
  const chat = unread > 0 ? { count: unread, text: w.unread(unread) } : undefined;
  const shortcut = { people: keys.people, chat: keys.chat, settings: undefined }[panel];
  return (
    <BarButton
      name={w[panel]}
      {...(shortcut === undefined ? {} : { shortcut })}
      expanded={open}
      badge={panel === 'people' && !open ? waits : chat}
      onPress={() => seating.togglePanel(panel)}
    >
      {props.children}
    </BarButton>
  );
}

function MoreButton(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { model, seating, narrow } = props;
  const open = useValue(seating.sheet) === 'more';
  const waits = useWaits(model);
  return (
    <BarButton
      name={w.more}
      expanded={open}
      badge={narrow && !open ? waits : undefined}
      onPress={() => seating.toggleSheet('more')}
    >
      <icons.MoreIcon size={22} />
    </BarButton>
  );
}

function LeaveButtons(props: Controls): ReactNode {
  const w = useWords(controls_words);
  const { model, seating, narrow } = props;
  return (
    <>
      {model.host && !narrow && (
        <BarButton name={w.end} onPress={() => seating.sheet.set('end')}>
          <icons.EndIcon size={22} />
        </BarButton>
      )}
      <button type="button" className={css.leave} onClick={() => model.leave()}>
        {w.leave}
      </button>
    </>
  );
}

/** The controls of the call, at the bottom on every size. */
export function Toolbar(props: Controls): ReactNode {
  const { model, narrow } = props;
  return (
    <>
      <MicrophoneButton model={model} />
      <CameraButton model={model} />
      {!narrow && <ScreenButton model={model} />}
      {!narrow && <span className={css.gap} />}
      <HandButton model={model} />
      <PanelButton {...props} panel="chat">
        <icons.ChatIcon size={22} />
      </PanelButton>
      {!narrow && (
        <>
          <PanelButton {...props} panel="people">
            <icons.PeopleIcon size={22} />
          </PanelButton>
          <PanelButton {...props} panel="settings">
            <icons.SettingsIcon size={22} />
          </PanelButton>
        </>
      )}
      <MoreButton {...props} />
      {!narrow && <span className={css.gap} />}
      <LeaveButtons {...props} />
    </>
  );
}
