import { memo, useLayoutEffect, useRef } from 'react';
import type { CSSProperties, ReactNode, RefObject } from 'react';
import { useWords } from '../../../web/lang.ts';
import { call_words } from './call.words.ts';
import { hueOf, initialsOf } from './face.ts';
import { HandIcon, MicrophoneOffIcon, PinIcon, UnpinIcon } from './icons.tsx';
import type { Box } from './layout.ts';
import type { Bars, Person, Picture, Share } from './model.ts';
import css from './tile.module.css';

interface Placed {
  readonly box: Box;
  readonly pinned: boolean;
  readonly onPin: () => void;
}

/** Moves an element from where it stood to where it stands now, without asking for a layout. */
function useGlide(ref: RefObject<HTMLElement | null>, box: Box): void {
  const before = useRef<Box | null>(null);
  useLayoutEffect(() => {
    const from = before.current;
    before.current = box;
    if (from === null || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const moved = from.x !== box.x || from.y !== box.y || from.width !== box.width;
    if (!moved && from.height === box.height) return;
    const scale = `scale(${from.width / box.width}, ${from.height / box.height})`;
    const start = `translate(${from.x}px, ${from.y}px) ${scale}`;
    const end = `translate(${box.x}px, ${box.y}px)`;
    ref.current?.animate([{ transform: start }, { transform: end }], {
      duration: 180,
      easing: 'ease-out',
    });
  }, [ref, box.x, box.y, box.width, box.height]);
}

function placeAt(box: Box): CSSProperties {
  const transform = `translate(${box.x}px, ${box.y}px)`;
  return { transform, width: box.width, height: box.height };
}

/** A moving picture. `whole` shows all of it, also where that leaves bars beside it. */
export function Moving(props: { picture: Picture; whole: boolean }): ReactNode {
  const { picture, whole } = props;
  const ref = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    const video = ref.current;
    if (video === null) return;
    const fit = (): void => {
      const shape = video.videoWidth / video.videoHeight;
      const room = video.clientWidth / video.clientHeight;
      // A phone held upright in a wide tile would lose its head and chin to the edges.
      const cut = Math.max(shape / room, room / shape);
      video.dataset['fit'] = whole || cut > 1.7 ? 'contain' : 'cover';
    };
    const observer = new ResizeObserver(fit);
    observer.observe(video);
    video.addEventListener('resize', fit);
    const detach = picture.attach(video);
    return () => {
      observer.disconnect();
      video.removeEventListener('resize', fit);
      detach();
    };
  }, [picture, whole]);
  return (
    <video
      ref={ref}
      className={css.video}
      data-mirrored={picture.mirrored}
      autoPlay
      playsInline
      muted
      disableRemotePlayback
    />
  );
}

export function Face(props: { identity: string; name: string }): ReactNode {
  const hue = hueOf(props.identity);
  return (
    <span className={css.face} style={{ '--hue': hue } as CSSProperties} aria-hidden="true">
      {initialsOf(props.name)}
    </span>
  );
}

function NetworkBars(props: { bars: Bars }): ReactNode {
  const w = useWords(call_words);
  const { bars } = props;
  if (bars === null) return null;
  return (
    <span className={css.bars} data-bars={bars} role="img" aria-label={w.bars[bars]}>
      <span />
      <span />
      <span />
    </span>
  );
}

function PinButton(props: { name: string; pinned: boolean; onPin: () => void }): ReactNode {
  const w = useWords(call_words);
  const label = props.pinned ? w.unpin(props.name) : w.pin(props.name);
  return (
    <button type="button" className={css.pin} aria-label={label} onClick={props.onPin}>
      {props.pinned ? <UnpinIcon size={18} /> : <PinIcon size={18} />}
    </button>
  );
}

interface PersonTileProps extends Placed {
  readonly person: Person;
  /** Their turn among the raised hands, from 1; 0 without a hand. */
  readonly turn: number;
}

export const PersonTile = memo(function PersonTile(props: PersonTileProps): ReactNode {
  const { person, box, turn } = props;
  const w = useWords(call_words);
  const ref = useRef<HTMLDivElement>(null);
  useGlide(ref, box);
  const { name, picture, muted, away } = person;
  const label = person.you ? w.you(name) : name;
  return (
    <div
      ref={ref}
      role="group"
      aria-label={label}
      className={css.tile}
      style={placeAt(box)}
      data-speaking={person.speaking}
      data-small={box.width < 170 || box.height < 100}
      data-identity={person.identity}
    >
      {picture === null ? (
        <Face identity={person.identity} name={name} />
      ) : (
        <Moving picture={picture} whole={false} />
      )}
      {turn > 0 && (
        <span className={css.hand} role="img" aria-label={w.hand_place(turn)}>
          <HandIcon size={16} aria-hidden="true" /> {turn}
        </span>
      )}
      <div className={css.label}>
        {muted && (
          <span className={css.muted} role="img" aria-label={w.muted}>
            <MicrophoneOffIcon size={14} />
          </span>
        )}
        <bdi className={css.name} translate="no">
          {label}
        </bdi>
        {away && <span className={css.quiet}>{w.away}</span>}
        <NetworkBars bars={person.bars} />
      </div>
      <PinButton name={name} pinned={props.pinned} onPin={props.onPin} />
    </div>
  );
});

interface ShareTileProps extends Placed {
  readonly share: Share;
}

export const ShareTile = memo(function ShareTile(props: ShareTileProps): ReactNode {
  const { share, box } = props;
  const w = useWords(call_words);
  const ref = useRef<HTMLDivElement>(null);
  useGlide(ref, box);
  const label = w.screen_of(share.name);
  return (
    <div
      ref={ref}
      role="group"
      aria-label={label}
      className={`${css.tile} ${css.screen}`}
      style={placeAt(box)}
    >
      {share.picture !== null && <Moving picture={share.picture} whole />}
      <div className={css.label}>
        <bdi className={css.name} translate="no">
          {share.you ? w.your_screen : label}
        </bdi>
      </div>
      <PinButton name={label} pinned={props.pinned} onPin={props.onPin} />
    </div>
  );
});
