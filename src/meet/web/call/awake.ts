/** Keeps the screen on in a call, where the browser can: a phone would go dark in a minute. */
export function keepAwake(life: AbortSignal): void {
  if (!('wakeLock' in navigator)) return;
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || life.aborted) return;
    // A battery that runs low is a good reason to refuse.
    lock = await navigator.wakeLock.request('screen').catch(() => null);
    if (life.aborted) void lock?.release();
  };
  // The browser lets go of it whenever the page is hidden.
  document.addEventListener('visibilitychange', () => void ask(), { signal: life });
  life.addEventListener('abort', () => void lock?.release(), { once: true });
  void ask();
}
