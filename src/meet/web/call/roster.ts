/**
 * Who is here, as the view shows them. The room of the media client comes and goes with every
 * reconnection; the roster stays, so that a tile keeps its picture and its place meanwhile.
 */
import { ConnectionQuality, DisconnectReason, RoomEvent, Track } from './media.ts';
import type { RemoteParticipant, Room } from './media.ts';
import { cleanName } from './face.ts';
import type { GroupView, Leaf } from './group.ts';
import { Signal, follow } from './signal.ts';
import type { Readable } from './signal.ts';
import type { Rules } from './rules.ts';
import type { Pictures } from './pictures.ts';
import type { Bars, Notice, Person, Picture, Share } from './model.ts';

/** One's own side, which does not wait for the media server. */
export interface Own {
  readonly identity: string;
  readonly name: string;
  readonly picture: Picture | null;
  readonly muted: boolean;
  readonly hand_at: number | null;
  readonly share: Picture | null;
}

/** How long the tile of a lost connection is kept; after a clean goodbye it goes at once. */
const away_ms = 10_000;
/** Somebody who reloads is gone for this long; no toast says that they left and came back. */
const farewell_ms = 4000;
/** A hand that was raised longer ago is no news. */
const news_ms = 15_000;
/** In larger meetings comings and goings are not announced one by one. */
const announced_max = 20;

const quality_bars: Readonly<Record<ConnectionQuality, Bars>> = {
  [ConnectionQuality.Excellent]: 3,
  [ConnectionQuality.Good]: 2,
  [ConnectionQuality.Poor]: 1,
  [ConnectionQuality.Lost]: 0,
  [ConnectionQuality.Unknown]: null,
};

/** Whose tile nobody has vouched for yet. */
const unnamed = '…';

/**
 * What they call themselves. A server with the link could put a copy of somebody's leaf into a
 * group: until a beat came of it, it has no name here.
 */
function nameOf(leaf: Leaf | undefined): string {
  if (leaf === undefined || !leaf.confirmed) return unnamed;
  return cleanName(leaf.name ?? '') || unnamed;
}

interface Known {
  readonly leaf: Leaf | undefined;
  readonly hand_at: number | null;
  readonly pictures: Pictures;
  readonly rules: Pick<Rules, 'hears'>;
}

function readPerson(participant: RemoteParticipant, known: Known): Person {
  const { leaf, hand_at, pictures, rules } = known;
  const { identity } = participant;
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const seen = rules.hears(identity, Track.Source.Camera);
  const heard = rules.hears(identity, Track.Source.Microphone) && participant.isMicrophoneEnabled;
  return {
    identity,
    name: nameOf(leaf),
    you: false,
    picture: seen ? pictures.find(participant, Track.Source.Camera) : null,
    camera_on: seen && camera !== undefined && !camera.isMuted,
    muted: !heard,
    speaking: heard && participant.isSpeaking,
    bars: quality_bars[participant.connectionQuality],
    hand_at,
    away: false,
  };
}

function same<T extends object>(left: T, right: T): boolean {
  return (Object.keys(left) as (keyof T)[]).every((key) => Object.is(left[key], right[key]));
}

/** The new list, with the old objects where nothing changed, and the old list where none did. */
function merge<T extends object>(
  old: readonly T[],
  fresh: readonly T[],
  key: keyof T,
): readonly T[] {
  const known = new Map(old.map((item) => [item[key], item]));
  const merged = fresh.map((item) => {
    const before = known.get(item[key]);
    return before !== undefined && same(before, item) ? before : item;
  });
  const equal = merged.length === old.length && merged.every((item, at) => item === old[at]);
  return equal ? old : merged;
}

const changes = [
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
] as const;

/** What the roster is drawn from, beside the room. */
export interface RosterParts {
  readonly own: Own;
  readonly view: Readable<GroupView>;
  readonly hands: Readable<ReadonlyMap<string, number>>;
  readonly pictures: Pictures;
  readonly rules: Pick<Rules, 'hears' | 'changed'>;
  readonly announce: (notice: Notice) => void;
}

