/**
 * The first moments of a call belong to the first picture: what can come a little later waits
 * until it was shown, or until it is clear that there is none to wait for.
 */

/** Nothing waits longer than this. */
const patience_ms = 900;

let end: () => void = () => undefined;
const ended = new Promise<void>((resolve) => {
  end = resolve;
});

/** The first picture was shown, or nobody here has one. */
export function endFirstMoments(): void {
  end();
}

/** Resolves when they are over; at once from the second call of a page on. */
export async function firstMoments(): Promise<void> {
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patience_ms))]);
}
