/** Carries beats over the media line: sealed like frames, because a server must not make one. */
import { beat_bytes, beat_kind } from '../../../protocol/encryption/beat.ts';
import type { Guard } from '../guard/guard.ts';
import type { Group } from './group.ts';
import { ConnectionState, RoomEvent } from './media.ts';
import type { Room } from './media.ts';
import type { Readable } from './signal.ts';

export class Beats {
  readonly #guard: Guard;
  readonly #group: Group;

  constructor(
    parts: { guard: Guard; group: Group; room: Readable<Room | null> },
    life: AbortSignal,
  ) {
    this.#guard = parts.guard;
    this.#group = parts.group;
    parts.group.onBeat(life, (beat) => void this.#send(parts.room.get(), beat));
  }

  dress = (room: Room): void => {
    room.on(RoomEvent.Connected, () => this.#group.beatNow());
    room.on(RoomEvent.Reconnected, () => this.#group.beatNow());
    // From here on data reaches them.
    room.on(RoomEvent.ParticipantActive, () => this.#group.beatNow());
    room.on(RoomEvent.DataReceived, (payload, participant) => {
      if (participant !== undefined) void this.#receive(participant.identity, payload);
    });
  };

  async #send(room: Room | null, beat: Uint8Array<ArrayBuffer>): Promise<void> {
    if (room?.state !== ConnectionState.Connected) return;
    const sealed = await this.#guard.seal(beat);
    // A line that went is noticed by the beats that are missed.
    if (sealed)
      await room.localParticipant.publishData(sealed, { reliable: true }).catch(() => undefined);
  }

  async #receive(identity: string, payload: Uint8Array): Promise<void> {
    const opened = await this.#guard.open(identity, Uint8Array.from(payload));
    if (opened?.length === beat_bytes && opened[0] === beat_kind) {
      this.#group.hearBeat(identity, opened);
    }
  }
}
