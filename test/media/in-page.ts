/**
 * What a test sees and hears inside a page, installed before the page's own scripts. It reads
 * decoded pixels and samples of what the page really shows and plays, whoever made the elements.
 */
import { bars, barArea, blockArea, framesBetween, readBlocks, stripe_area } from './pattern.ts';
import type { Area, Reading, Rgb } from './pattern.ts';
import { noteConnections } from './in-page-connections.ts';

export { describeConnections, ice_urls, useRelay } from './in-page-connections.ts';

export interface Seen {
  readonly person: number;
  /** The numbers of the frames, in the order of their painting, repeats left out. */
  readonly frames: readonly number[];
  readonly width: number;
  readonly height: number;
  /** The largest difference of a colour bar from what was sent, 0 to 255. */
  readonly colour_error: number;
  /** Of stripes four pixels high, 1 when black and white arrived; only in the size that was sent. */
  readonly stripe_contrast: number;
}

export interface Heard {
  /** The tone at its loudest while listening, in dB below full scale. */
  readonly level_db: number;
  readonly elements: number;
}

const canvas_width = 320;
/** Quieter than this in one bin of the spectrum, nobody hears it. */
const audible_db = -75;
const silence_db = -200;
const elements = new Set<WeakRef<HTMLMediaElement>>();
const known = new WeakSet<HTMLMediaElement>();

/** Notes every element that plays a stream, also those that are in no document. */
export function noteElements(): void {
  const described = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (!described?.set) return;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...described,
    set(this: HTMLMediaElement, stream: MediaProvider | null) {
      if (!known.has(this)) elements.add(new WeakRef(this));
      known.add(this);
      described.set?.call(this, stream);
    },
  });
}

const captured = new Set<WeakRef<MediaStreamTrack>>();

/** Notes every track that a camera or microphone gave to the page. */
export function noteCaptured(): void {
  const { mediaDevices } = navigator;
  // Absent where the page is not secure.
  if (typeof mediaDevices === 'undefined') return;
  const capture = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await capture(wanted);
    for (const track of stream.getTracks()) captured.add(new WeakRef(track));
    return stream;
  };
}

/** The ids of the cameras or microphones that are being recorded from now. */
export function liveDevices(kind: 'audio' | 'video'): string[] {
  return [...captured].flatMap((reference) => {
    const track = reference.deref();
    if (track?.kind !== kind || track.readyState !== 'live') return [];
    return [track.getSettings().deviceId ?? ''];
  });
}

/** How many cameras are on: none when a person is promised that theirs is off. */
export function liveCameras(): number {
  return liveDevices('video').length;
}

function mean(pixels: ImageData, area: Area): Rgb {
  // The middle of the area only: its edges are mixed with the neighbours' by every codec.
  const left = Math.round((area.x + area.width * 0.3) * pixels.width);
  const right = Math.round((area.x + area.width * 0.7) * pixels.width);
  const top = Math.round((area.y + area.height * 0.3) * pixels.height);
  const bottom = Math.round((area.y + area.height * 0.7) * pixels.height);
  const sum = [0, 0, 0];
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        sum[channel] =
          (sum[channel] ?? 0) + (pixels.data[(y * pixels.width + x) * 4 + channel] ?? 0);
  const count = Math.max(1, (right - left) * (bottom - top));
  return { r: (sum[0] ?? 0) / count, g: (sum[1] ?? 0) / count, b: (sum[2] ?? 0) / count };
}

