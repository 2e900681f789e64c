/**
 * What is received: every voice, and pictures only of the tiles on screen, in the size they are
 * shown (the media client measures the elements: adaptiveStream).
 */
import { RoomEvent, Track, VideoQuality } from './media.ts';
import type { RemoteParticipant, RemoteTrackPublication, Room } from './media.ts';
import type { GroupView } from './group.ts';
import { tileOf, tileOfShare } from './model.ts';
import { isReceived } from './received.ts';
import type { Received } from './receiving.ts';
import { follow } from './signal.ts';
import type { Readable } from './signal.ts';

/** A tile that left the screen is still received for this long: paging back is instant. */
const linger_ms = 3000;
/**
 * Pictures are asked for before the view has placed their tiles, up to this many: the first one
 * must not wait for a layout. What turns out to be on another page is given back.
 */
const early_max = 24;

export class Subscriptions {
  readonly #view: Readable<GroupView>;
  readonly #reception: Readable<Received>;
  #room: Room | null = null;
  /** What the view shows; null until it has said so. */
  #shown: ReadonlySet<string> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: Readable<GroupView>, reception: Readable<Received>, life: AbortSignal) {
    this.#view = view;
    this.#reception = reception;
    follow(reception, life, () => this.#greetAll());
    // The media server may show somebody before the group's log does.
    follow(view, life, () => this.#greetAll());
    life.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  dress = (room: Room): void => {
    const greetAll = (): void => {
      this.#room = room;
      this.#greetAll();
    };
    room.on(RoomEvent.SignalConnected, greetAll);
    // The media client tells nothing of what is published between these two: people who come at
    // the same moment would stay dark and silent to each other.
    room.on(RoomEvent.Connected, greetAll);
    room.on(RoomEvent.TrackPublished, (publication, participant) => {
      this.#greetTrack(publication, participant);
      this.#planReview();
    });
  };

  /** The view says which tiles are on screen. */
  show(ids: ReadonlySet<string>): void {
    this.#shown = ids;
    for (const [publication, participant] of this.#pictures()) {
      if (ids.has(nameTile(publication, participant))) this.#greetTrack(publication, participant);
    }
    this.#planReview();
  }

  #greetAll(): void {
    for (const participant of this.#room?.remoteParticipants.values() ?? []) {
      this.#greet(participant);
    }
    this.#planReview();
  }

  #greet(participant: RemoteParticipant): void {
    for (const publication of participant.trackPublications.values()) {
      this.#greetTrack(publication, participant);
    }
  }

  /**
   * Of who has no leaf nothing is received, once one is in and knows who has. What the connection
   * itself asked for before that, the guard lets through to nobody: there is no key for it.
   */
  #greetTrack(publication: RemoteTrackPublication, participant: RemoteParticipant): void {
    const { phase, leaves } = this.#view.get();
    if (!leaves.has(participant.identity)) {
      if (phase === 'in') this.#take(publication, false);
      return;
    }
    if (!isReceived(publication.source, this.#reception.get())) {
      return this.#take(publication, false);
    }
    this.#limit(publication);
    const shown = this.#shown?.has(nameTile(publication, participant)) ?? false;
    const early = (): boolean => {
      const taken = this.#pictures().filter(([picture]) => picture.isDesired);
      return taken.length < early_max;
    };
    if (publication.kind === Track.Kind.Audio || shown || early()) this.#take(publication, true);
  }

  /** What the media client asks for by the size of the tile, it asks for up to here only. */
  #limit(publication: RemoteTrackPublication): void {
    if (publication.source !== Track.Source.Camera) return;
    const most = this.#reception.get() === 'small' ? VideoQuality.LOW : VideoQuality.HIGH;
    if ((publication.videoQuality ?? VideoQuality.HIGH) !== most) publication.setVideoQuality(most);
  }

  #take(publication: RemoteTrackPublication, desired: boolean): void {
    if (publication.isDesired !== desired) publication.setSubscribed(desired);
  }

  #planReview(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const [publication, participant] of this.#pictures()) {
        const shown = this.#shown?.has(nameTile(publication, participant)) ?? true;
        if (!shown) this.#take(publication, false);
      }
    }, linger_ms);
  }

  #pictures(): [RemoteTrackPublication, RemoteParticipant][] {
    const found: [RemoteTrackPublication, RemoteParticipant][] = [];
    for (const participant of this.#room?.remoteParticipants.values() ?? []) {
      for (const publication of participant.videoTrackPublications.values()) {
        found.push([publication, participant]);
      }
    }
    return found;
  }
}

function nameTile(publication: RemoteTrackPublication, participant: RemoteParticipant): string {
  const screen = publication.source === Track.Source.ScreenShare;
  return screen ? tileOfShare(publication.trackSid) : tileOf(participant.identity);
}
