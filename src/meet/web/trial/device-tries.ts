/** Tries camera, microphone and loudspeakers, on this device alone. */
import { askFor, readChosen } from '../devices.ts';
import type { Kind } from '../devices.ts';
import type { DeviceFault } from '../device-fault.ts';

export const devices = ['camera', 'microphone', 'speaker'] as const;
export type Device = (typeof devices)[number];

export type DeviceState = 'waiting' | 'running' | 'good' | 'silent' | DeviceFault;
export type DeviceStates = Readonly<Record<Device, DeviceState>>;

export const untried: DeviceStates = {
  camera: 'waiting',
  microphone: 'waiting',
  speaker: 'waiting',
};

const notes_hz = [523, 784];
const note_s = 0.4;
const loudness = 0.15;

export interface Taken {
  readonly track: MediaStreamTrack | null;
  readonly fault: DeviceFault | null;
}

/** One device at a time, so that what one lacks is not said of the other. */
export async function take(kind: Kind): Promise<Taken> {
  try {
    const stream = await askFor(kind === 'audio', kind === 'video');
    return { track: stream.getTracks()[0] ?? null, fault: null };
  } catch (cause) {
    const { faultOf } = await import('./late.ts');
    return { track: null, fault: faultOf(cause) };
  }
}

/** Plays two notes on the chosen loudspeakers. Called by a press. */
export async function playNotes(): Promise<void> {
  const context = new AudioContext();
  const { speaker_id } = readChosen();
  if (speaker_id !== undefined && 'setSinkId' in context) {
    // One that is gone is replaced by the system's.
    await (context.setSinkId as (id: string) => Promise<void>)(speaker_id).catch(() => undefined);
  }
  await context.resume();
  const gain = new GainNode(context, { gain: loudness });
  gain.connect(context.destination);
  const ended = notes_hz.map((frequency, at) => {
    const note = new OscillatorNode(context, { frequency });
    note.connect(gain);
    note.start(context.currentTime + at * note_s);
    note.stop(context.currentTime + (at + 1) * note_s);
    return new Promise((resolve) => note.addEventListener('ended', resolve, { once: true }));
  });
  await Promise.all(ended);
  await context.close();
}
