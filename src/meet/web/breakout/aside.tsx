/**
 * What stands over the meeting while one is in a breakout room: the room's own page in a frame, and
 * a strip of the meeting above it, with the way back, what hosts say to all rooms, and the screen
 * that somebody shares with everybody.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from '../../../web/lang.ts';
import type { CallModel } from '../call/model.ts';
import { tileOfShare } from '../call/model.ts';
import { Moving } from '../call/moving.tsx';
import panel from '../call/panel.module.css';
import { isHost } from '../call/rights.ts';
import { stage_words } from '../call/stage.words.ts';
import { useValue } from '../call/use-value.ts';
import type { Message } from '../chat/model.ts';
import { breakout_words } from './breakout.words.ts';
import { Countdown } from './countdown.tsx';
import type { Aside as Stay, BreakoutsModel, FromRoom, ToRoom } from './model.ts';
import css from './breakout.module.css';

/**
 * All that a call asks for. The frame is this very page with another link: a sandbox in which it has its
 * scripts and its origin would hold nothing back.
 */
const permissions = 'camera; microphone; display-capture; autoplay; fullscreen; clipboard-write';

interface AsideProps {
  readonly model: CallModel;
  readonly stay: Stay;
}

function useFrame(breakouts: BreakoutsModel | null, leaving: boolean) {
  const ref = useRef<HTMLIFrameElement>(null);
  // What was pressed to come here is gone: a keyboard goes on in the room.
  useEffect(() => ref.current?.focus(), []);
  useEffect(() => {
    const hear = ({ source, origin, data }: MessageEvent<FromRoom>): void => {
      if (origin !== location.origin || source !== ref.current?.contentWindow) return;
      if (data.t === 'breakout-over') breakouts?.left(data.reason);
    };
    window.addEventListener('message', hear);
    return () => window.removeEventListener('message', hear);
  }, [breakouts]);
  useEffect(() => {
    const message: ToRoom = { t: 'breakout-leave' };
    if (leaving) ref.current?.contentWindow?.postMessage(message, location.origin);
  }, [leaving]);
  return ref;
}

/** What hosts wrote in the meeting since one is here: the last of it. */
function useAnnouncement(model: CallModel): Message | undefined {
  const messages = useValue(model.messages);
  const group = useValue(model.group);
  const [since] = useState(() => Date.now());
  return messages.findLast(
    ({ identity, at, text }) => at >= since && text !== '' && isHost(group, identity),
  );
}

function Announcement(props: { model: CallModel }): ReactNode {
  const w = useWords(breakout_words);
  const said = useAnnouncement(props.model);
  return (
    <output className={css.said}>
      {said && (
        <>
          <b>
            <bdi translate="no">{w.says(said.name)}</bdi>
          </b>{' '}
          <span translate="no" dir="auto">
            {said.text}
          </span>
        </>
      )}
    </output>
  );
}

/** The screen that is shared with all, wherever they are. */
function SharedScreen(props: { model: CallModel }): ReactNode {
  const w = useWords(stage_words);
  const { model } = props;
  const share = useValue(model.shares).find(({ you }) => !you);
  const tile = share === undefined ? '' : tileOfShare(share.id);
  useLayoutEffect(() => model.show(new Set(tile === '' ? [] : [tile])), [model, tile]);
  if (share === undefined) return null;
  return (
    <fieldset className={css.screen} aria-label={w.screen_of(share.name)}>
      {share.picture !== null && <Moving picture={share.picture} whole />}
    </fieldset>
  );
}

export function Aside(props: AsideProps): ReactNode {
  const w = useWords(breakout_words);
  const { model, stay } = props;
  const breakouts = useValue(model.breakouts);
  const frame = useFrame(breakouts, stay.leaving);
  const { name, link } = stay.room;
  return (
    <div className={css.aside}>
      <header className={css.strip}>
        <h1 className={css.name}>
          <bdi translate="no">{name}</bdi>
        </h1>
        {breakouts && <Recalled breakouts={breakouts} />}
        <Announcement model={model} />
        <button
          type="button"
          className={panel.act}
          aria-disabled={stay.leaving}
          onClick={() => breakouts?.comeBack()}
        >
          {stay.leaving ? w.leaving : w.back}
        </button>
      </header>
      <main className={css.views}>
        <SharedScreen model={model} />
        <iframe ref={frame} className={css.frame} title={name} src={link} allow={permissions} />
      </main>
    </div>
  );
}

function Recalled(props: { breakouts: BreakoutsModel }): ReactNode {
  const at_ms = useValue(props.breakouts.recalled);
  return <output className={css.recalled}>{at_ms !== null && <Countdown at_ms={at_ms} />}</output>;
}
