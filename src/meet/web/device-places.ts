/**
 * Which devices were chosen where. A place is known by the devices that are there: the screen with a
 * camera on the desk at work, the headset at home. Kept on this device only.
 */
import type { Chosen } from './devices.ts';

/** Browsers' names for whatever the system prefers: they are everywhere. */
const standing = new Set(['', 'default', 'communications']);
const key = 'device-places';
/** The least lately used go. */
export const places_max = 12;

/** By place, the latest last. */
export type DevicePlaces = readonly (readonly [place: string, chosen: Chosen])[];

/** @param ids of the devices that are there, in any order */
export function placeOf(ids: readonly string[]): string {
  const present = new Set(ids.filter((id) => !standing.has(id)));
  return [...present].toSorted().join(' ');
}

export function recall(places: DevicePlaces, place: string): Chosen | null {
  return places.find(([name]) => name === place)?.[1] ?? null;
}

/** The choice changed at that place, which is the latest now. */
export function remember(places: DevicePlaces, place: string, change: Chosen): DevicePlaces {
  const others = places.filter(([name]) => name !== place);
  const chosen = { ...recall(places, place), ...change };
  return [...others, [place, chosen] as const].slice(-places_max);
}

export function readPlaces(): DevicePlaces {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as DevicePlaces;
  } catch {
    return [];
  }
}

export function keepPlaces(places: DevicePlaces): void {
  try {
    localStorage.setItem(key, JSON.stringify(places));
  } catch {
    // A browser that keeps nothing begins with the system's devices everywhere.
  }
}