export class Roster {
  readonly people: Signal<readonly Person[]>;
  readonly shares = new Signal<readonly Share[]>([]);
  /** When each identity was last heard. */
  readonly heard = new Map<string, number>();
  readonly #parts: RosterParts;
  readonly #life: AbortSignal;
  /** Order of arrival; whoever comes back within the grace keeps their number. */
  readonly #away = new Map<string, ReturnType<typeof setTimeout>>();
  /** Who came and is not announced yet. */
  readonly #arrivals = new Set<string>();
  /** Whom a host put out: that is told otherwise. */
  readonly #put_out = new Set<string>();
  readonly #farewells = new Map<string, ReturnType<typeof setTimeout>>();
  #room: Room | null = null;
  #own: Own;
  #planned = false;

  constructor(parts: RosterParts, life: AbortSignal) {
    this.#own = parts.own;
    this.#parts = parts;
    this.#life = life;
    this.people = new Signal<readonly Person[]>([this.#readOwn()]);
    follow(parts.view, life, this.#plan);
    follow(parts.hands, life, this.#plan);
    follow(parts.rules.changed, life, this.#plan);
    life.addEventListener('abort', () => {
      for (const timer of [...this.#away.values(), ...this.#farewells.values()])
        clearTimeout(timer);
    });
  }

  /** Listens to a new room. What was known stays until the room says who is there. */
  dress = (room: Room): void => {
    room.on(RoomEvent.SignalConnected, () => this.#meet(room));
    room.on(RoomEvent.ParticipantConnected, (participant) => this.#arrive(participant));
    room.on(RoomEvent.ParticipantDisconnected, (participant, reason) => {
      const goodbye = reason === DisconnectReason.CLIENT_INITIATED;
      const removed = reason === DisconnectReason.PARTICIPANT_REMOVED;
      this.#miss(participant.identity, goodbye || removed ? 0 : away_ms);
    });
    for (const change of changes) room.on(change, this.#plan);
    // The media client tells nothing of what happens between signalling and the media line.
    room.on(RoomEvent.Connected, this.#plan);
  };

  /** They do not come back, and nobody is to read that they left. */
  putOut(identity: string): void {
    this.#put_out.add(identity);
    for (const timers of [this.#away, this.#farewells]) {
      clearTimeout(timers.get(identity));
      timers.delete(identity);
    }
    this.#plan();
  }

  setOwn(own: Own): void {
    if (same(own, this.#own)) return;
    this.#own = own;
    this.#refresh();
  }

  /** The first list of a new room: whoever is missing may be on the way back like ourselves. */
  #meet(room: Room): void {
    this.#room = room;
    for (const { identity, you, away } of this.people.get()) {
      if (!you && !away && !room.remoteParticipants.has(identity)) this.#miss(identity, away_ms);
    }
    this.#plan();
  }

  /** Somebody came while one was here; they are announced once they have a name. */
  #arrive({ identity }: RemoteParticipant): void {
    const known = this.people.get().some((person) => person.identity === identity);
    const missed = this.#farewells.has(identity);
    clearTimeout(this.#farewells.get(identity));
    this.#farewells.delete(identity);
    if (!known && !missed) this.#arrivals.add(identity);
    this.#plan();
  }

  #welcome(fresh: readonly Person[]): void {
    for (const { identity, name } of fresh) {
      if (name === unnamed || !this.#arrivals.delete(identity)) continue;
      if (fresh.length <= announced_max) this.#parts.announce({ kind: 'joined', name });
    }
  }

  /** A connection went: the tile stays for `keep_ms`, and the toast waits for a return. */
  #miss(identity: string, keep_ms: number): void {
    const person = this.people.get().find((one) => one.identity === identity);
    if (person === undefined || this.#life.aborted || this.#put_out.has(identity)) return;
    this.#arrivals.delete(identity);
    clearTimeout(this.#away.get(identity));
    if (keep_ms > 0) {
      const forget = (): void => {
        this.#away.delete(identity);
        this.#refresh();
      };
      this.#away.set(identity, setTimeout(forget, keep_ms));
    }
    clearTimeout(this.#farewells.get(identity));
    const say = (): void => {
      this.#farewells.delete(identity);
      if (this.people.get().some((one) => one.identity === identity)) return;
      if (this.people.get().length < announced_max) {
        this.#parts.announce({ kind: 'left', name: person.name });
      }
    };
    this.#farewells.set(identity, setTimeout(say, keep_ms + farewell_ms));
    this.#refresh();
  }

  /** Several events of one message become one reading; a picture is never later than that. */
  #plan = (): void => {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#refresh();
    });
  };

  #readOwn(): Person {
    const { identity, name, picture, muted, hand_at } = this.#own;
    const local = this.#room?.localParticipant;
    return {
      identity,
      name,
      you: true,
      picture,
      camera_on: picture !== null,
      muted,
      speaking: !muted && local?.isSpeaking === true,
      bars: local === undefined ? null : quality_bars[local.connectionQuality],
      hand_at,
      away: false,
    };
  }

  #refresh(): void {
    if (this.#life.aborted) return;
    const remote = this.#members();
    const old = this.people.get();
    const fresh: Person[] = [this.#readOwn()];
    const placed = new Set<string>([this.#own.identity]);
    for (const before of old.slice(1)) {
      const here = remote.get(before.identity);
      if (here === undefined && !this.#away.has(before.identity)) continue;
      placed.add(before.identity);
      fresh.push(here ? this.#keepPicture(this.#read(here), before) : asAway(before));
    }
    for (const participant of remote.values()) {
      if (!placed.has(participant.identity)) fresh.push(this.#read(participant));
    }
    for (const { identity } of fresh) {
      if (!remote.has(identity)) continue;
      clearTimeout(this.#away.get(identity));
      this.#away.delete(identity);
    }
    this.#hear(fresh, old);
    this.#welcome(fresh);
    this.people.set(merge(old, fresh, 'identity'));
    this.shares.set(merge(this.shares.get(), this.#readShares(remote), 'id'));
  }

  /** Who is in the room and in the group: nobody else is shown. */
  #members(): ReadonlyMap<string, RemoteParticipant> {
    const { leaves } = this.#parts.view.get();
    const remote = this.#room?.remoteParticipants ?? new Map<string, RemoteParticipant>();
    return new Map([...remote].filter(([identity]) => leaves.has(identity)));
  }

  #read(participant: RemoteParticipant): Person {
    const { view, hands, pictures, rules } = this.#parts;
    const { identity } = participant;
    const leaf = view.get().leaves.get(identity);
    const hand_at = hands.get().get(identity) ?? null;
    return readPerson(participant, { leaf, hand_at, pictures, rules });
  }

  /** After a reconnection the last picture stays until the new one has arrived. */
  #keepPicture(person: Person, before: Person): Person {
    const keep = person.picture === null && person.camera_on && before.picture !== null;
    return keep ? { ...person, picture: before.picture } : person;
  }

  #hear(fresh: readonly Person[], old: readonly Person[]): void {
    const now = performance.now();
    const before = new Map(old.map((person) => [person.identity, person]));
    for (const person of fresh) {
      if (person.speaking) this.heard.set(person.identity, now);
      if (person.you || person.hand_at === null) continue;
      // Hands that were up before one came are shown, but they are no news.
      const is_new = Date.now() - person.hand_at < news_ms;
      if (is_new && before.get(person.identity)?.hand_at === null) {
        this.#parts.announce({ kind: 'hand', name: person.name });
      }
    }
  }

  #readShares(remote: ReadonlyMap<string, RemoteParticipant>): Share[] {
    const shares: Share[] = [];
    const { identity, name, share } = this.#own;
    if (share !== null) shares.push({ id: share.id, identity, name, you: true, picture: share });
    for (const participant of remote.values()) {
      const publication = participant.getTrackPublication(Track.Source.ScreenShare);
      if (publication === undefined || publication.isMuted) continue;
      if (!this.#parts.rules.hears(participant.identity, Track.Source.ScreenShare)) continue;
      shares.push({
        id: publication.trackSid,
        identity: participant.identity,
        name: nameOf(this.#parts.view.get().leaves.get(participant.identity)),
        you: false,
        picture: this.#parts.pictures.find(participant, Track.Source.ScreenShare),
      });
    }
    return shares;
  }
}

/** Someone whose line is gone: known by name, without picture or voice. */
function asAway(person: Person): Person {
  return { ...person, away: true, picture: null, speaking: false, bars: 0 };
}
