/** Who sits where among the tiles. Pure; a place is kept until its person leaves. */

/** The old order without those who left, newcomers at the end. */
export function keepPlaces(order: readonly string[], present: readonly string[]): string[] {
  const here = new Set(present);
  const kept = order.filter((id) => here.has(id));
  const known = new Set(kept);
  return [...kept, ...present.filter((id) => !known.has(id))];
}

/** Two change places; nobody else moves. Who is not there changes nothing. */
export function exchange(order: readonly string[], one: string, other: string): string[] {
  const next = [...order];
  const [from, to] = [order.indexOf(one), order.indexOf(other)];
  if (from < 0 || to < 0) return next;
  next[from] = other;
  next[to] = one;
  return next;
}

/**
 * Brings a speaker from a later page to the first: they change places with the one of the first
 * page who has been silent longest, and everybody else stays. `held` are never sent back.
 */
export function bringForward(
  order: readonly string[],
  speaker: string,
  first_page: number,
  heard: ReadonlyMap<string, number>,
  held: ReadonlySet<string>,
): string[] {
  const from = order.indexOf(speaker);
  if (from < first_page) return [...order];
  let to = -1;
  let quietest = Infinity;
  for (let index = Math.min(first_page, order.length) - 1; index >= 0; index -= 1) {
    const id = order[index] ?? '';
    const last = heard.get(id) ?? -1;
    if (held.has(id) || last >= quietest) continue;
    quietest = last;
    to = index;
  }
  if (to < 0) return [...order];
  const next = [...order];
  next[from] = order[to] ?? '';
  next[to] = speaker;
  return next;
}
