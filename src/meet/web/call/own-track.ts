/**
 * One's own microphone or camera, from the device to whatever room there is.
 *
 * The media client is handed tracks of our own, which it never restarts, and an off switch does
 * not rely on it: the sender is left without a track, and a camera is stopped so that its light
 * goes out. A server that asks to unmute therefore gets nothing (encryption design, section 6).
 */
import { ConnectionState, RoomEvent, Track, VideoPresets } from './media.ts';
import type { LocalAudioTrack, LocalVideoTrack, Room, TrackPublishOptions } from './media.ts';
import { sources } from '../../../protocol/encryption/frame.ts';
import type { Guard } from '../guard/guard.ts';
import { Signal } from './signal.ts';
import type { DeviceFault, Notice, Source } from './model.ts';

type Kind = 'microphone' | 'camera';
type Local = LocalAudioTrack | LocalVideoTrack;

export interface OwnTrackStart {
  readonly kind: Kind;
  /** A live track of the join page, which the call now owns. */
  readonly track: MediaStreamTrack | null;
  readonly on: boolean;
  readonly announce: (notice: Notice) => void;
  readonly guard: Guard;
}

const source_numbers = { microphone: sources.microphone, camera: sources.camera } as const;

const send_of = { microphone: 'mic', camera: 'cam' } as const;
const media_source = { microphone: Track.Source.Microphone, camera: Track.Source.Camera } as const;

const publish_options: Readonly<Record<Kind, TrackPublishOptions>> = {
  microphone: { source: media_source.microphone, dtx: true },
  camera: {
    source: media_source.camera,
    videoEncoding: VideoPresets.h720.encoding,
    videoSimulcastLayers: [VideoPresets.h180, VideoPresets.h360],
  },
};

function constraintsOf(kind: Kind, device: string): MediaStreamConstraints {
  const chosen = device === '' ? {} : { deviceId: { exact: device } };
  if (kind === 'microphone') {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    return { audio: { ...audio, ...chosen } };
  }
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  return { video: { ...size, ...(device === '' ? { facingMode: 'user' } : chosen) } };
}

/** Why a device gave nothing, by the names of the Media Capture specification. */
export function faultOf(cause: unknown): DeviceFault {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent';
  return 'busy';
}

