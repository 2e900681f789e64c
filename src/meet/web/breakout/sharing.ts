/** Shares people out among rooms by chance, as evenly as can be. */

/** A whole number from 0 to below `bound`, without bias. */
export type Dice = (bound: number) => number;

/** By the browser's own random numbers: nobody can tell beforehand who meets whom. */
export const dice: Dice = (bound) => {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < limit) return drawn % bound;
  }
};

/**
 * Everybody with the number of their room, from 0 to below `rooms`; the sizes differ by one at most
 * (Fisher and Yates: each order is as likely as any other).
 */
export function shareOut(
  ids: readonly string[],
  rooms: number,
  roll: Dice = dice,
): (readonly [id: string, room: number])[] {
  const mixed = [...ids];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = roll(at + 1);
    [mixed[at], mixed[other]] = [mixed[other] ?? '', mixed[at] ?? ''];
  }
  return mixed.map((id, at) => [id, at % rooms] as const);
}