function grab(video: HTMLVideoElement): ImageData | undefined {
  if (video.videoWidth === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = canvas_width;
  canvas.height = Math.round((canvas_width * video.videoHeight) / video.videoWidth);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context?.getImageData(0, 0, canvas.width, canvas.height);
}

function readPicture(pixels: ImageData): Reading | undefined {
  return readBlocks(
    Array.from({ length: 16 }, (_, index) => {
      const { r, g, b } = mean(pixels, blockArea(index));
      return 0.299 * r + 0.587 * g + 0.114 * b;
    }),
  );
}

/** A column of pixels in their own size, since the reader's small canvas would blur the stripes. */
function stripeContrast(video: HTMLVideoElement): number {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(video, -video.videoWidth / 2, 0);
  const column = context?.getImageData(0, 0, 1, canvas.height).data;
  const first = Math.ceil(stripe_area.y * canvas.height);
  let sum = 0;
  let rows = 0;
  for (let y = first; y + 4 < canvas.height; y += 1) {
    sum += Math.abs((column?.[y * 4] ?? 0) - (column?.[(y + 4) * 4] ?? 0));
    rows += 1;
  }
  return sum / Math.max(1, rows) / 219;
}

function colourError(pixels: ImageData): number {
  const errors = bars.flatMap((sent, index) => {
    const got = mean(pixels, barArea(index));
    return [got.r - sent.r, got.g - sent.g, got.b - sent.b].map(Math.abs);
  });
  return Math.max(...errors);
}

/**
 * Resolves when `video` has painted `count` different frames, each after the one before. Rejects
 * when frames go back or change their sender, when the element leaves the page, or after
 * `timeout_ms` with what was seen so far.
 */
export function see(video: HTMLVideoElement, count: number, timeout_ms: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const frames: number[] = [];
    let person: number | undefined;
    let painted = 0;
    const settle = (finish: () => void): void => {
      clearTimeout(deadline);
      clearInterval(presence);
      finish();
    };
    const fail = (why: string): void => {
      const size = `${String(video.videoWidth)} × ${String(video.videoHeight)}`;
      const seen = `${String(painted)} frames painted at ${size}, read ${JSON.stringify(frames)}`;
      settle(() => {
        reject(new Error(`${why}; ${seen}, person ${String(person)}`));
      });
    };
    const deadline = setTimeout(fail, timeout_ms, 'too few moving frames in time');
    const presence = setInterval(() => {
      if (!video.isConnected) fail('the video left the page');
    }, 250);
    const look = (): void => {
      painted += 1;
      const pixels = grab(video);
      const reading = pixels && readPicture(pixels);
      const last = frames.at(-1);
      if (reading && person !== undefined && reading.person !== person)
        return fail(`the sender became ${String(reading.person)}`);
      if (pixels && reading && reading.frame !== last) {
        // More than half the circle ahead is behind.
        if (last !== undefined && framesBetween(last, reading.frame) > 128)
          return fail(`frame ${String(reading.frame)} came after ${String(last)}`);
        person = reading.person;
        frames.push(reading.frame);
        if (frames.length >= count)
          return settle(() => {
            resolve(summarise(video, pixels, reading, frames));
          });
      }
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

/** Resolves when `video` has painted `count` pictures that differ from the one before. */
export function seeMotion(
  video: HTMLVideoElement,
  count: number,
  timeout_ms: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let last = '';
    let changes = 0;
    const deadline = setTimeout(() => {
      reject(new Error(`the picture changed ${String(changes)} times only`));
    }, timeout_ms);
    const look = (): void => {
      const pixels = grab(video)?.data.filter((_, index) => index % 97 === 0);
      const text = String(pixels);
      if (text !== last) changes += 1;
      last = text;
      if (changes > count) {
        clearTimeout(deadline);
        resolve(changes);
      } else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

function summarise(
  video: HTMLVideoElement,
  pixels: ImageData,
  { person }: Reading,
  frames: readonly number[],
): Seen {
  const { videoWidth: width, videoHeight: height } = video;
  return {
    person,
    frames,
    width,
    height,
    colour_error: colourError(pixels),
    stripe_contrast: stripeContrast(video),
  };
}

/** The elements that a person in front of this page hears: playing, not muted, with live sound. */
function audible(): { element: HTMLMediaElement; stream: MediaStream }[] {
  return [...elements].flatMap((reference) => {
    const element = reference.deref();
    const stream = element?.srcObject;
    if (!element || !(stream instanceof MediaStream)) return [];
    const live = stream.getAudioTracks().some((track) => track.readyState === 'live');
    if (!live || element.paused || element.muted || element.volume === 0) return [];
    return [{ element, stream }];
  });
}

let shared_context: AudioContext | undefined;
const taps = new WeakMap<MediaStream, { analyser: AnalyserNode; tracks: string }>();

function tap(stream: MediaStream): AnalyserNode {
  const tracks = stream
    .getAudioTracks()
    .map(({ id }) => id)
    .join();
  const tapped = taps.get(stream);
  if (tapped?.tracks === tracks) return tapped.analyser;
  shared_context ??= new AudioContext();
  const analyser = shared_context.createAnalyser();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  shared_context
    .createMediaStreamSource(new MediaStream(stream.getAudioTracks()))
    .connect(analyser);
  taps.set(stream, { analyser, tracks });
  return analyser;
}

/**
 * The loudness of the tone in dB where it is the loudest of all there is to hear in the stream;
 * the smallest number otherwise, for silence and for another's tone.
 */
function toneLevel(analyser: AnalyserNode, tone_hz: number): number {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const width_hz = analyser.context.sampleRate / analyser.fftSize;
  const at = Math.round(tone_hz / width_hz);
  const peak = Math.max(...bins.slice(at - 2, at + 3));
  return peak >= audible_db && peak >= Math.max(...bins) - 6 ? peak : silence_db;
}

/**
 * Listens to all that the page plays. With `wanted`, resolves once the tone was heard in
 * `readings` looks; without, once `readings` looks in a row did not hear it. Looks are 50 ms of
 * audio time apart. Rejects after `timeout_ms`.
 */
export function listen(
  tone_hz: number,
  wanted: boolean,
  readings: number,
  timeout_ms: number,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    let loudest = silence_db;
    let count = 0;
    let sources = 0;
    const deadline = performance.now() + timeout_ms;
    const look = (): void => {
      const levels = audible().map(({ stream }) => toneLevel(tap(stream), tone_hz));
      const level = Math.max(silence_db, ...levels);
      sources = levels.length;
      loudest = Math.max(loudest, level);
      const heard = level > silence_db;
      if (heard === wanted) count += 1;
      else if (!wanted) count = 0;
      if (count >= readings) {
        clearInterval(timer);
        resolve({ level_db: loudest, elements: sources });
      } else if (performance.now() > deadline) {
        clearInterval(timer);
        const what = wanted ? 'was not heard' : 'did not stop';
        const state = shared_context?.state ?? 'not started';
        reject(
          new Error(
            `${String(tone_hz)} Hz ${what}: ${loudest.toFixed(1)} dB, ${String(sources)} sounding elements, audio ${state}`,
          ),
        );
      }
    };
    const timer = setInterval(look, 50);
  });
}

noteElements();
noteConnections();
noteCaptured();
