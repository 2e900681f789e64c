/**
 * What each may send, by the policy and by the orders of hosts: one's own devices keep to it, and what
 * somebody sends beside it is not rendered, whatever the media server lets through.
 */
import { sends } from '../../../protocol/encryption/rights.ts';
import type { Send } from '../../../protocol/encryption/rights.ts';
import type { Group } from './group.ts';
import { RoomEvent, Track } from './media.ts';
import type { Participant, Room, TrackPublication } from './media.ts';
import { mayDo } from './rights.ts';
import { isReceived } from './received.ts';
import type { Received } from './receiving.ts';
import { Signal, follow } from './signal.ts';
import type { Readable } from './signal.ts';

const send_of: Partial<Record<Track.Source, Send>> = {
  [Track.Source.Microphone]: 'mic',
  [Track.Source.Camera]: 'cam',
  [Track.Source.ScreenShare]: 'share',
  [Track.Source.ScreenShareAudio]: 'share',
};

/** One's own microphone, camera or screen. */
export interface Obedient {
  /** Told of a change. Not: off, and it stays so. Again: nothing happens but a word about it. */
  permit(may: boolean): void;
  /** A host says so: off, until the person here turns it on again. */
  hush(): void;
}

export interface RulesParts {
  readonly group: Group;
  readonly reception: Readable<Received>;
  readonly own: Readonly<Record<Send, Obedient>>;
}

export class Rules {
  /** Counts up whenever something else is rendered than before. */
  readonly changed = new Signal(0);
  readonly #parts: RulesParts;
  /** What was silenced and is still on: by identity and what. */
  readonly #hushed = new Set<string>();
  readonly #may: Record<Send, boolean> = { mic: true, cam: true, share: true };
  #room: Room | null = null;
  #spelled = '';

  constructor(parts: RulesParts, life: AbortSignal) {
    this.#parts = parts;
    const { group, reception } = parts;
    follow(group.view, life, () => this.#read());
    follow(reception, life, () => this.#tell());
    group.hear(life, (_identity, said) => {
      if (said.kind !== 'quiet') return;
      for (const id of said.ids) for (const what of said.what) this.#quiet(id, what);
      this.#tell();
    });
  }

  dress = (room: Room): void => {
    room.on(RoomEvent.SignalConnected, () => {
      this.#room = room;
      this.#hushed.clear();
      this.#tell();
    });
    // The media server says that it is off, or gone: who sends it again does so by their own hand.
    const lift = ({ source }: TrackPublication, { identity }: Participant): void => {
      if (this.#hushed.delete(`${identity} ${send_of[source]}`)) this.#tell();
    };
    room.on(RoomEvent.TrackMuted, lift).on(RoomEvent.TrackUnpublished, lift);
  };

  /** Whether what somebody sends from there is rendered. */
  hears(identity: string, source: Track.Source): boolean {
    const what = send_of[source];
    if (what === undefined || this.#hushed.has(`${identity} ${what}`)) return false;
    const { group, reception } = this.#parts;
    if (!isReceived(source, reception.get())) return false;
    return mayDo(group.view.get(), identity, what);
  }

  #quiet(identity: string, what: Send): void {
    const { group, own } = this.#parts;
    if (identity === group.view.get().own) return own[what].hush();
    const tracks = this.#room?.remoteParticipants.get(identity)?.trackPublications.values() ?? [];
    const is_on = [...tracks].some(({ source, isMuted }) => send_of[source] === what && !isMuted);
    if (is_on) this.#hushed.add(`${identity} ${what}`);
  }

  #read(): void {
    const view = this.#parts.group.view.get();
    const { own, guests, leaves, stage } = view;
    for (const what of sends) {
      const may = mayDo(view, own, what);
      if (may === this.#may[what]) continue;
      this.#may[what] = may;
      this.#parts.own[what].permit(may);
    }
    const hosts = [...leaves.values()].filter(({ role }) => role !== 'guest');
    const spelled = JSON.stringify([guests, stage, hosts.map(({ identity }) => identity)]);
    if (spelled === this.#spelled) return;
    this.#spelled = spelled;
    this.#tell();
  }

  #tell(): void {
    this.changed.set(this.changed.get() + 1);
  }
}
