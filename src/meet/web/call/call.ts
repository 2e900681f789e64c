/** The whole call of one seat, put together from its parts; no view and no framework. */
import { arriveMuted } from './arriving.ts';
import { Connection } from './connection.ts';
import type { Seat } from './connection.ts';
import { Beats } from './beats.ts';
import { Bindings } from './bindings.ts';
import { Compared } from './compared.ts';
import type { Trouble } from './diagnosis.ts';
import { endFirstMoments } from './first-moments.ts';
import { reasonOf } from './group.ts';
import type { Group } from './group.ts';
import { Hands } from './hands.ts';
import { Opening } from './opening.ts';
import { OwnTrack } from './own-track.ts';
import { showStream } from './picture.ts';
import { Pictures } from './pictures.ts';
import { Receiving } from './receiving.ts';
import type { Reception } from './receiving.ts';
import { Roster } from './roster.ts';
import { Rules } from './rules.ts';
import type { RulesParts } from './rules.ts';
import type { Own } from './roster.ts';
import type { Switches } from '../breakout/breakouts.ts';
import type { Aside, BreakoutsModel } from '../breakout/model.ts';
import type { ChatModel, Message } from '../chat/model.ts';
import type { ScheduleModel } from '../schedule/model.ts';
import type { HostAct } from '../group/hosting.ts';
import { keepDevice } from '../settle-devices.ts';
import { load } from './load.ts';
import { watchLock } from './lock-watch.ts';
import type { Sealing } from './sealing.ts';
import type { Room } from './media.ts';
import type { Lock } from './lock.ts';
import { Signal, follow } from './signal.ts';
import type { Readable } from './signal.ts';
import { Sound } from './sound.ts';
import { Spotlight } from './spotlight.ts';
import { Strangers } from './strangers.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Tools } from './tools.ts';
import type {
  CallModel,
  Device,
  DeviceKind,
  Devices,
  Notice,
  Picture,
  Source,
  Toast,
} from './model.ts';
import type { Entry, LeaveReason } from '../entry.ts';

export interface Doors {
  readonly seat: Seat;
  readonly group: Group;
  readonly sealing: Sealing;
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
  readonly chat = new Signal<ChatModel | null>(null);
  readonly devices = new Signal<Devices>({ microphone: none, camera: none, speaker: none });
  readonly host: boolean;
  readonly lock: Readable<Lock>;
  readonly compared: Compared;
  readonly #entry: Entry;
  readonly #doors: Doors;
  readonly #closing = new AbortController();
  readonly #microphone: OwnTrack;
  readonly #camera: OwnTrack;
  readonly #shared = new Signal<Picture | null>(null);
  readonly #hands: Hands;
  readonly #strangers: Strangers;
  readonly #sound: Sound;
  readonly #receiving = new Receiving();
  readonly #subscriptions: Subscriptions;
  readonly #opening: Opening;
  readonly #roster: Roster;
  readonly #rules: Rules;
  readonly #bindings: Bindings;
  readonly #spotlight: Spotlight;
  readonly volumes = new Signal<ReadonlyMap<string, number>>(new Map());
  readonly unruly = new Signal<ReadonlySet<string>>(new Set());
  readonly trouble = new Signal<Trouble | null>(null);
  readonly aside = new Signal<Aside | null>(null);
  readonly breakouts = new Signal<BreakoutsModel | null>(null);
  readonly schedule = new Signal<ScheduleModel | null>(null);
  readonly #connection: Connection;
  readonly #tools: Promise<Tools>;
  #loaded: Tools | null = null;
  #shown: { track: MediaStreamTrack; picture: Picture } | null = null;

