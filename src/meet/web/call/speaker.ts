/**
 * Who has the floor. A cough does not take it and a pause for breath does not lose it: the stage
 * changes only after somebody else has spoken for a while. Pure; times are milliseconds of one
 * clock that only goes forward.
 */
export interface Floor {
  readonly speaker: string | null;
  /** When the speaker was last heard. */
  readonly heard_at: number;
  readonly rival: string | null;
  readonly rival_since: number;
}

export const empty_floor: Floor = { speaker: null, heard_at: 0, rival: null, rival_since: 0 };

/** Speech that takes a free floor; that takes it in a pause; that takes it from a speaker. */
const take_free_ms = 250;
const take_pause_ms = 900;
const take_over_ms = 3500;
/** Silence this long makes a pause. */
const pause_ms = 1200;

/**
 * The floor at `now`, when `speaking` (loudest first) are heard and `present` are there. Call it
 * again within 300 ms while there is a rival.
 */
export function giveFloor(
  floor: Floor,
  speaking: readonly string[],
  present: ReadonlySet<string>,
  now: number,
): Floor {
  const speaker = floor.speaker !== null && present.has(floor.speaker) ? floor.speaker : null;
  const talks = speaker !== null && speaking.includes(speaker);
  const heard_at = talks ? now : floor.heard_at;
  const others = speaking.filter((id) => id !== speaker && present.has(id));
  const rival =
    floor.rival !== null && others.includes(floor.rival) ? floor.rival : (others[0] ?? null);
  const rival_since = rival === floor.rival ? floor.rival_since : now;
  if (rival === null) return { speaker, heard_at, rival, rival_since: now };
  const in_pause = now - heard_at >= pause_ms;
  const needed = speaker === null ? take_free_ms : in_pause ? take_pause_ms : take_over_ms;
  if (now - rival_since < needed) return { speaker, heard_at, rival, rival_since };
  return { speaker: rival, heard_at: now, rival: null, rival_since: now };
}
