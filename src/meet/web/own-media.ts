/** One's own camera and microphone before the call: a view-model, without React. */
import type { EarlyMedia } from '../../web/early.ts';
import { createStore } from '../../web/store.ts';
import type { DeviceFault } from './device-fault.ts';
import { askFor, keepChosen } from './devices.ts';
import type { Kind } from './devices.ts';
import { loadAside } from './later.ts';

export interface Switches {
  readonly audio_on: boolean;
  readonly video_on: boolean;
}

export interface Own extends Switches {
  /** Whether the browser was asked. Until then the switches say what will be asked for. */
  readonly asked: boolean;
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly audio_fault: DeviceFault | null;
  readonly video_fault: DeviceFault | null;
  readonly devices: readonly MediaDeviceInfo[];
}

const kinds = ['audio', 'video'] as const;

/** Nothing is touched before `start`, so that the page can be rendered without a browser. */
export class OwnMedia {
  readonly store = createStore<Own>({
    asked: false,
    audio: null,
    video: null,
    audio_on: true,
    video_on: true,
    audio_fault: null,
    video_fault: null,
    devices: [],
  });
  /** The tracks were given away, or the page is gone: whatever still comes is stopped. */
  #closed = false;
  #asking: Promise<void> = Promise.resolve();

  /**
   * Begins, in a secure context: with the switches as they were, and what the early script has
   * asked for already. After `signal`, tracks that were not handed over are stopped.
   */
  start(switches: Switches, early: EarlyMedia, signal: AbortSignal): void {
    this.store.set(switches);
    const onChange = (): void => void this.#onChange();
    navigator.mediaDevices.addEventListener('devicechange', onChange, { signal });
    signal.addEventListener('abort', () => {
      if (this.#closed) return;
      const { audio, video } = this.handOver();
      audio?.stop();
      video?.stop();
    });
    const asked = kinds.flatMap((kind) => {
      const stream = early[kind];
      return stream ? [this.#adopt(kind, stream)] : [];
    });
    this.#asking = Promise.all(asked).then(() => undefined);
  }

  /** Resolves once what was asked for so far is there, or refused. */
  settled(): Promise<void> {
    return this.#asking;
  }

  /** Asks for all that is switched on and not there yet. Never fails: faults are in the store. */
  ask(): Promise<void> {
    this.#closed = false;
    this.#asking = this.#asking.then(() => {
      const own = this.store.get();
      const missing = kinds.filter((kind) => own[`${kind}_on`] && own[kind]?.readyState !== 'live');
      return missing.length > 0 ? this.#obtain(missing) : undefined;
    });
    return this.#asking;
  }

  toggle(kind: Kind): void {
    const track = this.store.get()[kind];
    if (!this.#isOn(kind)) {
      this.#switchOn(kind);
    } else if (kind === 'audio') {
      if (track) track.enabled = false;
      this.store.set({ audio_on: false });
    } else {
      // Stopped, so that the camera's light goes out.
      track?.stop();
      this.store.set({ video: null, video_on: false });
    }
  }

  choose(kind: Kind, device_id: string): void {
    keepChosen(kind === 'audio' ? { microphone_id: device_id } : { camera_id: device_id });
    // Whoever presses Join now goes in with it.
    if (this.#isOn(kind)) this.#asking = this.#asking.then(() => this.#obtain([kind]));
  }

  /** Gives the tracks away: from here on whoever has them stops them. */
  handOver(): Pick<Own, Kind> {
    this.#closed = true;
    return this.store.get();
  }

  #isOn(kind: Kind): boolean {
    return this.store.get()[`${kind}_on`];
  }

  #switchOn(kind: Kind): void {
    const track = this.store.get()[kind];
    this.#put(kind, track, null);
    if (track) track.enabled = true;
    else void this.#obtain([kind]);
  }

  #put(kind: Kind, track: MediaStreamTrack | null, fault: DeviceFault | null): void {
    const old = this.store.get()[kind];
    if (old !== track) old?.stop();
    const on = fault === null;
    this.store.set(
      kind === 'audio'
        ? { audio: track, audio_fault: fault, audio_on: on }
        : { video: track, video_fault: fault, video_on: on },
    );
  }

  #take(stream: MediaStream | null): void {
    for (const track of stream?.getTracks() ?? []) {
      const kind = track.kind as Kind;
      // Switched off, left or handed over while the browser was asking.
      if (this.#closed || !this.#isOn(kind)) {
        track.stop();
        continue;
      }
      this.#put(kind, track, null);
      // Unplugged: the system's next best device takes its place.
      track.addEventListener('ended', () => {
        if (this.store.get()[kind] === track && !this.#closed) void this.#obtain([kind]);
      });
    }
  }

  /** What the early script may still be waiting for: the page must not miss it. */
  async #adopt(kind: Kind, early: Promise<MediaStream | null>): Promise<void> {
    try {
      const stream = await early;
      // Not granted, so not asked: that takes a press of a button.
      if (stream === null) return;
    } catch {
      // Refused: the same promise says so below.
    }
    await this.#obtain([kind], early);
  }

  async #obtain(wanted: readonly Kind[], early?: Promise<MediaStream | null>): Promise<void> {
    this.store.set({ asked: true });
    try {
      const asked = early ?? askFor(wanted.includes('audio'), wanted.includes('video'));
      this.#take(await asked);
    } catch (cause) {
      const { faultOf, worthAlone } = await loadAside();
      const alone = wanted.length === 2 ? await worthAlone(cause) : [];
      for (const kind of wanted.filter((each) => this.#isOn(each))) {
        if (alone.includes(kind)) await this.#obtain([kind]);
        else this.#put(kind, null, faultOf(cause));
      }
    }
    // Only names for the settings: a listing that hangs holds up nobody.
    void this.#readDevices();
  }

  async #readDevices(): Promise<void> {
    this.store.set({ devices: await navigator.mediaDevices.enumerateDevices() });
  }

  /** Something was plugged in or out: what was missing is taken as soon as it is there. */
  async #onChange(): Promise<void> {
    await this.#readDevices();
    const own = this.store.get();
    for (const kind of kinds) {
      const is_there = own.devices.some((device) => device.kind === `${kind}input`);
      if (own[`${kind}_fault`] === 'absent' && is_there) this.#switchOn(kind);
    }
  }
}
