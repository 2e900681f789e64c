/**
 * What this browser keeps of breakout rooms, so that a reload or a crash loses nobody: somebody in a
 * room is back in it, and a host still has all rooms and whom they placed. Links of rooms are in it,
 * so that it dies with the tab; a host's lasts as the root keys do, for a browser that crashed.
 */
import type { Breakouts, BreakoutRoom } from '../group/breakouts.ts';

export interface Kept {
  readonly told: Breakouts | null;
  /** The room one is in. */
  readonly inside: BreakoutRoom | null;
  /** As `BreakoutsModel.recalled`. */
  readonly recalled: number | null;
}

/** The room id of the meeting that a breakout room is. */
export function roomIdOf({ link }: BreakoutRoom): string {
  return link.slice('/m/'.length, link.indexOf('#'));
}

const nothing: Kept = { told: null, inside: null, recalled: null };
const keyOf = (room: string): string => `breakouts:${room}`;

export function readKept(room: string): Kept {
  try {
    const text = sessionStorage.getItem(keyOf(room)) ?? localStorage.getItem(keyOf(room));
    return { ...nothing, ...(JSON.parse(text ?? '{}') as Partial<Kept>) };
  } catch {
    return nothing;
  }
}

/** @param as_host also for a tab to come. */
export function keep(room: string, kept: Kept, as_host: boolean): void {
  const key = keyOf(room);
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
    if (!as_host) return;
    if (kept.told === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...kept, inside: null }));
  } catch {
    // A browser that keeps nothing is told again by a host.
  }
}
