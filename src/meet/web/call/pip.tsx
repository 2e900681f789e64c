/** The meeting in a small window of its own, over whatever else is on the screen. */
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useLang, useWords } from '../../../web/lang.ts';
import { controls_words } from './controls.words.ts';
import type { CallModel, Person, Share } from './model.ts';
import type { Seating } from './seating.ts';
import { Face } from './avatar.tsx';
import { Moving } from './moving.tsx';
import { CameraButton, MicrophoneButton } from './toolbar.tsx';
import { useValue } from './use-value.ts';
import css from './pip.module.css';

/** Document Picture-in-Picture (WICG), which the DOM types do not know yet. */
interface DocumentPip {
  requestWindow(size: { width: number; height: number }): Promise<Window>;
}

function findDocumentPip(): DocumentPip | null {
  const found: unknown = Reflect.get(window, 'documentPictureInPicture');
  return typeof found === 'object' && found !== null ? (found as DocumentPip) : null;
}

export function canPip(): boolean {
  return findDocumentPip() !== null || document.pictureInPictureEnabled;
}

/**
 * Opens the window, to be called in the handler of a click. Null where the browser can only show
 * one video by itself: then that of the largest tile is shown.
 */
export async function openPip(onClosed: () => void): Promise<Window | null> {
  const pip = findDocumentPip();
  if (pip === null) {
    const videos = Array.from(document.querySelectorAll<HTMLVideoElement>('fieldset video'));
    const size = (video: HTMLVideoElement): number => video.clientWidth * video.clientHeight;
    const [largest] = videos.toSorted((one, other) => size(other) - size(one));
    await largest?.requestPictureInPicture();
    return null;
  }
  const opened = await pip.requestWindow({ width: 360, height: 280 });
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) {
    opened.document.head.append(sheet.cloneNode(true));
  }
  opened.document.documentElement.lang = document.documentElement.lang;
  opened.document.title = document.title;
  opened.addEventListener('pagehide', onClosed);
  return opened;
}

/** Whom to show in so little room: a screen, whoever speaks, whoever is there, oneself. */
function chooseShown(people: readonly Person[], shares: readonly Share[], speaker: string | null) {
  const screen = shares.find((share) => !share.you && share.picture !== null);
  const others = people.filter((person) => !person.you);
  const person =
    others.find(({ identity }) => identity === speaker) ??
    others.find(({ picture }) => picture !== null) ??
    others[0] ??
    people[0];
  return { screen, person };
}

export function PipWindow(props: { model: CallModel; seating: Seating; host: Window }): ReactNode {
  const { model, host } = props;
  const w = useWords(controls_words);
  const lang = useLang();
  const people = useValue(model.people);
  const { screen, person } = chooseShown(people, useValue(model.shares), useValue(model.speaker));
  const self = people.find(({ you }) => you);
  const picture = screen?.picture ?? person?.picture ?? null;
  return createPortal(
    <div className={css.pip} lang={lang}>
      <div className={css.main}>
        {person && !screen && <Face identity={person.identity} name={person.name} />}
        {picture !== null && <Moving picture={picture} whole={screen !== undefined} />}
        {self?.picture && person !== self && (
          <div className={css.self}>
            <Moving picture={self.picture} whole={false} />
          </div>
        )}
        <bdi className={css.name} translate="no">
          {screen ? w.screen_of(screen.name) : person?.name}
        </bdi>
      </div>
      <div className={css.controls}>
        <MicrophoneButton model={model} />
        <CameraButton model={model} />
        <button type="button" className={css.leave} onClick={() => model.leave()}>
          {w.leave}
        </button>
      </div>
    </div>,
    host.document.body,
  );
}