export class OwnTrack {
  readonly state: Signal<Source>;
  /** The device's track while it is open. A muted microphone stays open; a camera does not. */
  readonly track: Signal<MediaStreamTrack | null>;
  /** The chosen device; '' is the system's choice. */
  readonly device: Signal<string>;
  readonly #kind: Kind;
  readonly #announce: (notice: Notice) => void;
  readonly #guard: Guard;
  readonly #life: AbortSignal;
  #may = true;
  #room: Room | null = null;
  /** The media client's wrapper of the track in the present room. */
  #local: Local | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(start: OwnTrackStart, life: AbortSignal) {
    const track = start.track?.readyState === 'live' ? start.track : null;
    this.#kind = start.kind;
    this.#announce = start.announce;
    this.#guard = start.guard;
    this.#life = life;
    this.state = new Signal<Source>({ on: start.on && track !== null, busy: false, fault: null });
    this.track = new Signal<MediaStreamTrack | null>(null);
    this.device = new Signal(track?.getSettings().deviceId ?? '');
    if (track !== null) this.#adopt(track);
    if (!this.state.get().on) this.#quiet();
    this.#switchSource();
    life.addEventListener(
      'abort',
      () => {
        this.track.get()?.stop();
        this.#guard.setOn(source_numbers[this.#kind], false);
      },
      { once: true },
    );
  }

  /** Sends what is on into the room from now on. */
  enter(room: Room): void {
    this.#room = room;
    this.#local = null;
    this.#settle();
  }

  dress = (room: Room): void => {
    room.on(RoomEvent.Reconnected, () => this.#settle());
    room.on(RoomEvent.TrackMuted, ({ track }) => track === this.#local && this.#obey());
    room.on(RoomEvent.TrackUnmuted, ({ track }) => track === this.#local && this.#refuse());
    // What it may not send any more the media server has taken away, and it is published anew.
    room.on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => {
      if (participant === room.localParticipant && !this.#publishes(room)) {
        this.#local = null;
        this.hush();
      }
    });
  };

  permit(may: boolean): void {
    this.#may = may;
    const kind = may ? 'allowed' : 'forbidden';
    if (may || this.#on) this.#announce({ kind, what: send_of[this.#kind] });
    if (!may) this.setOn(false);
  }

  /** A host says so: the switch shows it. */
  hush(): void {
    if (!this.#on) return;
    this.setOn(false);
    this.#announce({ kind: 'silenced', what: send_of[this.#kind] });
  }

  setOn(on: boolean): void {
    if (this.state.get().on === on) return;
    if (on && !this.#may) {
      this.#announce({ kind: 'forbidden', what: send_of[this.#kind] });
      return;
    }
    this.state.set({ on, busy: true, fault: null });
    this.#switchSource();
    // Off is off now, whatever the queue is still waiting for.
    if (!on) this.#quiet();
    this.#settle();
  }

  /** Changes to another device; '' is the system's choice. */
  choose(device: string): void {
    this.device.set(device);
    const old = this.track.get();
    if (old === null) return;
    this.#drop(old);
    this.#settle();
  }

  /** Whatever a server makes the media client do, the worker drops what is off here. */
  #switchSource(): void {
    this.#guard.setOn(source_numbers[this.#kind], this.#on);
  }

  get #on(): boolean {
    return this.state.get().on;
  }

  #adopt(track: MediaStreamTrack): void {
    if (this.#kind === 'camera') track.contentHint = 'motion';
    this.#guard.expect(track, source_numbers[this.#kind]);
    track.addEventListener('ended', () => this.#lose(track), { once: true });
    this.track.set(track);
  }

  #drop(track: MediaStreamTrack): void {
    track.stop();
    if (this.track.get() === track) this.track.set(null);
  }

  /** Nothing leaves from now on. */
  #quiet(): void {
    const track = this.track.get();
    if (track === null) return;
    if (this.#kind === 'camera') this.#drop(track);
    else track.enabled = false;
  }

  /** The device vanished, or its permission was taken away. */
  #lose(track: MediaStreamTrack): void {
    if (this.track.get() !== track) return;
    this.track.set(null);
    this.device.set('');
    if (this.#on) this.#settle(track.label);
  }

  /** The media server muted us. */
  #obey(): void {
    const lost = this.track.get() === null;
    if (!lost && !this.state.get().busy) this.hush();
  }

  #publishes({ localParticipant: { permissions } }: Room): boolean {
    if (!permissions) return true;
    const { canPublishSources: may } = permissions;
    // An empty list is all.
    const listed = may.length === 0 || may.includes(Track.sourceToProto(media_source[this.#kind]));
    return permissions.canPublish && listed;
  }

  /** Nobody but the person here turns a device on. */
  #refuse(): void {
    if (this.#on) return;
    this.#quiet();
    this.#settle();
  }

  /** Brings device and room to where the switch stands; one change after the other. */
  #settle(lost?: string): void {
    this.#queue = this.#queue.then(() => this.#change(lost));
  }

  async #change(lost: string | undefined): Promise<void> {
    if (this.#life.aborted) return;
    if (this.#on && this.track.get() === null) await this.#open(lost);
    // A room that went away in between is no fault: the next one settles again.
    await this.#bring().catch(() => undefined);
    const state = this.state.get();
    if (state.busy) this.state.set({ ...state, busy: false });
  }

  async #open(lost: string | undefined): Promise<void> {
    try {
      const track = await this.#capture();
      if (this.#life.aborted || !this.#on) {
        track.stop();
        return;
      }
      this.#adopt(track);
      const { label } = track;
      if (lost !== undefined) this.#announce({ kind: 'fallback', device: this.#kind, name: label });
    } catch (cause) {
      const fault = faultOf(cause);
      this.state.set({ on: false, busy: true, fault });
      this.#switchSource();
      if (lost === undefined) this.#announce({ kind: 'fault', device: this.#kind, fault });
      else this.#announce({ kind: 'gone', device: this.#kind, name: lost });
    }
  }

  /** The chosen device's track, or the system's where the chosen one is not there any more. */
  async #capture(): Promise<MediaStreamTrack> {
    const take = async (device: string): Promise<MediaStreamTrack> => {
      const stream = await navigator.mediaDevices.getUserMedia(constraintsOf(this.#kind, device));
      const [track] = stream.getTracks();
      if (track === undefined) throw new DOMException('no track', 'NotFoundError');
      return track;
    };
    const device = this.device.get();
    try {
      return await take(device);
    } catch (cause) {
      if (device === '' || faultOf(cause) !== 'absent') throw cause;
      this.device.set('');
      return take('');
    }
  }

  async #bring(): Promise<void> {
    const room = this.#room;
    const track = this.track.get();
    if (room === null || !canPublish(room)) return;
    const local = this.#local;
    if (!this.#on || track === null) {
      await local?.mute();
      await local?.sender?.replaceTrack(null);
      return;
    }
    track.enabled = true;
    if (local === null) {
      await this.#publish(room, track);
      return;
    }
    if (local.mediaStreamTrack !== track) await local.replaceTrack(track, true);
    else await local.sender?.replaceTrack(track);
    await local.unmute();
  }

  async #publish(room: Room, track: MediaStreamTrack): Promise<void> {
    const options = { ...publish_options[this.#kind] };
    const { track: local } = await room.localParticipant.publishTrack(track, options);
    if (local === undefined || this.#room !== room) return;
    this.#local = local as Local;
    // The switch may have moved while the publication was under way.
    if (!this.#on || this.track.get() !== track) this.#settle();
  }
}

/**
 * Whether a track may be handed over now. While signalling is away the client would keep it for
 * 15 s and then stop it, even where the room is long gone.
 */
export function canPublish(room: Room): boolean {
  return room.state === ConnectionState.Connected || room.state === ConnectionState.Connecting;
}
