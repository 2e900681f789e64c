import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useLang, useWords } from '../../../web/lang.ts';
import { devices, playNotes, take } from './device-tries.ts';
import type { Device, DeviceState, DeviceStates } from './device-tries.ts';
import { Sign } from './sign.tsx';
import type { State } from './steps.ts';
import { trialWords } from './trial.words.ts';
import css from './trial.module.css';

interface Props {
  readonly tried: DeviceStates;
  readonly onTried: (change: (before: DeviceStates) => DeviceStates) => void;
}

/** Somebody who speaks is louder than this, from 0 to 1. */
const heard_min = 0.35;
/** Who was asked to say something, and is not heard for so long, has a trouble. */
const silent_ms = 8000;

const signs: Readonly<Partial<Record<DeviceState, State>>> = {
  waiting: 'waiting',
  running: 'running',
  good: 'good',
};

export function DevicesPart({ tried, onTried }: Props): ReactNode {
  const text = useWords(trialWords);
  const [video, setVideo] = useState<MediaStreamTrack | null>(null);
  const [audio, setAudio] = useState<MediaStreamTrack | null>(null);
  const set = (device: Device, state: DeviceState): void =>
    onTried((before) => ({ ...before, [device]: state }));

  useEffect(() => () => video?.stop(), [video]);
  useEffect(() => () => audio?.stop(), [audio]);

  const ask = async (): Promise<void> => {
    set('camera', 'running');
    set('microphone', 'running');
    const camera = await take('video');
    setVideo(camera.track);
    if (camera.fault) set('camera', camera.fault);
    const microphone = await take('audio');
    setAudio(microphone.track);
    if (microphone.fault) set('microphone', microphone.fault);
  };
  const end = (): void => {
    setVideo(null);
    setAudio(null);
  };
  const play = async (): Promise<void> => {
    set('speaker', 'running');
    await playNotes().catch(() => set('speaker', 'silent'));
  };
  const is_on = video !== null || audio !== null;
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">{text.devices}</h2>
      <p className={css.quiet}>{text.devices_how}</p>
      <ul className={css.steps} aria-live="polite">
        {devices.map((device) => (
          <li key={device} data-device={device} data-state={tried[device]}>
            <Sign state={signs[tried[device]] ?? 'bad'} />
            <span>{text.device[device]}</span>
            <span className={css.quiet}>{text.said[device][tried[device]]}</span>
          </li>
        ))}
      </ul>
      {video && <Picture track={video} onShown={() => set('camera', 'good')} />}
      {audio && (
        <Loudness
          track={audio}
          onHeard={() => set('microphone', 'good')}
          onSilent={() => set('microphone', 'silent')}
        />
      )}
      <div className={css.presses}>
        <button type="button" className="button" onClick={is_on ? end : () => void ask()}>
          {is_on ? text.end : text.ask}
        </button>
        <button type="button" className="button" onClick={() => void play()}>
          {text.play}
        </button>
        {tried.speaker === 'running' && (
          <Heard onSaid={(heard) => set('speaker', heard ? 'good' : 'silent')} />
        )}
      </div>
    </section>
  );
}

function Heard({ onSaid }: { readonly onSaid: (heard: boolean) => void }): ReactNode {
  const text = useWords(trialWords);
  return (
    <>
      <button type="button" className="button" onClick={() => onSaid(true)}>
        {text.heard}
      </button>
      <button type="button" className="button" onClick={() => onSaid(false)}>
        {text.unheard}
      </button>
    </>
  );
}

interface PictureProps {
  readonly track: MediaStreamTrack;
  readonly onShown: () => void;
}

function Picture({ track, onShown }: PictureProps): ReactNode {
  const text = useWords(trialWords);
  const lang = useLang();
  const screen = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (screen.current) screen.current.srcObject = new MediaStream([track]);
  }, [track]);
  const { width = 0, height = 0, frameRate = 0 } = track.getSettings();
  const round = (value: number): string =>
    new Intl.NumberFormat(lang, { maximumFractionDigits: 0, useGrouping: false }).format(value);
  return (
    <figure className={css.picture}>
      <video ref={screen} muted autoPlay playsInline aria-label={text.own} onLoadedData={onShown} />
      <figcaption className={css.quiet}>
        {text.picture(round(width), round(height), round(frameRate))}
      </figcaption>
    </figure>
  );
}

interface LoudnessProps {
  readonly track: MediaStreamTrack;
  readonly onHeard: () => void;
  readonly onSilent: () => void;
}

function Loudness({ track, onHeard, onSilent }: LoudnessProps): ReactNode {
  const text = useWords(trialWords);
  const bar = useRef<HTMLMeterElement>(null);
  const told = useRef({ onHeard, onSilent });
  useEffect(() => {
    told.current = { onHeard, onSilent };
  });
  useEffect(() => {
    const life = new AbortController();
    const late = setTimeout(() => told.current.onSilent(), silent_ms);
    const begin = async (): Promise<void> => {
      const { followLevel } = await import('./late.ts');
      if (life.signal.aborted) return;
      const stop = followLevel(track, (level) => {
        if (bar.current) bar.current.value = level;
        if (level < heard_min) return;
        clearTimeout(late);
        told.current.onHeard();
      });
      life.signal.addEventListener('abort', stop);
    };
    void begin();
    return () => {
      clearTimeout(late);
      life.abort();
    };
  }, [track]);
  return <meter ref={bar} className={css.level} min={0} max={1} aria-label={text.level} />;
}
