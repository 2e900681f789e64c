/** What this tab keeps of a chat, so that a reload loses nothing of what one saw. It dies with the tab. */
import type { Message } from './model.ts';

const keyOf = (room: string): string => `chat:${room}`;

export function readKept(room: string): readonly Message[] {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(room)) ?? '[]') as readonly Message[];
  } catch {
    return [];
  }
}

export function keep(room: string, messages: readonly Message[]): void {
  try {
    sessionStorage.setItem(keyOf(room), JSON.stringify(messages));
  } catch {
    // More than a browser keeps, or one that keeps nothing: a reload begins with an empty page.
  }
}

export function forget(room: string): void {
  try {
    sessionStorage.removeItem(keyOf(room));
  } catch {
    // Nothing was kept.
  }
}
