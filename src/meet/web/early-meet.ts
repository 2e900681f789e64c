/**
 * The join page before its framework: the own picture where the browser has granted it before,
 * the remembered name, and the way back into a call after a reload.
 */
import { holdEarly, loadScripts } from '../../web/early.ts';
import type { Kind } from './devices.ts';
import { askFor } from './devices.ts';
import { readPlace } from './seat.ts';

/** A camera that takes longer than a glance does not hold up the page. */
const glance_ms = 400;
// First of all: the answers come from another process, while this one reads its storage.
const granted = { video: isGranted('camera'), audio: isGranted('microphone') };
const early = holdEarly();
const { media } = early;
const kept_name = readName();
const page = document.documentElement;
const place = readPlace(location.pathname.slice(3));

/** An element of the body, as soon as the parser has come to it. */
function parsed<E extends Element>(selector: string): Promise<E> {
  return new Promise((resolve) => {
    const look = (): void => {
      const element = document.querySelector<E>(selector);
      if (!element) return;
      observer.disconnect();
      resolve(element);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
    look();
  });
}

async function isGranted(name: 'camera' | 'microphone'): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name })).state === 'granted';
  } catch {
    return false;
  }
}

/** Nobody is asked here: a question comes with a press of a button. */
async function start(kind: Kind): Promise<MediaStream | null> {
  if (await granted[kind]) {
    return askFor(kind === 'audio', kind === 'video');
  }
  page.dataset['ask'] = '';
  return null;
}

async function showPicture(): Promise<void> {
  const [stream, video] = await Promise.all([media.video, parsed<HTMLVideoElement>('video')]);
  if (stream) video.srcObject = stream;
}

/** Resolves when the own picture is on screen, or at once where none was asked for. */
async function pictureShown(): Promise<void> {
  if (!(await media.video)) return;
  const video = await parsed<HTMLVideoElement>('video');
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}

function readName(): string {
  try {
    return localStorage.getItem('name') ?? '';
  } catch {
    return '';
  }
}

async function restoreName(): Promise<void> {
  const field = await parsed<HTMLInputElement>('input[name=name]');
  field.value ||= kept_name;
}

const ignore = (): void => undefined;

if (place.inside) page.dataset['inside'] = '';
if ('share' in navigator) page.dataset['share'] = '';
// Nobody is filmed for a link that leads nowhere. The picture first: it takes longest.
if (location.hash.length > 60) {
  if (place.video_on) media.video = start('video');
  if (place.audio_on) media.audio = start('audio');
}
// The page finds the reason of a refusal when it adopts the promise.
media.audio?.catch(ignore);
showPicture().catch(ignore);
// A camera that takes longer than a glance holds nothing up, nor does a press.
early.shown = Promise.race([
  place.inside ? undefined : pictureShown().catch(ignore),
  new Promise((resolve) => setTimeout(resolve, glance_ms)),
]);
void early.shown.finally(loadScripts);
addEventListener('click', loadScripts, { once: true, capture: true });
restoreName().catch(ignore);
