import { Suspense, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Icon } from '../../web/design/icon.tsx';
import { useWords } from '../../web/lang.ts';
import { useStore } from '../../web/store.ts';
import type { Kind } from './devices.ts';
import { joinWords } from './join.words.ts';
import { later } from './later.ts';
import type { OwnMedia } from './own-media.ts';
import type { Visit } from './visit.ts';

const DeviceChoice = later((aside) => aside.DeviceChoice);
const DeviceTrouble = later((aside) => aside.DeviceTrouble);

/** Own picture as a mirror, microphone level, the two switches, and the choice of devices. */
export function Preview({ visit }: { visit: Visit }): ReactNode {
  const { own } = visit;
  const text = useWords(joinWords);
  const { asked, video, video_on, audio_fault, video_fault } = useStore(own.store);
  const [is_open, setOpen] = useState(false);
  const screen = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const element = screen.current;
    // The early script may have put this very picture there; replacing it would blink.
    if (!element || (video && showing(element) === video) || !asked) return;
    element.srcObject = video && new MediaStream([video]);
  }, [video, asked]);

  return (
    <section className="preview">
      <div className="tile">
        <div className="under">
          {!asked && video_on && (
            <div className="ask">
              <button type="button" className="button" onClick={() => void own.ask()}>
                {text.ask}
              </button>
              <p>{text.unseen}</p>
            </div>
          )}
          {!video_on && !video_fault && <p>{text.camera_off}</p>}
          {(audio_fault ?? video_fault) && (
            <Suspense>
              <DeviceTrouble audio={audio_fault} video={video_fault} />
            </Suspense>
          )}
        </div>
        <video ref={screen} className="mirror" muted autoPlay playsInline />
        <div className="switches">
          <Level visit={visit} />
          <Switch own={own} kind="audio" />
          <Switch own={own} kind="video" />
          <button
            type="button"
            className="switch"
            aria-label={text.settings}
            title={text.settings}
            aria-expanded={is_open}
            onClick={() => setOpen(!is_open)}
          >
            <Icon name="settings" />
          </button>
        </div>
      </div>
      {is_open && (
        <Suspense>
          <DeviceChoice own={own} />
        </Suspense>
      )}
    </section>
  );
}

function showing(element: HTMLVideoElement): MediaStreamTrack | undefined {
  return element.srcObject instanceof MediaStream
    ? element.srcObject.getVideoTracks()[0]
    : undefined;
}

const icons = { audio: ['microphone', 'microphone-off'], video: ['camera', 'camera-off'] } as const;

function Switch({ own, kind }: { own: OwnMedia; kind: Kind }): ReactNode {
  const text = useWords(joinWords)[kind];
  const is_on = useStore(own.store)[`${kind}_on`];
  const name = is_on ? text.on : text.off;
  return (
    <button
      type="button"
      className="switch"
      data-off={!is_on}
      aria-label={name}
      title={name}
      onClick={() => own.toggle(kind)}
    >
      <Icon name={icons[kind][is_on ? 0 : 1]} />
    </button>
  );
}

/** How loud the microphone is: it shows people that it works, before they ask "do you hear me". */
function Level({ visit }: { visit: Visit }): ReactNode {
  const { audio, audio_on } = useStore(visit.own.store);
  const { inside } = useStore(visit.store);
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = bar.current;
    if (!audio || !audio_on || !element || !inside) return undefined;
    const stop = inside.followLevel(audio, (level) =>
      element.style.setProperty('--level', level.toFixed(2)),
    );
    return () => {
      stop();
      element.style.setProperty('--level', '0');
    };
  }, [audio, audio_on, inside]);
  return <span ref={bar} className={audio ? 'level' : 'level quiet'} aria-hidden="true" />;
}
