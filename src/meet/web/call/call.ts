/** The whole call of one seat, put together from its parts; no view and no framework. */
import { Connection } from './connection.ts';
import type { Seat } from './connection.ts';
import { endFirstMoments } from './first-moments.ts';
import { Opening } from './opening.ts';
import { OwnTrack } from './own-track.ts';
import { showStream } from './picture.ts';
import { Pictures } from './pictures.ts';
import { Roster } from './roster.ts';
import type { Own } from './roster.ts';
import { load } from './load.ts';
import { RoomEvent } from './media.ts';
import type { Room } from './media.ts';
import { Signal, follow } from './signal.ts';
import { Sound } from './sound.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Tools } from './tools.ts';
import { chat_topic } from './model.ts';
import type {
  CallModel,
  Device,
  DeviceKind,
  Devices,
  Message,
  Notice,
  Picture,
  Source,
  Toast,
} from './model.ts';
import type { Entry, LeaveReason, Ticket } from '../entry.ts';

export interface Doors {
  readonly seat: Seat;
  /** Ends the meeting for everybody; null where one is not its host. */
  readonly end: (() => Promise<void>) | null;
}

const none = { list: [], chosen: '' };

/** Starts connecting at once. Aborting `life` leaves the call and frees every device. */
export class Call implements CallModel {
  /** Resolves when the call is over; never rejects. */
  readonly over: Promise<LeaveReason>;
  readonly speaker = new Signal<string | null>(null);
  /** Phones cannot. */
  readonly can_share = typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  readonly screen = new Signal<Source>({ on: false, busy: false, fault: null });
  readonly toasts = new Signal<readonly Toast[]>([]);
  readonly messages = new Signal<readonly Message[]>([]);
  readonly devices = new Signal<Devices>({ microphone: none, camera: none, speaker: none });
  readonly host: boolean;
  readonly #entry: Entry;
  readonly #doors: Doors;
  readonly #closing = new AbortController();
  readonly #microphone: OwnTrack;
  readonly #camera: OwnTrack;
  readonly #shared = new Signal<Picture | null>(null);
  readonly #raised_at = new Signal<number | null>(null);
  readonly #sound: Sound;
  readonly #subscriptions: Subscriptions;
  readonly #opening: Opening;
  readonly #roster: Roster;
  readonly #connection: Connection;
  readonly #tools: Promise<Tools>;
  #loaded: Tools | null = null;
  /** Until a ticket says which it is. */
  #identity = 'you';
  #shown: { track: MediaStreamTrack; picture: Picture } | null = null;

