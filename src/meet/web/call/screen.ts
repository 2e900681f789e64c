/** Sharing one's own screen, with its sound where the browser can. */
import { RoomEvent, ScreenSharePresets, Track } from './media.ts';
import type { Room, TrackPublishOptions } from './media.ts';
import { sources } from '../../../protocol/encryption/frame.ts';
import type { Guard } from '../guard/guard.ts';
import type { Group } from './group.ts';
import { canPublish, faultOf } from './own-track.ts';
import { showStream } from './picture.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';
import type { Notice, Picture, Source } from './model.ts';

/** What browsers know beyond the DOM's own type (Screen Capture draft). */
type Asked = DisplayMediaStreamOptions & {
  systemAudio?: 'include';
  surfaceSwitching?: 'include';
  selfBrowserSurface?: 'exclude';
};

const asked: Asked = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // What comes out of the loudspeaker is not a voice, and is left as it is.
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  systemAudio: 'include',
  surfaceSwitching: 'include',
  selfBrowserSurface: 'exclude',
};

const video_options: TrackPublishOptions = {
  source: Track.Source.ScreenShare,
  screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
  // Text stays sharp when the line is thin; it moves less often instead.
  degradationPreference: 'maintain-resolution',
};

/**
 * Text is sharper in VP9 at the same rate, and worth its cost on a screen, which moves little; it is
 * sent where everybody decodes it. One size in three rates: a share is shown large or not at all.
 */
const vp9_options: TrackPublishOptions = {
  ...video_options,
  videoCodec: 'vp9',
  scalabilityMode: 'L1T3',
};

const audio_options: TrackPublishOptions = {
  source: Track.Source.ScreenShareAudio,
  dtx: false,
  forceStereo: true,
};

export interface ScreenParts {
  readonly room: Readable<Room | null>;
  readonly state: Signal<Source>;
  readonly picture: Signal<Picture | null>;
  readonly announce: (notice: Notice) => void;
  readonly guard: Guard;
  readonly group: Group;
}

export class ScreenShare {
  readonly #parts: ScreenParts;
  #stream: MediaStream | null = null;
  #may = true;
  /** In the room that the stream has been given to. */
  #vp9 = false;
  /** The room that the stream has been given to. */
  #served: Room | null = null;

  constructor(parts: ScreenParts, life: AbortSignal) {
    this.#parts = parts;
    follow(parts.room, life, () => void this.#publish());
    follow(parts.group.view, life, () => void this.#fallBack());
    life.addEventListener('abort', () => this.#stop(), { once: true });
  }

  permit(may: boolean): void {
    this.#may = may;
    const kind = may ? 'allowed' : 'forbidden';
    if (may || this.#stream !== null) this.#parts.announce({ kind, what: 'share' });
    if (!may) this.#stop();
  }

  /** A host says so. */
  hush(): void {
    if (this.#stream === null) return;
    this.#stop();
    this.#parts.announce({ kind: 'silenced', what: 'share' });
  }

  setOn(on: boolean): void {
    if (!on) this.#stop();
    else if (!this.#may) this.#parts.announce({ kind: 'forbidden', what: 'share' });
    else if (this.#stream === null && !this.#parts.state.get().busy) void this.#start();
  }

  async #start(): Promise<void> {
    this.#parts.state.set({ on: false, busy: true, fault: null });
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(asked);
      const [video] = stream.getVideoTracks();
      if (video === undefined) throw new DOMException('no picture', 'NotFoundError');
      // Forbidden while the person was choosing.
      if (!this.#may) {
        for (const track of stream.getTracks()) track.stop();
        this.#parts.state.set({ on: false, busy: false, fault: null });
        return;
      }
      video.contentHint = 'detail';
      // The browser's own button to stop, or the shared window was closed.
      video.addEventListener('ended', () => this.#stream === stream && this.#stop());
      this.#stream = stream;
      this.#switchSources(true);
      for (const track of stream.getTracks()) {
        const is_picture = track.kind === 'video';
        this.#parts.guard.expect(track, is_picture ? sources.screen : sources.screen_audio);
      }
      this.#parts.picture.set(showStream(video, false));
      this.#parts.state.set({ on: true, busy: false, fault: null });
      await this.#publish();
    } catch (cause) {
      this.#stop();
      // Closing the browser's own chooser is an answer, and nothing to report.
      if (faultOf(cause) !== 'blocked') this.#parts.announce({ kind: 'share-failed' });
    }
  }

  #switchSources(on: boolean): void {
    for (const source of [sources.screen, sources.screen_audio]) {
      this.#parts.guard.setOn(source, on);
    }
  }

  async #publish(): Promise<void> {
    const room = this.#parts.room.get();
    const stream = this.#stream;
    if (room === null || stream === null || this.#served === room) return;
    if (!canPublish(room)) {
      room.once(RoomEvent.Reconnected, () => void this.#publish());
      return;
    }
    this.#served = room;
    this.#vp9 = this.#parts.group.view.get().codecs.includes('vp9');
    const picture = this.#vp9 ? vp9_options : video_options;
    const send = (track: MediaStreamTrack): Promise<unknown> =>
      room.localParticipant.publishTrack(track, {
        ...(track.kind === 'video' ? picture : audio_options),
      });
    // A room that went away in between is no fault: the next one publishes again.
    await Promise.all(stream.getTracks().map(send)).catch(() => undefined);
    if (this.#stream !== stream) this.#withdraw(room, stream);
  }

  /** Somebody came whose browser does not decode VP9. Once they are gone it stays as it is. */
  async #fallBack(): Promise<void> {
    const [room, stream] = [this.#served, this.#stream];
    if (!this.#vp9 || room === null || stream === null) return;
    if (this.#parts.group.view.get().codecs.includes('vp9')) return;
    this.#vp9 = false;
    const [video] = stream.getVideoTracks();
    if (!video) return;
    try {
      await room.localParticipant.unpublishTrack(video, false);
      await room.localParticipant.publishTrack(video, video_options);
    } catch {
      // A room that went away in between is no fault: the next one publishes again.
    }
  }

  #withdraw(room: Room, stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      room.localParticipant.unpublishTrack(track, false).catch(() => undefined);
    }
  }

  #stop(): void {
    const stream = this.#stream;
    const room = this.#served;
    this.#stream = null;
    this.#served = null;
    this.#switchSources(false);
    this.#parts.picture.set(null);
    this.#parts.state.set({ on: false, busy: false, fault: null });
    for (const track of stream?.getTracks() ?? []) track.stop();
    if (stream !== null && room !== null) this.#withdraw(room, stream);
  }
}