  constructor(entry: Entry, doors: Doors, life: AbortSignal) {
    const alive = AbortSignal.any([life, this.#closing.signal]);
    this.#entry = entry;
    this.#doors = doors;
    this.host = doors.end !== null;
    this.compared = new Compared(entry.room);
    const announce = this.#announce;
    const { group, sealing } = doors;
    const { guard } = sealing;
    const { audio, video, audio_on, video_on } = entry;
    const microphone = { kind: 'microphone', track: audio, on: audio_on } as const;
    const camera = { kind: 'camera', track: video, on: video_on } as const;
    this.#microphone = new OwnTrack({ ...microphone, announce, guard }, alive);
    this.#camera = new OwnTrack({ ...camera, announce, guard }, alive);
    this.#sound = new Sound(entry.speaker_id ?? '', alive);
    arriveMuted({ entry, group, announce, microphone: this.#microphone }, alive);
    this.#subscriptions = new Subscriptions(group.view, this.#receiving.now, alive);
    this.#hands = new Hands(group, alive);
    this.#spotlight = new Spotlight(group, alive);
    const reception = this.#receiving.now;
    this.#rules = new Rules({ group, reception, own: this.#obedient() }, alive);
    this.#bindings = new Bindings(guard, this.#rules, alive);
    const { counts, breach } = sealing;
    this.#strangers = new Strangers(group.view, alive);
    const strangers = this.#strangers.there;
    this.lock = watchLock({ counts, breach, view: group.view, strangers }, alive);
    this.#opening = new Opening(alive);
    const pictures = new Pictures(this.#opening.seen);
    // What is said before the script of the chat has come waits for it, in order.
    group.hear(alive, (identity, said) => {
      void this.#tools.then((tools) => tools.hear(identity, said));
    });
    follow(this.aside, alive, (aside) => this.#receiving.setAside(aside !== null));
    const hands = this.#hands.others;
    const own_side = this.#readOwn();
    const rules = this.#rules;
    const roster = { own: own_side, view: group.view, hands, pictures, rules, announce };
    this.#roster = new Roster(roster, alive);
    this.#connection = this.#connect(doors, alive);
    follow(group.view, alive, ({ end }) => {
      if (end !== null) this.#connection.end(reasonOf(end));
    });
    this.over = this.#connection.run().then(async (reason) => {
      this.#closing.abort();
      await group.leave();
      return reason;
    });
    this.#tools = this.#loadTools(alive);
    const { own: hand } = this.#hands;
    const own = [this.#microphone.state, this.#camera.track, hand, this.#shared, group.view];
    for (const part of own) {
      follow<unknown>(part, alive, () => this.#roster.setOwn(this.#readOwn()));
    }
  }

  /** What rules are kept with. The screen's part comes while the call connects. */
  #obedient(): RulesParts['own'] {
    const share = {
      permit: (may: boolean) => void this.#tools.then(({ screen }) => screen.permit(may)),
      hush: () => void this.#tools.then(({ screen }) => screen.hush()),
    };
    return { mic: this.#microphone, cam: this.#camera, share };
  }

  #connect({ seat, group, sealing }: Doors, alive: AbortSignal): Connection {
    const { guard } = sealing;
    follow(this.#opening.room, alive, (room) => {
      if (room === null) return;
      endFirstMoments();
      this.#microphone.enter(room);
      this.#camera.enter(room);
    });
    // What is received is asked for before anything else is done with a new room.
    const parts = [
      this.#bindings,
      this.#rules,
      this.#subscriptions,
      this.#opening,
      this.#sound,
      this.#roster,
      this.#strangers,
      this.#microphone,
      this.#camera,
    ];
    const dress = (room: Room): void => {
      beats.dress(room);
      for (const part of parts) part.dress(room);
    };
    const connection = new Connection(seat, dress, alive);
    const beats = new Beats({ guard, group, room: connection.room }, alive);
    return connection;
  }

  #switches = (): Switches => ({
    audio_on: this.#microphone.state.get().on,
    video_on: this.#camera.state.get().on,
  });

  #switch = ({ audio_on, video_on }: Switches): void => {
    this.setMicrophone(audio_on);
    this.setCamera(video_on);
    if (!video_on) this.setScreen(false);
  };

  #announce = (notice: Notice): void => {
    void this.#tools.then(({ toasts }) => toasts.add(notice));
  };

  async #loadTools(alive: AbortSignal): Promise<Tools> {
    const { startTools } = await load(() => import('./tools.ts'));
    const [microphone, camera] = [this.#microphone, this.#camera];
    const parts = {
      room: this.#connection.room,
      meeting: this.#entry.room,
      group: this.#doors.group,
      guard: this.#doors.sealing.guard,
      messages: this.messages,
      chat: this.chat,
      name: this.#entry.name,
      people: this.people,
      speaker: this.speaker,
      state: this.screen,
      picture: this.#shared,
      announce: this.#announce,
      unruly: this.unruly,
      trouble: this.trouble,
      place: this.#sound.place,
      volumes: this.volumes,
      breakouts: {
        room: this.#entry.room,
        switches: { get: this.#switches, set: this.#switch },
        aside: this.aside,
        onBrought: () => this.#announce({ kind: 'brought-back' }),
      },
      onPutOut: (identity: string) => this.#roster.putOut(identity),
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
    this.breakouts.set(this.#loaded.breakouts);
    this.schedule.set(this.#loaded.schedule);
    return this.#loaded;
  }

  #readOwn(): Own {
    const { own, leaves } = this.#doors.group.view.get();
    return {
      identity: own,
      // A host may have given one another.
      name: leaves.get(own)?.name ?? this.#entry.name,
      picture: this.#readPicture(),
      muted: !this.#microphone.state.get().on,
      hand_at: this.#hands.own.get(),
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

  get group() {
    return this.#doors.group.view;
  }
  /** The media engine's room once it has answered; null in between. */
  get room() {
    return this.#connection.room;
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
  get spotlight() {
    return this.#spotlight.who;
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
    const { camera, microphone } = this.devices.get();
    const present = [...camera.list, ...microphone.list].map((device) => device.id);
    keepDevice(kind, id, present);
  }
  raiseHand(up: boolean): void {
    this.#hands.raise(up);
  }
  get reception() {
    return this.#receiving.chosen;
  }
  receive(reception: Reception): void {
    this.#receiving.choose(reception);
  }
  show(ids: ReadonlySet<string>): void {
    this.#subscriptions.show(ids);
  }
  setVolume(identity: string, volume: number): void {
    this.#loaded?.volumes.set(identity, volume);
  }
  playSound(): void {
    this.#sound.play();
  }
  copyLink(): void {
    this.#copy(this.#entry.link_url(), { kind: 'copied' });
  }
  copyHostLink(): void {
    const url = this.#entry.host_link_url();
    if (url !== null) this.#copy(url, { kind: 'host-copied' });
  }
  #copy(text: string, copied: Notice): void {
    navigator.clipboard
      .writeText(text)
      .then(() => this.#announce(copied))
      .catch(() => this.#announce({ kind: 'not-copied' }));
  }
  async act(act: HostAct): Promise<void> {
    await this.#doors.group.host(act).catch(() => this.#announce({ kind: 'host-failed' }));
  }
  note(text: string): void {
    this.#doors.group.note(text);
  }
  answer(knock: string, admit: boolean): void {
    this.#doors.group.answer(knock, admit);
  }
  putAside(): void {
    this.#loaded?.health.putAside();
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
