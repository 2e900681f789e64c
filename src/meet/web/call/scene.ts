/** What stands large and what stands beside it, from who is here and what was chosen. Pure. */
import { tileOf, tileOfShare } from './model.ts';
import type { Person, Share } from './model.ts';
import type { Mode } from './seating.ts';

export interface Cast {
  readonly mode: Mode;
  readonly pinned: string | null;
  /** Whom a host put before everybody. */
  readonly spotlight: string | null;
  readonly people: readonly Person[];
  readonly shares: readonly Share[];
  /** Everybody but oneself, in their places. */
  readonly order: readonly string[];
  readonly speaker: string | null;
  readonly self_shown: boolean;
  /** How many of the others the first page holds besides oneself. */
  readonly first_page: number;
}

export interface Roles {
  readonly large: readonly string[];
  readonly screens: boolean;
  readonly others: readonly string[];
}

/** Who stands large: a pin, screens, the spotlight, the speaker, in this order; nobody in a grid. */
function chooseLarge(cast: Cast): string[] {
  const { mode, pinned, spotlight, people, shares, order, speaker } = cast;
  const tiles = new Set(people.map((person) => tileOf(person.identity)));
  const screens = shares.map((share) => tileOfShare(share.id));
  if (pinned !== null && (tiles.has(pinned) || screens.includes(pinned))) return [pinned];
  if (screens.length > 0) return screens;
  if (spotlight !== null && tiles.has(tileOf(spotlight))) return [tileOf(spotlight)];
  if (mode === 'grid' || order.length === 0) return [];
  return [tileOf(speaker !== null && order.includes(speaker) ? speaker : (order[0] ?? ''))];
}

/**
 * The roles of all tiles. Oneself comes last on the first page, so that no one else moves when
 * the own picture is hidden; with nobody else there it always shows.
 */
export function assignRoles(cast: Cast): Roles {
  const large = chooseLarge(cast);
  const self = cast.people.find((person) => person.you);
  const others = cast.order.map(tileOf);
  if (self !== undefined && (cast.self_shown || others.length === 0)) {
    others.splice(Math.max(0, cast.first_page), 0, tileOf(self.identity));
  }
  const unpinned = cast.shares.map((share) => tileOfShare(share.id));
  const rest = [...unpinned, ...others].filter((tile) => !large.includes(tile));
  return { large, screens: large.some((tile) => tile.startsWith('s:')), others: rest };
}
