/** Follows who has the floor in the roster, by the rules of speaker.ts. */
import { follow } from './signal.ts';
import { empty_floor, giveFloor } from './speaker.ts';
import type { Readable, Signal } from './signal.ts';
import type { Person } from './model.ts';

const again_ms = 250;

/**
 * Keeps `speaker` at the identity that has the floor; never one's own. Runs a timer only while
 * somebody rivals.
 */
export function watchFloor(
  people: Readable<readonly Person[]>,
  speaker: Signal<string | null>,
  life: AbortSignal,
): void {
  let floor = empty_floor;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    const others = people.get().filter((person) => !person.you && !person.away);
    const speaking = others.filter((person) => person.speaking).map((person) => person.identity);
    const present = new Set(others.map((person) => person.identity));
    floor = giveFloor(floor, speaking, present, performance.now());
    speaker.set(floor.speaker);
    if (floor.rival !== null && !life.aborted) timer = setTimeout(look, again_ms);
  };
  follow(people, life, look);
  life.addEventListener('abort', () => clearTimeout(timer), { once: true });
  look();
}
