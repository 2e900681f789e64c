/** One's own camera and microphone before the call: a view-model, without React. */
import { createStore } from '../../web/store.ts';
import type { Store } from '../../web/store.ts';
import { askFor, keepChosen } from './devices.ts';
import type { DeviceFault } from './device-fault.ts';
import type { Kind } from './devices.ts';

export interface Own {
  /** Whether the browser was asked. Until then the switches say what will be asked for. */
  readonly asked: boolean;
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly audio_on: boolean;
  readonly video_on: boolean;
  readonly audio_fault: DeviceFault | null;
  readonly video_fault: DeviceFault | null;
  readonly devices: readonly MediaDeviceInfo[];
}

export interface Switches {
  readonly audio_on: boolean;
  readonly video_on: boolean;
}

export interface OwnMedia {
  readonly store: Store<Own>;
  /**
   * Begins, in a secure context: with the switches as they were, and what the early script has
   * asked for already. After `signal`, tracks that were not handed over are stopped.
   */
  start(switches: Switches, early: Promise<MediaStream> | null, signal: AbortSignal): void;
  /** Asks for all that is switched on and not there yet. Never fails: faults are in the store. */
  ask(): Promise<void>;
  toggle(kind: Kind): void;
  choose(kind: Kind, device_id: string): void;
  /** Gives the tracks away: from here on whoever has them stops them. */
  handOver(): { audio: MediaStreamTrack | null; video: MediaStreamTrack | null };
}

/** Nothing is touched before `start`, so that the page can be rendered without a browser. */
export function createOwnMedia(): OwnMedia {
  const store = createStore<Own>({
    asked: false,
    audio: null,
    video: null,
    audio_on: true,
    video_on: true,
    audio_fault: null,
    video_fault: null,
    devices: [],
  });
  const { get, set } = store;
  /** The tracks were given away, or the page is gone: whatever still comes is stopped. */
  let closed = false;
  let asking: Promise<void> = Promise.resolve();

  function put(kind: Kind, track: MediaStreamTrack | null, fault: DeviceFault | null): void {
    const old = get()[kind];
    if (old !== track) old?.stop();
    const on = fault === null;
    if (kind === 'audio') set({ audio: track, audio_fault: fault, audio_on: on });
    else set({ video: track, video_fault: fault, video_on: on });
  }

  function take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      const kind = track.kind as Kind;
      // Switched off, left or handed over while the browser was asking.
      if (closed || !get()[`${kind}_on`]) {
        track.stop();
        continue;
      }
      put(kind, track, null);
      // Unplugged: the system's next best device takes its place.
      track.addEventListener('ended', () => {
        if (get()[kind] === track && !closed) void obtain([kind]);
      });
    }
  }

  async function obtain(
    kinds: readonly Kind[],
    early_stream?: Promise<MediaStream>,
  ): Promise<void> {
    set({ asked: true });
    try {
      take(await (early_stream ?? askFor(kinds.includes('audio'), kinds.includes('video'))));
    } catch (cause) {
      const { faultOf, worthAlone } = await import('./device-fault.ts');
      const alone = kinds.length === 2 ? await worthAlone(cause) : [];
      for (const kind of kinds) {
        if (!alone.includes(kind) && get()[`${kind}_on`]) put(kind, null, faultOf(cause));
      }
      for (const kind of alone) if (get()[`${kind}_on`]) await obtain([kind]);
    }
    set({ devices: await navigator.mediaDevices.enumerateDevices() });
  }

  async function onDeviceChange(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    set({ devices });
    for (const kind of ['audio', 'video'] as const) {
      const is_there = devices.some((device) => device.kind === `${kind}input`);
      if (get()[`${kind}_fault`] === 'absent' && is_there) switchOn(kind);
    }
  }

  function switchOn(kind: Kind): void {
    put(kind, get()[kind], null);
    const track = get()[kind];
    if (track) track.enabled = true;
    else void obtain([kind]);
  }

  function toggle(kind: Kind): void {
    if (!get()[`${kind}_on`]) return switchOn(kind);
    if (kind === 'audio') {
      const { audio } = get();
      if (audio) audio.enabled = false;
      set({ audio_on: false });
    } else {
      // Stopped, so that the camera's light goes out.
      get().video?.stop();
      set({ video: null, video_on: false });
    }
  }

  return {
    store,
    start(switches, early, signal) {
      closed = false;
      set(switches);
      const onChange = (): void => void onDeviceChange();
      navigator.mediaDevices.addEventListener('devicechange', onChange, { signal });
      signal.addEventListener('abort', () => {
        if (closed) return;
        closed = true;
        get().audio?.stop();
        get().video?.stop();
      });
      if (early) asking = obtain(['audio', 'video'], early);
    },
    ask() {
      closed = false;
      asking = asking.then(() => {
        const own = get();
        const kinds = (['audio', 'video'] as const).filter(
          (kind) => own[`${kind}_on`] && own[kind]?.readyState !== 'live',
        );
        return kinds.length > 0 ? obtain(kinds) : undefined;
      });
      return asking;
    },
    toggle,
    choose(kind, device_id) {
      keepChosen(kind === 'audio' ? { microphone_id: device_id } : { camera_id: device_id });
      if (get()[`${kind}_on`]) void obtain([kind]);
    },
    handOver() {
      closed = true;
      const { audio, video } = get();
      return { audio, video };
    },
  };
}
