/**
 * Looks again until `look` returns something other than undefined or false, and returns that.
 * For what gives no event to wait for, such as another process that ends. What `look` throws
 * counts as "not yet". The pause between looks decides nothing; the deadline only ends a test
 * that has failed.
 * @throws Error naming `what` after `timeout_ms`, with the last thing `look` threw as its cause.
 */
export async function until<T>(
  what: string,
  timeout_ms: number,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + timeout_ms;
  let cause: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (thrown) {
      cause = thrown;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (performance.now() < deadline);
  throw new Error(`${what}: not within ${String(timeout_ms)} ms`, { cause });
}

/** Lets `ms` pass: only where that time itself is what is tested, such as 30 s without network. */
export async function elapse(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
