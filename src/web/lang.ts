import { useSyncExternalStore } from 'react';

/** Languages of the interface. Adding one makes the checker name every text it lacks. */
export type Lang = 'en' | 'fr';

/** The words of one area: French has exactly the keys and parameters of English. */
export interface Words<T> {
  readonly en: T;
  readonly fr: T;
}

/** Pairs an area's English words with their French; a missing or misspelt key is a type error. */
export function words<T>(en: T, fr: T): Words<T> {
  return { en, fr };
}

/** The cookie the server reads to choose the prerendered page. */
const cookie = 'lang';
const listeners = new Set<() => void>();
let current: Lang = initial();

function initial(): Lang {
  if (typeof document === 'undefined') return 'en';
  return document.documentElement.lang === 'fr' ? 'fr' : 'en';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLang(): Lang {
  return current;
}

/** Switches the interface at once, and tells the server by a cookie for the next page. */
export function setLang(lang: Lang): void {
  current = lang;
  if (typeof document !== 'undefined') {
    document.documentElement.lang = lang;
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `${cookie}=${lang}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }
  for (const listener of listeners) listener();
}

export function useLang(): Lang {
  return useSyncExternalStore(subscribe, currentLang, currentLang);
}

/** The area's words in the language of the interface; the component renders again on a switch. */
export function useWords<T>(area: Words<T>): T {
  return area[useLang()];
}
