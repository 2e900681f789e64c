/**
 * The join page before its framework: the remembered name, the own picture where the browser has
 * granted it before, and the way back into a call after a reload.
 */
import { holdEarly } from '../../web/early.ts';
import { askFor } from './devices.ts';
import { readPlace } from './seat.ts';

const early = holdEarly();
const page = document.documentElement;
const video = document.querySelector('video');
const field = document.querySelector<HTMLInputElement>('input[name=name]');
const place = readPlace(location.pathname.slice(3));

async function ask(): Promise<void> {
  early.media = askFor(place.audio_on, place.video_on);
  try {
    const stream = await early.media;
    if (video) video.srcObject = stream;
  } catch {
    // The page finds the reason when it adopts the promise.
  }
}

async function isGranted(name: 'camera' | 'microphone'): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name })).state === 'granted';
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  const wanted = [
    ...(place.audio_on ? (['microphone'] as const) : []),
    ...(place.video_on ? (['camera'] as const) : []),
  ];
  const granted = await Promise.all(wanted.map(isGranted));
  if (wanted.length > 0 && granted.every(Boolean)) await ask();
  else page.dataset['ask'] = '';
}

try {
  if (field && !field.value) field.value = localStorage.getItem('name') ?? '';
} catch {
  // Nothing is kept here, so there is no name to restore.
}
if (place.inside) page.dataset['inside'] = '';
if ('share' in navigator) page.dataset['share'] = '';
// Nobody is filmed for a link that leads nowhere.
if (location.hash.length > 60) void start();