  constructor(entry: Entry, doors: Doors, life: AbortSignal) {
    const alive = AbortSignal.any([life, this.#closing.signal]);
    this.#entry = entry;
    this.#doors = doors;
    this.host = doors.end !== null;
    const announce = this.#announce;
    const { audio, video, audio_on, video_on } = entry;
    const microphone = { kind: 'microphone', track: audio, on: audio_on, announce } as const;
    const camera = { kind: 'camera', track: video, on: video_on, announce } as const;
    this.#microphone = new OwnTrack(microphone, alive);
    this.#camera = new OwnTrack(camera, alive);
    this.#sound = new Sound(entry.speaker_id ?? '', alive);
    this.#subscriptions = new Subscriptions(alive);
    this.#opening = new Opening(alive);
    const pictures = new Pictures(this.#opening.seen);
    this.#roster = new Roster(this.#readOwn(), pictures, announce, alive);
    this.#connection = this.#connect(doors.seat, alive);
    this.over = this.#connection.run().then((reason) => {
      this.#closing.abort();
      return reason;
    });
    this.#tools = this.#loadTools(alive);
    const own = [this.#microphone.state, this.#camera.track, this.#raised_at, this.#shared];
    for (const part of own) {
      follow<unknown>(part, alive, () => this.#roster.setOwn(this.#readOwn()));
    }
  }

  #connect(seat: Seat, alive: AbortSignal): Connection {
    const know = (ticket: Ticket): Ticket => {
      this.#identity = ticket.identity;
      this.#roster.setOwn(this.#readOwn());
      return ticket;
    };
    const known: Seat = {
      ...seat,
      first: seat.first?.then(know) ?? null,
      ask: async () => know(await seat.ask()),
    };
    follow(this.#opening.room, alive, (room) => {
      if (room === null) return;
      endFirstMoments();
      this.#microphone.enter(room);
      this.#camera.enter(room);
    });
    // What is received is asked for before anything else is done with a new room.
    const parts = [
      this.#subscriptions,
      this.#opening,
      this.#sound,
      this.#roster,
      this.#microphone,
      this.#camera,
      { dress: this.#dressChat },
    ];
    return new Connection(known, (room) => parts.forEach((part) => part.dress(room)), alive);
  }

  #announce = (notice: Notice): void => {
    void this.#tools.then(({ toasts }) => toasts.add(notice));
  };

  /** What is said before the script has come waits for it, in order. */
  #dressChat = (room: Room): void => {
    room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic) => {
      if (topic !== chat_topic || participant === undefined) return;
      void this.#tools.then(({ chat }) => chat.receive(payload, participant));
    });
  };

  async #loadTools(alive: AbortSignal): Promise<Tools> {
    const { startTools } = await load(() => import('./tools.ts'));
    const [microphone, camera] = [this.#microphone, this.#camera];
    const parts = {
      room: this.#connection.room,
      phase: this.phase,
      messages: this.messages,
      name: this.#entry.name,
      identity: () => this.#identity,
      raised_at: this.#raised_at,
      people: this.people,
      speaker: this.speaker,
      state: this.screen,
      picture: this.#shared,
      announce: this.#announce,
      toasts: this.toasts,
      devices: this.devices,
      choices: {
        microphone: microphone.device,
        camera: camera.device,
        speaker: this.#sound.speaker,
      },
      tracks: [microphone.track, camera.track],
      onGone: (device: DeviceKind, { label }: Device): void => {
        // A microphone or camera in use says so itself, by its track.
        if (device !== 'speaker') return;
        this.#sound.choose('');
        this.#announce({ kind: 'fallback', device, name: label });
      },
    };
    this.#loaded = startTools(parts, alive);
    return this.#loaded;
  }

  #readOwn(): Own {
    return {
      identity: this.#identity,
      name: this.#entry.name,
      picture: this.#readPicture(),
      muted: !this.#microphone.state.get().on,
      hand_at: this.#raised_at.get(),
      share: this.#shared.get(),
    };
  }

  /** The same picture for the same track, so that one's own tile does not flicker. */
  #readPicture(): Picture | null {
    const track = this.#camera.track.get();
    if (track === null) this.#shown = null;
    else if (this.#shown?.track !== track)
      this.#shown = { track, picture: showStream(track, true) };
    return this.#shown?.picture ?? null;
  }

  get phase() {
    return this.#connection.phase;
  }
  get people() {
    return this.#roster.people;
  }
  get shares() {
    return this.#roster.shares;
  }
  get heard() {
    return this.#roster.heard;
  }
  get microphone() {
    return this.#microphone.state;
  }
  get camera() {
    return this.#camera.state;
  }
  get sound_blocked() {
    return this.#sound.blocked;
  }

  setMicrophone(on: boolean): void {
    this.#microphone.setOn(on);
  }
  setCamera(on: boolean): void {
    this.#camera.setOn(on);
  }
  setScreen(on: boolean): void {
    void this.#tools.then(({ screen }) => screen.setOn(on));
  }
  choose(kind: DeviceKind, id: string): void {
    const chosen = { microphone: this.#microphone, camera: this.#camera, speaker: this.#sound };
    chosen[kind].choose(id);
  }
  raiseHand(up: boolean): void {
    void this.#tools.then(({ hand }) => hand.raise(up));
  }
  send(text: string): boolean {
    const sent = this.#loaded?.chat.send(text);
    if (sent === false && text.trim() !== '') this.#announce({ kind: 'too-fast' });
    return sent ?? false;
  }
  show(ids: ReadonlySet<string>): void {
    this.#subscriptions.show(ids);
  }
  playSound(): void {
    this.#sound.play();
  }
  copyLink(): void {
    navigator.clipboard
      .writeText(this.#entry.link_url)
      .then(() => this.#announce({ kind: 'copied' }))
      .catch(() => this.#announce({ kind: 'not-copied' }));
  }
  dismiss(toast: number): void {
    this.#loaded?.toasts.dismiss(toast);
  }
  leave(): void {
    this.#closing.abort();
  }
  endForEveryone(): void {
    this.#doors.end?.().catch(() => this.#announce({ kind: 'end-failed' }));
  }
}
