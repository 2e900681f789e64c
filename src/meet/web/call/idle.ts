import { useEffect, useState } from 'react';

const idle_ms = 4000;

/**
 * Whether the controls may step back: only the pointer was used lately, and it rests. Never for
 * somebody at the keyboard, who could not find what they cannot see. `busy` keeps them.
 */
export function useIdle(busy: boolean): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const life = new AbortController();
    const listen = { signal: life.signal, passive: true };
    let by_keyboard = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => !by_keyboard && setIdle(true), idle_ms);
    };
    const wake = (): void => {
      setIdle(false);
      rest();
    };
    const point = (): void => {
      by_keyboard = false;
      wake();
    };
    const press = (): void => {
      by_keyboard = true;
      wake();
    };
    document.addEventListener('pointermove', point, listen);
    document.addEventListener('pointerdown', point, listen);
    document.addEventListener('keydown', press, listen);
    document.addEventListener('focusin', wake, listen);
    rest();
    return () => {
      clearTimeout(timer);
      life.abort();
    };
  }, []);
  return idle && !busy;
}
