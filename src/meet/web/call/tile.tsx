import { Suspense, memo, useLayoutEffect, useRef } from 'react';
import type { CSSProperties, ReactNode, RefObject } from 'react';
import { useWords } from '../../../web/lang.ts';
import { stage_words } from './stage.words.ts';
import { Face } from './avatar.tsx';
import { HandIcon, MicrophoneOffIcon } from './stage-icons.tsx';
import { Pin } from './late-parts.ts';
import type { Box } from './layout.ts';
import { Mark } from './mark.tsx';
import type { Bars, Person, Share } from './model.ts';
import { Moving } from './moving.tsx';
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
  }, [ref, box]);
}

function placeAt(box: Box): CSSProperties {
  const transform = `translate(${box.x}px, ${box.y}px)`;
  return { transform, width: box.width, height: box.height };
}

function NetworkBars(props: { bars: Bars }): ReactNode {
  const w = useWords(stage_words);
  const { bars } = props;
  if (bars === null) return null;
  return (
    <span className={css.bars} data-bars={bars}>
      <i />
      <i />
      <i />
      <span className="visually-hidden">{w.bars[bars]}</span>
    </span>
  );
}

interface PersonTileProps extends Placed {
  readonly person: Person;
  /** Their turn among the raised hands, from 1; 0 without a hand. */
  readonly turn: number;
}

export const PersonTile = memo(function PersonTile(props: PersonTileProps): ReactNode {
  const { person, box, turn } = props;
  const w = useWords(stage_words);
  const ref = useRef<HTMLFieldSetElement>(null);
  useGlide(ref, box);
  const { name, picture, muted, away } = person;
  const label = person.you ? w.you(name) : name;
  return (
    <fieldset
      ref={ref}
      aria-label={label}
      className={css.tile}
      style={placeAt(box)}
      data-speaking={person.speaking}
      data-small={box.width < 170 || box.height < 100}
      data-identity={person.identity}
    >
      <Face identity={person.identity} name={name} />
      {picture !== null && <Moving picture={picture} whole={false} />}
      {turn > 0 && (
        <Mark className={css.hand} says={w.hand_place(turn)}>
          <HandIcon size={16} /> {turn}
        </Mark>
      )}
      <div className={css.label}>
        {muted && (
          <Mark className={css.muted} says={w.muted}>
            <MicrophoneOffIcon size={14} />
          </Mark>
        )}
        <bdi className={css.name} translate="no">
          {label}
        </bdi>
        {away ? <span className={css.quiet}>{w.away}</span> : <NetworkBars bars={person.bars} />}
      </div>
      <Suspense>
        <Pin name={name} pinned={props.pinned} onPin={props.onPin} />
      </Suspense>
    </fieldset>
  );
});

interface ShareTileProps extends Placed {
  readonly share: Share;
}

export const ShareTile = memo(function ShareTile(props: ShareTileProps): ReactNode {
  const { share, box } = props;
  const w = useWords(stage_words);
  const ref = useRef<HTMLFieldSetElement>(null);
  useGlide(ref, box);
  const label = w.screen_of(share.name);
  return (
    <fieldset
      ref={ref}
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
      <Suspense>
        <Pin name={label} pinned={props.pinned} onPin={props.onPin} />
      </Suspense>
    </fieldset>
  );
});
