/**
 * A camera and a microphone made inside the page, for browsers that cannot play files as theirs:
 * the same numbered picture and the same tone, drawn and hummed by the page. Installed before the
 * page's own scripts; what it replaces is the device, everything after it is the real thing.
 */
import { bars, barArea, blockArea, stripe_area, toneOf, writeBlocks } from './pattern.ts';
import type { Area } from './pattern.ts';

const fps = 15;
const syllable_s = 0.4;

function paint(context: CanvasRenderingContext2D, area: Area, colour: string): void {
  const { width, height } = context.canvas;
  context.fillStyle = colour;
  const left = Math.round(area.x * width);
  const top = Math.round(area.y * height);
  const right = Math.round((area.x + area.width) * width);
  const bottom = Math.round((area.y + area.height) * height);
  context.fillRect(left, top, right - left, bottom - top);
}

/** Draws `person`'s numbered picture on `canvas`, fifteen times a second. */
export function drawCamera(canvas: HTMLCanvasElement, person: number): void {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  let frame = 0;
  bars.forEach(({ r, g, b }, index) => {
    paint(context, barArea(index), `rgb(${String(r)} ${String(g)} ${String(b)})`);
  });
  for (let y = 0; y < stripe_area.height; y += 8 / canvas.height) {
    const stripe = { ...stripe_area, y: stripe_area.y + y, height: 4 / canvas.height };
    paint(context, { ...stripe, height: 8 / canvas.height }, '#000');
    paint(context, stripe, '#fff');
  }
  const draw = (): void => {
    writeBlocks(person, frame).forEach((white, index) => {
      paint(context, blockArea(index), white ? '#ebebeb' : '#101010');
    });
    frame += 1;
  };
  draw();
  setInterval(draw, 1000 / fps);
}

/** Hums `person`'s tone into `output`, in syllables. */
export function hum(audio: AudioContext, output: AudioNode, person: number): void {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  const syllables = audio.createOscillator();
  const depth = audio.createGain();
  tone.frequency.value = toneOf(person);
  loudness.gain.value = 0.25;
  syllables.frequency.value = 1 / syllable_s;
  depth.gain.value = 0.25;
  syllables.connect(depth).connect(loudness.gain);
  tone.connect(loudness).connect(output);
  tone.start();
  syllables.start();
}

function drawnStream(person: number, wanted: MediaStreamConstraints): MediaStream {
  const stream = new MediaStream();
  if (wanted.video !== undefined && wanted.video !== false) {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    drawCamera(canvas, person);
    for (const track of canvas.captureStream(fps).getVideoTracks()) stream.addTrack(track);
  }
  if (wanted.audio !== undefined && wanted.audio !== false) {
    const audio = new AudioContext();
    const output = audio.createMediaStreamDestination();
    hum(audio, output, person);
    for (const track of output.stream.getAudioTracks()) stream.addTrack(track);
  }
  return stream;
}

/** From now on `getUserMedia` gives `person`'s drawn picture and hummed tone. */
export function replaceDevices(person: number): void {
  // Absent where the page is not secure.
  if (typeof navigator.mediaDevices === 'undefined') return;
  navigator.mediaDevices.getUserMedia = (wanted = {}) =>
    Promise.resolve(drawnStream(person, wanted));
}
